"""The invented residents: a cast known by name, and neighbours drawn with a fixed seed.

Birth dates and identity numbers never move, so that a portal and a hospital seeded on
different days still speak of the same people.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date
from functools import cache

from stdnum.cn import ric

from portal.sandbox.tables import table

SEED = 20260308
NEIGHBOURS = 34

#: Districts of Shanghai and Beijing that had their code before the oldest was born: the check
#: of identity numbers refuses a district younger than the person.
REGIONS = ("310110", "310110", "310110", "310109", "310107", "310101", "110101")


@dataclass(frozen=True, slots=True)
class Resident:
    """One invented person as the hospital knows them."""

    his_id: str
    family: str
    given: str
    written: str
    gender: str
    birth_date: date
    id_number: str
    phone: str
    doctor_id: str
    organization_id: str
    ailments: tuple[str, ...] = ()
    medicines: tuple[str, ...] = ()
    allergies: tuple[str, ...] | None = ()
    days_since_visit: int | None = 30
    guardian: str = ""

    @property
    def name(self) -> str:
        """As it stands on the card: Chinese names family first."""
        order = (self.family, self.given) if self.written else (self.given, self.family)
        return " ".join(order)

    @property
    def record_number(self) -> str:
        return f"YH{self.phone[-4:]}"


CENTRE_OF = {"dr-li": "yanghang", "dr-wang": "yanghang", "dr-zhao": "songnan"}

FAMILIES = (
    ("Zhang", "张"), ("Liu", "刘"), ("Zhao", "赵"), ("Wu", "吴"), ("Zheng", "郑"), ("Feng", "冯"),
    ("Jiang", "蒋"), ("Shen", "沈"), ("Han", "韩"), ("Zhu", "朱"), ("Qin", "秦"), ("Lu", "陆"),
    ("Shi", "施"), ("Cao", "曹"), ("Yan", "严"), ("Jin", "金"), ("Wei", "魏"), ("Tao", "陶"),
)  # fmt: skip
WOMEN = (
    ("Yuzhen", "玉珍"), ("Fengying", "凤英"), ("Aiping", "爱萍"), ("Yuefang", "月芳"),
    ("Suzhen", "素珍"), ("Meihua", "美华"), ("Cuiying", "翠英"), ("Jinfeng", "金凤"),
    ("Lihua", "丽华"), ("Baozhen", "宝珍"), ("Qiuying", "秋英"), ("Ruifen", "瑞芬"),
)  # fmt: skip
MEN = (
    ("Dehua", "德华"), ("Yongming", "永明"), ("Guangming", "光明"), ("Jinlong", "金龙"),
    ("Weimin", "为民"), ("Shunfa", "顺发"), ("Xingguo", "兴国"), ("Baoshan", "宝山"),
    ("Zhenhua", "振华"), ("Haigen", "海根"), ("Wenbin", "文斌"), ("Changgeng", "长庚"),
)  # fmt: skip
ABROAD = (
    ("Smirnov", "Viktor Ivanovich", "male"), ("Sokolova", "Lyudmila", "female"),
    ("Horváth", "Ján", "male"), ("Nováková", "Anna", "female"),
    ("Bennett", "Margaret", "female"), ("Harris", "George", "male"),
)  # fmt: skip
COMMON = (
    ("hypertension",), ("hypertension", "dyslipidaemia"), ("diabetes",),
    ("hypertension", "diabetes"), ("asthma",), ("af", "hypertension"), ("dyslipidaemia",),
    ("diabetes", "dyslipidaemia"), ("coronary", "hypertension"), ("hypertension", "reflux"),
)  # fmt: skip
OF_THE_YOUNG = (("asthma",), ("hypertension",), ("dyslipidaemia",), ("thyroid",))


def identity_number(region: str, birth_date: date, order: int, gender: str) -> str:
    """An 18-digit number whose order digit is odd for men and whose check digit is right."""
    parity = 1 if gender == "male" else 0
    body = f"{region}{birth_date:%Y%m%d}{order % 499 * 2 + parity:03d}"
    return body + ric.calc_check_digit(body + "0")


def phone_of(place: int) -> str:
    """A telephone that rings in the sandbox only."""
    return f"+861390000{1000 + place}"


@cache
def all_residents() -> list[Resident]:
    """Everybody with a living record, the cast first; the same people on every call."""
    cast = [_of_the_cast(place, *row) for place, row in enumerate(table("cast"), 1)]
    draw = random.Random(SEED)
    first = len(cast) + 1
    return cast + [_neighbour(place, draw) for place in range(first, first + NEIGHBOURS)]


def _of_the_cast(place: int, key: str, row: dict[str, str]) -> Resident:
    birth_date = date.fromisoformat(row["birth_date"])
    return Resident(
        his_id=key,
        family=row["family"],
        given=row["given"],
        written=row["written"],
        gender=row["gender"],
        birth_date=birth_date,
        id_number=identity_number("310110", birth_date, 10 + place, row["gender"]),
        phone=phone_of(place),
        doctor_id=row["doctor"],
        organization_id=CENTRE_OF[row["doctor"]],
        ailments=tuple(row["ailments"].split()),
        medicines=tuple(row["medicines"].split()),
        allergies=_allergies(row["allergies"]),
        days_since_visit=int(row["days_since_visit"]) if row["days_since_visit"] else None,
        guardian=row["guardian"],
    )


def _allergies(words: str) -> tuple[str, ...] | None:
    """None where nobody has asked yet; that is not the same as none known (R75)."""
    if words == "never asked":
        return None
    return () if words == "none" else tuple(words.split())


def _neighbour(place: int, draw: random.Random) -> Resident:
    family, given, written, gender = _called(place, draw)
    birth_date = date(draw.choice(_YEARS), draw.randint(1, 12), draw.randint(1, 28))
    doctor = draw.choice(("dr-li", "dr-wang", "dr-zhao"))
    return Resident(
        his_id=f"resident-{place:02d}",
        family=family,
        given=given,
        written=written,
        gender=gender,
        birth_date=birth_date,
        id_number=identity_number(draw.choice(REGIONS), birth_date, draw.randint(0, 498), gender),
        phone=phone_of(place),
        doctor_id=doctor,
        organization_id=CENTRE_OF[doctor],
        ailments=draw.choice(COMMON if birth_date.year < 1975 else OF_THE_YOUNG),
        allergies=draw.choice(((), (), (), None, ("penicillin",), ("iodine",))),
        days_since_visit=draw.choice((*range(9, 121, 7), 200, 320, None)),
    )


#: Three in four are past sixty.
_YEARS = (*range(1938, 1966), *range(1970, 1998, 3))


def _called(place: int, draw: random.Random) -> tuple[str, str, str, str]:
    if place % 6 == 0:
        family, given, gender = ABROAD[place // 6 % len(ABROAD)]
        return family, given, "", gender
    family, sign = FAMILIES[place % len(FAMILIES)]
    gender = draw.choice(("female", "female", "male"))
    given, signs = draw.choice(WOMEN if gender == "female" else MEN)
    return family, given, sign + signs, gender
