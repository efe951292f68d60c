from portal.record.models.consent import Consent, ConsentText
from portal.record.models.people import Patient, Practitioner
from portal.record.models.section import RecordSection

__all__ = ["Consent", "ConsentText", "Patient", "Practitioner", "RecordSection"]
