"""The worker and its clock. Tasks carry ids; tables hold the truth."""

from __future__ import annotations

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

app.conf.beat_schedule = {
    "portal-invariants": {
        "task": "portal.tasks.check_invariants",
        "schedule": crontab(hour=19, minute=17),  # 03:17 in Shanghai
    },
    "portal-heartbeat": {"task": "portal.tasks.heartbeat", "schedule": 10.0},
    "outbox": {"task": "portal.outbox.tasks.relay", "schedule": 10.0},
    "his-news": {"task": "portal.his.tasks.poll", "schedule": 20.0, "options": {"expires": 20}},
    "payment-checkouts": {"task": "portal.payment.tasks.look_after_checkouts", "schedule": 60.0},
    "payment-refunds": {"task": "portal.payment.tasks.look_after_refunds", "schedule": 600.0},
    "payment-reconcile": {
        "task": "portal.payment.tasks.compare_books",
        "schedule": crontab(hour=18, minute=41),  # 02:41 in Shanghai
    },
    "entry-tidy": {"task": "portal.accounts.tasks.tidy", "schedule": 86400.0},
    "identity": {"task": "portal.registration.tasks.check_waiting", "schedule": 30.0},
    "record-expire": {"task": "portal.record.tasks.expire_prescriptions", "schedule": 60.0},
    "his-tidy": {"task": "portal.his.tasks.tidy", "schedule": 3600.0},
    "refill-unclaimed": {"task": "refill.tasks.expire_unclaimed", "schedule": 60.0},
    "refill-late": {"task": "refill.tasks.escalate_late_answers", "schedule": 300.0},
    "consult-open-times": {"task": "consult.tasks.open_slots", "schedule": 3600.0},
    "consult-holds": {"task": "consult.tasks.expire_holds", "schedule": 30.0},
    "consult-reminders": {"task": "consult.tasks.remind", "schedule": 60.0},
    "consult-promises": {"task": "consult.tasks.keep_promises", "schedule": 20.0},
    "consult-files": {"task": "consult.tasks.sweep_files", "schedule": 3600.0},
    "consult-bills": {"task": "consult.tasks.bill_visits", "schedule": 60.0},
    "consult-absent": {"task": "consult.tasks.miss_absent", "schedule": 60.0},
    "consult-compare": {
        "task": "consult.tasks.compare_bookings",
        "schedule": crontab(hour=18, minute=37),  # 02:37 in Shanghai
    },
    "delivery-parcels": {"task": "delivery.tasks.make_parcels", "schedule": 60.0},
    "delivery-promises": {"task": "delivery.tasks.keep_promises", "schedule": 60.0},
    "consult-calendars": {"task": "consult.tasks.read_calendars", "schedule": 120.0},
}
