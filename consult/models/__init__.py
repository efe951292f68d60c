from consult.models.appointment import Appointment
from consult.models.conversation import Attachment, Communication, ReadMark
from consult.models.difference import HospitalDifference
from consult.models.draft import BookingDraft, EvidencePaper
from consult.models.encounter import EmergencyDuty, Encounter, EncounterStatus, Viewing
from consult.models.note import Addendum, ConsultationRecord, QuickPhrase
from consult.models.schedule import CalendarCopy, Schedule, ScheduleException, Slot, Weekday

__all__ = [
    "Addendum",
    "Appointment",
    "Attachment",
    "BookingDraft",
    "CalendarCopy",
    "Communication",
    "ConsultationRecord",
    "EmergencyDuty",
    "Encounter",
    "EncounterStatus",
    "EvidencePaper",
    "HospitalDifference",
    "QuickPhrase",
    "ReadMark",
    "Schedule",
    "ScheduleException",
    "Slot",
    "Viewing",
    "Weekday",
]
