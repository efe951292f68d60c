"""A basket of medicines: four questions, and each medicine answered at once on its own."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.audit.models import AuditEvent
from portal.record.facts import MedicineFact, Reading
from portal.workflow import Refused
from refill import listing, requesting
from refill.models import RefillRequest
from refill.requesting import Wish
from refill.rules import Answers
from refill.triaging import Readings
from tests.factories.record import days_ago, record_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
WELL = {"changed": "no", "problem": "no", "elsewhere": "no", "weeks": "4"}


def order(text, atc, left, days=28, **more):
    """A hospital order with so many days left."""
    return MedicineFact(
        text=text, atc=atc, status="active", authored=days_ago(days - left), days_supply=days,
        reference=f"MedicationRequest/{atc}", course="continuous", **more,
    )  # fmt: skip


AMLODIPINE = ("Amlodipine 5 mg tablet", "C08CA01")
METFORMIN = ("Metformin 500 mg tablet", "A10BA02")
ATORVASTATIN = ("Atorvastatin 20 mg tablet", "C10AA05")


@pytest.fixture
def medicines(catalogue, chen):
    """Amlodipine and metformin for three days, atorvastatin for twenty-three."""
    found = [order(*AMLODIPINE, 3), order(*METFORMIN, 3), order(*ATORVASTATIN, 23)]
    record_of(chen, medicines=found, observations=[], conditions=[], encounters=[])
    return {row.supply.key: row for row in listing.to_choose(chen)}


@pytest.fixture
def asks(actor, chen, medicines):
    """Chen asks for these medicines."""

    def ask(*keys, answers=None, readings=None, **wish):
        marks = [medicines[key].supply.mark for key in keys]
        said = (answers or Answers(), readings or Readings())
        return requesting.ask(actor(chen), chen, marks, *said, wish=Wish(**wish))

    return ask


def by_key(basket):
    return {row.medicine_key: row for row in basket.requests}


def test_each_medicine_has_its_own_answer_at_once(medicines):
    said = {key: row.answer.kind for key, row in medicines.items()}
    assert said == {"amlodipine": "repeat", "metformin": "repeat", "atorvastatin": "too-early"}
    assert [row.can_be_chosen for row in medicines.values()] == [True, True, False]


def test_one_is_refused_and_the_others_go_on(asks):
    rows = by_key(asks("amlodipine", "atorvastatin"))
    assert rows["amlodipine"].status == "requested"
    assert (rows["atorvastatin"].status, rows["atorvastatin"].rule) == ("rejected", "R68")
    assert "You can ask from" in rows["atorvastatin"].status_reason


def test_a_reading_that_is_too_high_concerns_its_own_medicine_only(asks):
    rows = by_key(asks("amlodipine", "metformin", readings=Readings(glucose=Decimal("14.2"))))
    assert (rows["metformin"].triage, rows["metformin"].rule) == ("reassess", "R65")
    assert rows["amlodipine"].triage == "repeat"
    assert rows["metformin"].readings == {"glucose": "14.2"}


def test_a_high_pressure_measured_after_the_last_issue_counts_like_one_from_home(
    chen, medicines, asks
):
    high = Reading("Blood pressure", "85354-9", "172/96", "mmHg", timezone.now())
    record_of(chen, observations=[high])
    assert by_key(asks("amlodipine"))["amlodipine"].rule == "R65"


@pytest.mark.parametrize("field", ["has_new_problem", "saw_another_doctor"])
def test_a_yes_goes_to_the_doctor_with_the_answer_on_top(asks, field):
    row = by_key(asks("amlodipine", answers=Answers(**{field: True}), words="dizzy"))["amlodipine"]
    assert (row.status, row.triage, row.rule) == ("requested", "reassess", "R72")
    assert row.answers[field] and row.answers["words"] == "dizzy"


def test_quantities_line_up_so_that_all_end_on_one_day(chen, actor, catalogue):
    found = [order(*AMLODIPINE, 6), order(*METFORMIN, 1), order(*ATORVASTATIN, 3)]
    record_of(chen, medicines=found, observations=[], conditions=[], encounters=[])
    marks = [row.supply.mark for row in listing.to_choose(chen)]
    basket = requesting.ask(actor(chen), chen, marks, Answers(), Readings())
    left = {"amlodipine": 6, "metformin": 1, "atorvastatin": 3}
    ends = {left[row.medicine_key] + row.days for row in basket.requests}
    assert ends == {29} and max(row.days for row in basket.requests) == 28


def test_a_second_tap_answers_the_first_taps_basket(asks):
    basket = uuid.uuid4()
    first, second = asks("amlodipine", basket=basket), asks("amlodipine", basket=basket)
    assert [row.pk for row in first.requests] == [row.pk for row in second.requests]
    assert RefillRequest.objects.count() == 1


def test_a_medicine_that_is_asked_for_already_is_not_asked_for_again(asks):
    (first,) = asks("amlodipine").requests
    again = asks("amlodipine", "metformin")
    assert [row.pk for row in again.already] == [first.pk]
    assert [row.medicine_key for row in again.requests] == ["metformin"]


def test_more_than_twelve_weeks_is_refused_by_the_rule(asks):
    row = by_key(asks("amlodipine", days=85))["amlodipine"]
    assert (row.status, row.rule) == ("rejected", "R61")


def test_a_little_early_goes_to_the_doctor_with_the_residents_reason(actor, chen, catalogue):
    record_of(chen, medicines=[order(*AMLODIPINE, 14)])
    (one,) = listing.to_choose(chen)
    assert one.can_be_chosen and one.is_early
    said = (actor(chen), chen, [one.supply.mark], Answers(), Readings())
    (row,) = requesting.ask(*said, wish=Wish(early="travel")).requests
    assert (row.status, row.triage, row.early) == ("requested", "too-early", "travel")


@pytest.mark.parametrize(("left", "early"), [(15, "travel"), (14, "")])
def test_much_too_early_or_without_a_reason_is_refused(actor, chen, catalogue, left, early):
    record_of(chen, medicines=[order(*AMLODIPINE, left)])
    (one,) = listing.to_choose(chen)
    said = (actor(chen), chen, [one.supply.mark], Answers(), Readings())
    (row,) = requesting.ask(*said, wish=Wish(early=early)).requests
    assert (row.status, row.rule) == ("rejected", "R68")


def test_nobody_asks_for_somebody_else(actor, chen, neighbour, medicines):
    mark = medicines["amlodipine"].supply.mark
    with pytest.raises(Refused, match="cannot ask for this person"):
        requesting.ask(actor(neighbour), chen, [mark], Answers(), Readings())
    assert not RefillRequest.objects.exists()


def test_a_form_that_somebody_else_sent_before_is_refused(actor, chen, neighbour, asks, catalogue):
    basket = asks("amlodipine").id
    record_of(neighbour, medicines=[order(*AMLODIPINE, 3)])
    (one,) = listing.to_choose(neighbour)
    with pytest.raises(Refused, match="sent before"):
        requesting.ask(
            actor(neighbour), neighbour, [one.supply.mark], Answers(), Readings(),
            wish=Wish(basket=basket),
        )  # fmt: skip


def test_asking_is_written_in_the_journal(asks, chen):
    (row,) = asks("amlodipine").requests
    assert AuditEvent.objects.filter(action="ask", entity_id=str(row.pk)).exists()


def test_a_request_is_taken_back_before_the_doctor_decided(asks, actor, chen):
    (row,) = asks("amlodipine").requests
    taken_back = requesting.cancel(actor(chen), row)
    assert taken_back.status == "cancelled"
    assert requesting.cancel(actor(chen), row).status == "cancelled"
    assert [one.status for one in asks("amlodipine").requests] == ["requested"]


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("2026-11-19 15:30", "2026-11-20 15:30"),  # Thursday to Friday
        ("2026-11-20 15:30", "2026-11-23 15:30"),  # Friday to Monday
        ("2026-11-21 15:30", "2026-11-23 23:59"),  # Saturday: all of Monday
        ("2026-11-22 23:59", "2026-11-23 23:59"),
    ],
)
def test_the_answer_is_promised_within_one_working_day(catalogue, centre, asked, answered):
    moment = datetime.fromisoformat(asked).replace(tzinfo=SHANGHAI)
    assert requesting.due(moment, centre).strftime("%Y-%m-%d %H:%M") == answered


def test_the_pages_lead_from_the_list_to_the_answer(as_person, chen, medicines):
    client = as_person(chen)
    page = client.get(reverse("refill:medicines")).content.decode()
    assert "Enough for 3 days" in page and "You can ask from" in page
    marks = [medicines[key].supply.mark for key in ("amlodipine", "metformin")]
    went = client.post(reverse("refill:medicines"), {"medicine": marks})
    assert went.url == reverse("refill:questions")
    page = client.get(went.url)
    assert "pregnant" not in page.content.decode()  # she is 71 (R82)
    told = WELL | {"basket": str(uuid.uuid4()), "glucose": "15.5"}
    page = client.post(went.url, told, follow=True)
    text = page.content.decode()
    assert "Your doctor has your request" in text and "Your blood sugar" in text
    assert RefillRequest.objects.filter(status="requested").count() == 2


def test_the_form_says_what_is_missing_and_sends_nothing(as_person, chen, medicines):
    client = as_person(chen)
    url = reverse("refill:questions")
    assert client.get(url).url == reverse("refill:medicines")  # nothing chosen yet
    nothing = client.post(reverse("refill:medicines"), {})
    assert nothing.status_code == 422
    client.post(reverse("refill:medicines"), {"medicine": [medicines["amlodipine"].supply.mark]})
    for wrong in ({"weeks": "13"}, {"systolic": "150"}, {"problem": ""}, {"basket": "x"}):
        answer = client.post(url, WELL | {"basket": str(uuid.uuid4())} | wrong)
        assert answer.status_code == 422, wrong
    assert not RefillRequest.objects.exists()


def test_home_says_what_runs_out_when_and_what_was_not_ordered(as_person, chen, asks):
    client = as_person(chen)
    page = client.get("/home/").content.decode()
    assert page.count("You have NOT ordered it") == 2
    asks("amlodipine")
    page = client.get("/home/").content.decode()
    assert page.count("You have NOT ordered it") == 1 and "Your doctor decides." in page


def test_home_asks_as_many_questions_for_twelve_medicines_as_for_one(
    as_person, chen, catalogue, django_assert_num_queries
):
    client = as_person(chen)
    record_of(chen, medicines=[order(*AMLODIPINE, 3)])
    client.get("/home/")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as one:
        client.get("/home/")
    many = [AMLODIPINE, METFORMIN, ATORVASTATIN, ("Valsartan 80 mg", "C09CA03"),
            ("Losartan 50 mg", "C09CA01"), ("Aspirin 100 mg", "B01AC06"),
            ("Clopidogrel 75 mg", "B01AC04"), ("Omeprazole 20 mg", "A02BC01"),
            ("Levothyroxine 50 µg", "H03AA01"), ("Allopurinol 100 mg", "M04AA01"),
            ("Bisoprolol 5 mg", "C07AB07"), ("Gliclazide 30 mg", "A10BB09")]  # fmt: skip
    record_of(chen, medicines=[order(*each, 3) for each in many])
    with django_assert_num_queries(len(one)):
        page = client.get("/home/").content.decode()
    assert page.count("You have NOT ordered it") == 12


def test_taking_back_asks_once_more_first(as_person, chen, neighbour, asks):
    (row,) = asks("amlodipine").requests
    url = reverse("refill:cancel", args=[row.pk])
    assert as_person(neighbour).get(url).status_code == 404
    client = as_person(chen)
    assert "Yes, take it back" in client.get(url).content.decode()
    row.refresh_from_db()
    assert row.status == "requested"
    client.post(url)
    row.refresh_from_db()
    assert row.status == "cancelled"


def test_a_late_answer_is_said(asks, chen):
    (row,) = asks("amlodipine").requests
    row.due_at = timezone.now() - timedelta(minutes=1)
    (told,) = listing.of_basket([row])
    assert told[1].is_late and "manager" in told[1].sentence
