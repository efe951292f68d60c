from refill.models.dispense import (
    BoxCode,
    DispenseLot,
    MedicationDispense,
    SubstitutionKind,
    SubstitutionReason,
)
from refill.models.pick_up import PickUp
from refill.models.recall import Recall
from refill.models.request import RefillRequest
from refill.models.review import PrescriptionReview, ReviewFinding
from refill.models.stock import Shortage, StockItem, StockMovement, StockReservation

__all__ = [
    "BoxCode",
    "DispenseLot",
    "MedicationDispense",
    "PickUp",
    "PrescriptionReview",
    "Recall",
    "RefillRequest",
    "ReviewFinding",
    "Shortage",
    "StockItem",
    "StockMovement",
    "StockReservation",
    "SubstitutionKind",
    "SubstitutionReason",
]
