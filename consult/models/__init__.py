from consult.models.appointment import Appointment
from consult.models.conversation import Attachment, Communication, ReadMark
from consult.models.encounter import Encounter, EncounterStatus
from consult.models.note import Addendum, ConsultationRecord, QuickPhrase
from consult.models.schedule import Schedule, ScheduleException, Slot

__all__ = [
    "Addendum",
    "Appointment",
    "Attachment",
    "Communication",
    "ConsultationRecord",
    "Encounter",
    "EncounterStatus",
    "QuickPhrase",
    "ReadMark",
    "Schedule",
    "ScheduleException",
    "Slot",
]
