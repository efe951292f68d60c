"""The doctor's list, the desk that asks for somebody: what the pages do."""

from __future__ import annotations

import uuid

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from refill.models import RefillRequest
from tests.factories.people import PatientFactory
from tests.refill.asking import a_record, ask


def test_the_list_shows_every_fact_and_approves_with_one_button(seat, asked, actor, chen):
    page = seat.get(reverse("refill:requests")).content.decode()
    for words in ("Chen Guilan", "3 days", "Last issue", "No allergy known", "Look and decide"):
        assert words in page
    page = seat.get(reverse("refill:decide", args=[asked.pk]))
    form = page.context["form"]
    assert "once a day" in page.content.decode() and "I10" in page.content.decode()
    sent = {name: value for name, value in form.initial.items() if value not in ("", None)}
    answer = seat.post(reverse("refill:approve", args=[asked.pk]), sent)
    assert answer.url == reverse("refill:requests"), answer.content.decode()[:3000]
    asked.refresh_from_db()
    assert asked.status == "in-progress"


def test_the_next_one_opens_after_each_decision(seat, actor, chen, asked, neighbour):
    a_record(neighbour)
    other = ask(actor, neighbour)
    answer = seat.post(reverse("refill:hold", args=[asked.pk]), {"reason": "Let us talk"})
    assert answer.url == reverse("refill:decide", args=[other.pk])
    assert seat.post(reverse("refill:reject", args=[other.pk]), {}).status_code == 422
    said = {"reason": "Too low", "next_step": "visit"}
    assert seat.post(reverse("refill:reject", args=[other.pk]), said).status_code == 302


def test_approving_without_the_record_on_the_page_is_refused(seat, asked):
    url = reverse("refill:approve", args=[asked.pk])
    assert seat.post(url, {}).status_code == 422
    page = seat.get(reverse("refill:decide", args=[asked.pk]))
    sent = {k: v for k, v in page.context["form"].initial.items() if v not in ("", None)}
    assert seat.post(url, sent | {"seen": "x"}).status_code == 409
    asked.refresh_from_db()
    assert asked.status == "requested"


def test_an_unknown_record_asks_for_the_confirmation(seat, asked, chen):
    from portal.record.models import RecordSection

    RecordSection.objects.filter(patient=chen, section="allergies").delete()
    page = seat.get(reverse("refill:decide", args=[asked.pk]))
    assert "I have confirmed them with the patient" in page.content.decode()
    sent = {k: v for k, v in page.context["form"].initial.items() if v not in ("", None)}
    answer = seat.post(reverse("refill:approve", args=[asked.pk]), sent)
    assert answer.status_code == 409


def test_the_list_asks_as_many_questions_for_a_page_as_for_one(seat, actor, asked, dr_li):
    url = reverse("refill:requests")
    seat.get(url)
    with CaptureQueriesContext(connection) as one:
        seat.get(url)
    for number in range(12):
        person = PatientFactory(general_practitioner=dr_li, name=f"Person {number}")
        a_record(person)
        ask(actor, person)
    with CaptureQueriesContext(connection) as many:
        page = seat.get(url)
    assert len(page.context["rows"]) == 13
    assert len(many) == len(one), [q["sql"][:150] for q in many][-15:]


def test_the_list_pages_by_the_last_row(seat, actor, asked, dr_li, monkeypatch):
    monkeypatch.setattr("refill.views.doctor.SHOWN", 2)
    for number in range(4):
        person = PatientFactory(general_practitioner=dr_li, name=f"Person {number}")
        a_record(person)
        ask(actor, person)
    seen, url = [], reverse("refill:requests")
    while url:
        page = seat.get(url)
        seen += [picture.request.pk for picture, _form in page.context["rows"]]
        more = page.context["more"]
        url = f"{reverse('refill:requests')}?after={more.replace('+', '%2B')}" if more else ""
    assert len(seen) == len(set(seen)) == 5
    assert seat.get(reverse("refill:requests"), {"after": "broken|x"}).status_code == 200


def test_the_desk_writes_the_same_request_with_who_asked(as_person, chen, catalogue, registrar):
    a_record(chen)
    client = as_person(registrar)
    find = reverse("refill:find")
    assert client.get(reverse("refill:desk", args=[chen.pk])).status_code == 404
    wrong = client.post(find, {"number": "chen", "birth_date": "1955-03-09"})
    assert wrong.status_code == 422
    went = client.post(find, {"number": "CHEN", "birth_date": "1955-03-08"})
    page = client.get(went.url)
    (row,) = page.context["rows"]
    told = {
        "medicine": [row.supply.mark], "changed": "no", "problem": "no", "elsewhere": "no",
        "weeks": "4", "basket": str(uuid.uuid4()), "channel": "telephone",
    }  # fmt: skip
    assert client.post(went.url, told).status_code == 422  # who asked?
    client.post(went.url, told | {"caller": "her daughter Chen Lin"})
    kept = RefillRequest.objects.get()
    assert (kept.channel, kept.caller) == ("telephone", "her daughter Chen Lin")
    assert kept.asked_by == registrar and kept.status == "requested"
