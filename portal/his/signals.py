"""What the services hear of when the HIS has changed something of theirs."""

from __future__ import annotations

from django.dispatch import Signal

#: An appointment in the HIS has another state or time.
#: organizations (list of pk), his_id, status, start (datetime or None),
#: patient_his_id, doctor_his_id
appointment_changed = Signal()

#: A time of the HIS calendar is no longer what it was. organizations, his_id, status, start
slot_changed = Signal()
