from refill.models.dispense import BoxCode, DispenseLot, MedicationDispense
from refill.models.request import RefillRequest
from refill.models.review import PrescriptionReview, ReviewFinding
from refill.models.stock import Shortage, StockItem, StockMovement, StockReservation

__all__ = [
    "BoxCode",
    "DispenseLot",
    "MedicationDispense",
    "PrescriptionReview",
    "RefillRequest",
    "ReviewFinding",
    "Shortage",
    "StockItem",
    "StockMovement",
    "StockReservation",
]
