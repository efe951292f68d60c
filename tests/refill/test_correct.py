"""Returned: only its doctor corrects it, signs anew, and a new review begins (R84)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from portal.notification.models import Notification
from portal.record import prescribing, signing
from portal.record.models import Prescription
from portal.record.prescribing import Blocked
from portal.workflow import Refused
from refill import correcting, reviewing
from refill.correcting import Change
from refill.models import PrescriptionReview
from tests.portal.record.conftest import PASSWORD, session_of
from tests.refill.conftest import GOOD
from tests.refill.test_review import BAD


@pytest.fixture
def returned(actor, pharmacist, review, prescription):
    reviewing.return_(actor(pharmacist), review, BAD, "four weeks are too long now")
    prescription.refresh_from_db()
    return prescription


@pytest.fixture
def key(dr_li):
    return signing.open_for(session_of(dr_li), dr_li, PASSWORD)


def change(line, **facts):
    said = {"dose": line.dose, "days": line.days, "instruction": "", "is_dropped": False}
    return Change(line=line.pk, **(said | facts))


def test_signed_anew_it_waits_for_the_pharmacist_again(
    actor, dr_li, pharmacist, returned, line, key, shelf
):
    done = correcting.correct(actor(dr_li), returned, [change(line, days=14)], key)
    assert (done.status, done.lines.get().days) == (Prescription.Status.SIGNED, 14)
    old, new = PrescriptionReview.objects.order_by("version")
    assert (old.status, new.status) == ("returned", "pending")
    assert prescribing.is_intact(done)
    assert reviewing.pass_(actor(pharmacist), new, GOOD).status == "passed"


def test_the_old_review_passes_nothing(actor, dr_li, pharmacist, returned, line, key, review):
    correcting.correct(actor(dr_li), returned, [change(line, days=14)], key)
    with pytest.raises(Refused):
        reviewing.pass_(actor(pharmacist), review, GOOD)


def test_what_the_checks_stop_stays_as_it_came_back(actor, dr_li, returned, line, key):
    with pytest.raises((Blocked, Refused)):
        correcting.correct(actor(dr_li), returned, [change(line, dose=Decimal(40))], key)
    returned.refresh_from_db()
    line.refresh_from_db()
    assert (returned.status, line.dose) == (Prescription.Status.RETURNED, 1)


def test_nobody_else_corrects_it(actor, dr_wang, returned, line, key):
    with pytest.raises(Refused):
        correcting.correct(actor(dr_wang), returned, [change(line, days=14)], key)


def test_the_doctor_is_led_to_the_page_and_signs_there(as_person, dr_li, returned, line):
    notice = Notification.objects.get(user=dr_li.user, kind="prescription-returned")
    assert notice.context["prescription"] == str(returned.pk)
    browser, url = as_person(dr_li), reverse("refill:correct", args=[returned.pk])
    page = browser.get(url).content.decode()
    assert "four weeks are too long now" in page
    session = browser.session
    signing.open_for(session, dr_li, PASSWORD)
    session.save()
    said = {
        "lines-TOTAL_FORMS": 1, "lines-INITIAL_FORMS": 1, "lines-0-line": str(line.pk),
        "lines-0-dose": "1", "lines-0-days": "14",
    }  # fmt: skip
    assert browser.post(url, said | {"lines-0-days": "0"}).status_code == 422
    assert browser.post(url, said).status_code == 302
    returned.refresh_from_db()
    assert returned.status == Prescription.Status.SIGNED
    assert browser.get(url).status_code == 404


def test_another_doctor_finds_nothing(as_person, dr_wang, returned):
    url = reverse("refill:correct", args=[returned.pk])
    assert as_person(dr_wang).get(url).status_code == 404
