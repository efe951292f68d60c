"""An identity number is checked for form before it is sent anywhere (R2)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.registration import numbers
from tests.portal.registration.conftest import NUMBER


def test_a_chinese_number_says_birthday_and_sex():
    identity = numbers.read(NUMBER)
    assert (identity.birth_date, identity.gender) == (date(1955, 3, 8), "female")


def test_a_slovak_birth_number_is_known_too():
    identity = numbers.read("555308/0005")
    assert (identity.birth_date, identity.gender) == (date(1955, 3, 8), "female")
    assert numbers.read("7103192745").gender == "male"


def test_a_resident_may_be_older_than_the_district_of_the_number():
    assert numbers.read("310113195503080018").gender == "male"


@pytest.mark.parametrize(
    "typed", [" 310110 19550308 0027 ", "３１０１１０１９５５０３０８００２７"]
)
def test_a_number_is_read_as_people_write_it(typed):
    assert numbers.read(typed).number == NUMBER


@given(place=st.integers(0, 17), digit=st.integers(0, 9))
def test_any_mistyped_digit_is_noticed(place, digit):
    if NUMBER[place] == str(digit):
        return
    with pytest.raises(numbers.NotANumber):
        numbers.read(NUMBER[:place] + str(digit) + NUMBER[place + 1 :])


@pytest.mark.parametrize(
    "typed",
    ["", "1", "310110195503080028", "000000195503080018", "310110180003080010", "x" * 18,
     "310110195502300027", "31011019550308002Х", "²10110195503080027", "\x00" * 18, "💊" * 18],
)  # fmt: skip
def test_what_cannot_be_a_number_is_refused_with_a_sentence(typed):
    with pytest.raises(numbers.NotANumber):
        numbers.read(typed)
