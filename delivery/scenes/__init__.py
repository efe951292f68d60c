"""The situations of the delivery, found by name when a demo or a scene begins."""

from delivery.scenes import bill, courier_day, parcel

__all__ = ["bill", "courier_day", "parcel"]
