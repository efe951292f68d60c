"""The people of the demo: the cast known by name, and the hospital's residents around them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date
from functools import cache

from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from portal.accounts.models import User
from portal.organization.models import HealthcareService, Organization
from portal.record.models import Patient, Practitioner
from portal.sandbox import insuring
from portal.sandbox.population import Resident, all_residents
from portal.sandbox.scenes import registry
from portal.secrecy import blind_index

PASSWORD = "Tall-pines-by-the-lake-7"

CENTRES = {
    "yanghang": (
        "Yanghang Community Health Centre 杨行镇社区卫生服务中心",
        "021-56000001",
        "Shuichan Road 2699, Baoshan, Shanghai",
    ),
    "songnan": (
        "Songnan Community Health Centre 淞南镇社区卫生服务中心",
        "021-56000002",
        "Changjiang Road 860, Baoshan, Shanghai",
    ),
}

#: Known to the hospital, not yet to the portal: they come for the first time.
NEWCOMERS = {"gu", "wang-xiulan-1", "wang-xiulan-2", "yang-zihan"}


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody who works at a centre; `secret` is the key of their authenticator app."""

    username: str
    name: str
    role: str
    centre: str
    about: str
    secret: str
    gender: str = "female"
    title: str = ""
    his_id: str = ""


@dataclass(frozen=True, slots=True)
class Signer:
    """A resident of the cast and the telephone they sign in with."""

    username: str
    name: str
    phone: str
    about: str
    his_id: str = ""


STAFF = (
    Staff("dr_li", "Li Wei 李伟", "doctor", "yanghang", "Chen's family doctor",
          "JBSWY3DPEHPK3PXPDRLIAAAAAAAAAAAA", "male", "attending", "dr-li"),
    Staff("dr_wang", "Wang Fang 王芳", "doctor", "yanghang", "same centre, not Chen's doctor",
          "JBSWY3DPEHPK3PXPDRWANGAAAAAAAAAA", "female", "associate-chief", "dr-wang"),
    Staff("dr_zhao", "Zhao Min 赵敏", "doctor", "songnan", "another centre",
          "JBSWY3DPEHPK3PXPDRZHAOAAAAAAAAAA", "female", "attending", "dr-zhao"),
    Staff("sun", "Sun Li 孙丽", "pharmacist", "yanghang", "pharmacist",
          "JBSWY3DPEHPK3PXPSUNAAAAAAAAAAAAA", "female", "pharmacist"),
    Staff("wu", "Wu Qiang 吴强", "courier", "yanghang", "courier",
          "JBSWY3DPEHPK3PXPWUAAAAAAAAAAAAAA"),
    Staff("zheng", "Zheng Hao 郑浩", "courier", "yanghang", "another courier",
          "JBSWY3DPEHPK3PXPZHENGAAAAAAAAAAA"),
    Staff("gao", "Gao Yun 高云", "manager", "yanghang", "centre manager",
          "JBSWY3DPEHPK3PXPGAOAAAAAAAAAAAAA"),
    Staff("registrar", "Qian Yi 钱怡", "registrar", "yanghang", "registrar",
          "JBSWY3DPEHPK3PXPREGISTRARAAAAAAA"),
)  # fmt: skip
DAUGHTER = Signer("chen_daughter", "Chen Lin 陈琳", "+8613900009001", "Chen's daughter, her helper")


@cache
def residents() -> tuple[Signer, ...]:
    """Chen, her daughter and her neighbour, with the telephones the hospital has."""
    known = {resident.his_id: resident for resident in all_residents()}
    chen, xu = known["chen"], known["xu"]
    return (
        Signer("chen", full_name(chen), chen.phone, "long-term patient of Dr Li", "chen"),
        DAUGHTER,
        Signer("xu", full_name(xu), xu.phone, "her neighbour, same doctor", "xu"),
    )


def usernames() -> tuple[str, ...]:
    """Everybody a scene opens a session for."""
    return (*(signer.username for signer in residents()), *(staff.username for staff in STAFF))


def full_name(resident: Resident) -> str:
    """The name in characters after the Latin letters, where there is one."""
    return " ".join(word for word in (resident.name, resident.written) if word)


def code_now(staff: Staff) -> str:
    """The six digits that the authenticator app of this person shows now."""
    counter = int(time.time()) // 30
    return str(totp.format_hotp_value(totp.hotp_value(staff.secret, counter)))


@transaction.atomic
def seed() -> None:
    """Centres, staff and residents, each once; what exists is left as it is."""
    centres = {key: _centre(key, *words) for key, words in CENTRES.items()}
    password = ""
    for person in STAFF:
        if not User.objects.filter(username=person.username).exists():
            password = password or make_password(PASSWORD)
            _staff(person, centres[person.centre], password)
    _signer(DAUGHTER, centres["yanghang"])
    doctors = {doctor.his_id: doctor for doctor in Practitioner.objects.exclude(his_id="")}
    for resident in all_residents():
        if resident.his_id not in NEWCOMERS:
            _resident(resident, centres[resident.organization_id], doctors[resident.doctor_id])
    insuring.seed()
    registry.furnish()


def _centre(his_id: str, name: str, telecom: str, address: str) -> Organization:
    centre, _created = Organization.objects.get_or_create(
        name=name, defaults={"telecom": telecom, "address": address, "his_id": his_id}
    )
    HealthcareService.objects.get_or_create(
        organization=centre,
        code="online-follow-up",
        defaults={
            "name": "Online follow-up 在线复诊",
            "department": "General practice 全科医疗科",
            "is_online": True,
            "price_minor": 1200,
            "price_source": "Sandbox price list 沙盒价目表 2026",
        },
    )
    return centre


def _staff(person: Staff, centre: Organization, password: str) -> None:
    user = User.objects.create(
        username=person.username,
        password=password,
        full_name=person.name,
        role=person.role,
        organization=centre,
    )
    totp.TOTP.activate(user, person.secret)
    if person.title:
        Practitioner.objects.create(
            user=user,
            organization=centre,
            name=person.name,
            gender=person.gender,
            title=person.title,
            department="General practice 全科医疗科",
            licence_number=f"11031000020{STAFF.index(person):04d}",
            licence_until=date(2099, 12, 31),
            independent_since=date(2010, 7, 1),
            institution_consents=True,
            his_id=person.his_id,
        )


def _signer(person: Signer, centre: Organization) -> User:
    user, _created = User.objects.get_or_create(
        username=person.username,
        defaults={
            "full_name": person.name,
            "role": User.Role.RESIDENT,
            "organization": centre,
            "phone": person.phone,
            "phone_index": blind_index(person.phone),
            "phone_verified": True,
            "phone_proved_at": timezone.now(),
            "password": "!",
        },
    )
    return user


def _resident(resident: Resident, centre: Organization, doctor: Practitioner) -> None:
    if Patient.objects.filter(organization=centre, his_id=resident.his_id).exists():
        return
    name = full_name(resident)
    Patient.objects.create(
        organization=centre,
        user=_signer(Signer(resident.his_id, name, resident.phone, ""), centre),
        his_id=resident.his_id,
        name=name,
        birth_date=resident.birth_date,
        gender=resident.gender,
        id_number=resident.id_number,
        id_number_index=blind_index(resident.id_number),
        general_practitioner=doctor,
        verified_at=timezone.now(),
    )
