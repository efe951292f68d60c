"""So often and no more; who looked is written down; unknown is not "too long ago"."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from consult.models import EvidencePaper
from consult.rules.evidence import look
from portal.audit.models import AuditEvent
from portal.record.facts import ConditionFact, Section, Summary, VisitFact
from tests.access.belongings import attachment, paper  # noqa: F401
from tests.access.world import room  # noqa: F401

TODAY = date(2026, 11, 22)
LONG_AGO = TODAY - timedelta(days=400)


def url(name, *args):
    return reverse(f"consult:{name}", args=args)


def test_who_taps_on_and_on_is_asked_to_wait(as_person, chen, answered, slots):
    hers = as_person(chen)
    statuses = [hers.post(url("times"), {"slot": ""}).status_code for _ in range(41)]
    assert statuses[:40] == [422] * 40 and statuses[40] == 429
    answer = hers.post(url("book"), {})
    assert answer.status_code == 429 and int(answer["Retry-After"]) >= 1
    assert "Please wait" in answer.content.decode()
    assert hers.get(url("times")).status_code == 200  # looking is free


def test_one_persons_haste_holds_up_nobody_else(as_person, chen, neighbour, answered, slots):
    for _ in range(41):
        as_person(chen).post(url("times"), {"slot": ""})
    assert as_person(neighbour).post(url("book"), {}).status_code != 429


def test_papers_are_taken_ten_at_a_time(as_person, chen):
    hers = as_person(chen)
    for _ in range(10):
        file = SimpleUploadedFile("x.jpg", b"no picture", "image/jpeg")
        sent = {"file": file, "icd10": "I10", "day": "2026-11-01"}
        assert hers.post(url("paper"), sent).status_code in (409, 422)
    answer = hers.post(url("paper"), {})
    assert answer.status_code == 429 and answer["Retry-After"]
    assert not EvidencePaper.objects.exists()


@pytest.fixture
def _nobody_looked():
    cache.clear()
    yield
    cache.clear()


@pytest.mark.usefixtures("_nobody_looked")
@pytest.mark.parametrize("name", ["attachment", "paper"])
def test_who_looks_at_a_picture_stands_in_the_journal_once_a_while(
    request, as_person, dr_li, dr_wang, name, django_capture_on_commit_callbacks
):
    row = request.getfixturevalue(name)
    door = url("attachment" if name == "attachment" else "paper_file", row.pk)
    his = as_person(dr_li)
    for _ in range(3):
        with django_capture_on_commit_callbacks(execute=True):
            assert his.get(door).status_code == 200
    lines = AuditEvent.objects.filter(action="view-file", entity_id=str(row.pk))
    assert [line.agent for line in lines] == [dr_li.user]
    assert as_person(dr_wang).get(door).status_code == 404
    assert lines.count() == 1


def known(*entries):
    return Section(tuple(entries), None)


def summary_of(**sections):
    unknown = Section(None, None)
    names = (
        "allergies", "conditions", "medicines", "observations", "reports", "documents",
        "encounters",
    )  # fmt: skip
    return Summary(**{name: sections.get(name, unknown) for name in names})


OLD = ConditionFact(text="Hypertension", icd10="I10", clinical_status="active", onset=LONG_AGO)
NEW = ConditionFact(text="Diabetes", icd10="E11", clinical_status="active", last_seen=TODAY)


def test_nothing_is_too_long_ago_before_the_visits_are_read():
    finding = look(summary_of(conditions=known(OLD)), TODAY, timedelta(days=180))
    assert (finding.is_known, finding.items, finding.too_old) == (False, (), ())


def test_what_is_fresh_is_offered_while_the_visits_are_not_known():
    finding = look(summary_of(conditions=known(OLD, NEW)), TODAY, timedelta(days=180))
    assert finding.is_known and [item.icd10 for item in finding.items] == ["E11"]
    assert finding.too_old == ()


def test_with_the_visits_read_it_is_said_which_way_it_is():
    recent = VisitFact("Hypertension", TODAY, "I10", "Encounter/1")
    read = summary_of(conditions=known(OLD), encounters=known(recent))
    assert [item.icd10 for item in look(read, TODAY, timedelta(days=180)).items] == ["I10"]
    read = summary_of(conditions=known(OLD), encounters=known())
    assert [item.icd10 for item in look(read, TODAY, timedelta(days=180)).too_old] == ["I10"]
