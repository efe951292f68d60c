"""The platform. Celery's tasks belong to the portal's own worker from the first import on."""

from portal.celery import app as celery

__all__ = ["celery"]
