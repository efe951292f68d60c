from portal.record.models.allergy import AllergyIntolerance
from portal.record.models.consent import Consent, ConsentText
from portal.record.models.people import Patient, Practitioner
from portal.record.models.prescription import (
    AlertFired,
    AlertOverride,
    MedicationRequest,
    Prescription,
    SignedPrescription,
)
from portal.record.models.section import RecordSection
from portal.record.models.signing import SigningCertificate

__all__ = [
    "AlertFired",
    "AlertOverride",
    "AllergyIntolerance",
    "Consent",
    "ConsentText",
    "MedicationRequest",
    "Patient",
    "Practitioner",
    "Prescription",
    "RecordSection",
    "SignedPrescription",
    "SigningCertificate",
]
