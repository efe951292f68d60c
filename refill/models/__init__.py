from refill.models.dispense import BoxCode, DispenseLot, MedicationDispense
from refill.models.review import PrescriptionReview, ReviewFinding
from refill.models.stock import StockItem, StockMovement, StockReservation

__all__ = [
    "BoxCode",
    "DispenseLot",
    "MedicationDispense",
    "PrescriptionReview",
    "ReviewFinding",
    "StockItem",
    "StockMovement",
    "StockReservation",
]
