from delivery.models.address import Address
from delivery.models.area import CarrierAgreement, Courier, DeliveryWindow, Zone
from delivery.models.case import RefundOrReplace
from delivery.models.choice import DeliveryChoice
from delivery.models.parcel import Custody, DeliveryStep, ParcelLine, SupplyDelivery
from delivery.models.proof import CodeTry, DeliveryAttempt, Proof, TemperatureReading
from delivery.models.ringing import CallNumber

__all__ = [
    "Address",
    "CallNumber",
    "CarrierAgreement",
    "CodeTry",
    "Courier",
    "Custody",
    "DeliveryAttempt",
    "DeliveryChoice",
    "DeliveryStep",
    "DeliveryWindow",
    "ParcelLine",
    "Proof",
    "RefundOrReplace",
    "SupplyDelivery",
    "TemperatureReading",
    "Zone",
]
