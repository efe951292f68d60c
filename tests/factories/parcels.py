from __future__ import annotations

from datetime import date, time

import factory
from factory.django import DjangoModelFactory

from delivery.models import Address, CarrierAgreement, Courier, DeliveryWindow, Zone


class ZoneFactory(DjangoModelFactory):
    class Meta:
        model = Zone

    name = factory.Sequence(lambda n: f"Yanghang {n}")
    latitude = "31.374300"
    longitude = "121.434100"


class WindowFactory(DjangoModelFactory):
    class Meta:
        model = DeliveryWindow

    start = time(14)
    end = time(18)


class AddressFactory(DjangoModelFactory):
    class Meta:
        model = Address

    organization = factory.SelfAttribute("patient.organization")
    line = "Shuichan Road 12, Room 301"
    phone = "+8613800001001"


class AgreementFactory(DjangoModelFactory):
    class Meta:
        model = CarrierAgreement

    carrier = "Neighbourhood Couriers"
    number = factory.Sequence(lambda n: f"A-{n}")
    valid_from = date(2020, 1, 1)
    valid_until = date(2099, 12, 31)


class CourierFactory(DjangoModelFactory):
    class Meta:
        model = Courier

    organization = factory.SelfAttribute("user.organization")
    agreement = factory.SubFactory(
        AgreementFactory, organization=factory.SelfAttribute("..organization")
    )
