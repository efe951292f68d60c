from __future__ import annotations

import io
from datetime import time, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from consult.models import EvidencePaper, QuickPhrase, Schedule, ScheduleException, Slot
from portal.audit.models import AuditEvent
from tests.factories import centre_day
from tests.factories.visits import ScheduleFactory


def url(name, *args):
    return reverse(f"consult:{name}", args=args)


@pytest.fixture
def desk(as_person, dr_li):
    return as_person(dr_li)


def weekly(**more):
    return {
        "weekday": "0", "start": "08:00", "end": "10:00", "slot_minutes": "15",
        "valid_from": centre_day.today().isoformat(), **more,
    }  # fmt: skip


def test_new_hours_open_times_at_once(desk, dr_li):
    assert desk.post(url("hours"), weekly()).status_code == 302
    assert Slot.objects.filter(practitioner=dr_li).count() >= 8
    assert AuditEvent.objects.filter(action="set-hours").count() == 1


@pytest.mark.parametrize(
    "fault",
    [{"end": "07:00"}, {"weekday": "7"}, {"slot_minutes": "0"}, {"slot_minutes": "-5"},
     {"start": "24:00"}, {"valid_until": "2001-01-01"}, {"valid_from": "30.02."}],
)  # fmt: skip
def test_hours_that_make_no_sense_are_refused_in_words(desk, fault):
    assert desk.post(url("hours"), weekly(**fault)).status_code == 422
    assert not Schedule.objects.exists()


def test_hours_over_other_hours_are_refused(desk):
    desk.post(url("hours"), weekly())
    assert desk.post(url("hours"), weekly(start="09:00", end="11:00")).status_code == 409
    assert Schedule.objects.count() == 1


def test_ending_hours_takes_free_times_back(desk, dr_li):
    row = ScheduleFactory(
        practitioner=dr_li, weekday=(centre_day.today() + timedelta(days=2)).weekday()
    )
    desk.get(url("hours"))
    desk.post(url("add_day"), {"day": centre_day.today() + timedelta(days=9)})
    desk.post(url("end_hours", row.pk))
    assert not Slot.objects.filter(practitioner=dr_li, status=Slot.Status.FREE).exists()


def test_a_closed_day_names_who_is_booked_then(desk, booked, dr_li):
    local = timezone.localtime(booked.start, dr_li.organization.zone)
    response = desk.post(url("add_day"), {"day": local.date().isoformat()}, follow=True)
    assert "1 booked visits lie outside" in response.content.decode()
    assert "Chen Guilan" in response.content.decode()
    booked.refresh_from_db()
    assert booked.status == "booked"


def test_a_day_is_closed_once_and_made_as_usual_again(desk, dr_li):
    day = {"day": (centre_day.today() + timedelta(days=3)).isoformat()}
    desk.post(url("add_day"), day)
    assert desk.post(url("add_day"), day).status_code == 409
    desk.post(url("drop_day", ScheduleException.objects.get().pk))
    assert not ScheduleException.objects.exists()


def test_other_hours_need_a_beginning_and_an_end(desk):
    day = {"day": (centre_day.today() + timedelta(days=3)).isoformat(), "is_open": "on"}
    assert desk.post(url("add_day"), {**day, "start": "10:00"}).status_code == 422
    desk.post(url("add_day"), {**day, "start": "10:00", "end": "11:00"})
    assert ScheduleException.objects.get().end == time(11)


def test_the_doctor_gives_a_time_back_and_the_resident_is_told(desk, booked):
    assert desk.post(url("withdraw_appointment", booked.pk)).status_code == 422
    desk.post(url("withdraw_appointment", booked.pk), {"reason": "doctor-absent"})
    booked.refresh_from_db()
    assert booked.cancelled_by == "doctor"


def test_another_doctors_hours_are_not_found(as_person, dr_li, dr_wang, booked):
    row = ScheduleFactory(practitioner=dr_li)
    other = as_person(dr_wang)
    assert other.post(url("end_hours", row.pk)).status_code == 404
    assert other.post(url("withdraw_appointment", booked.pk)).status_code == 404


def test_phrases_are_the_doctors_own(desk, as_person, dr_wang):
    desk.post(url("phrases"), {"text": "Please measure twice a week."})
    phrase = QuickPhrase.objects.get()
    assert as_person(dr_wang).post(url("drop_phrase", phrase.pk)).status_code == 404
    assert desk.post(url("phrases"), {"text": "\u200b \u200b"}).status_code == 422
    desk.post(url("drop_phrase", phrase.pk))
    assert not QuickPhrase.objects.exists()


# A paper where the hospital does not answer


def photograph(size=(60, 40)):
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "a place and a name"
    Image.new("RGB", size, "white").save(out, "JPEG", exif=exif, comment=b"<script>")
    return out.getvalue()


def paper(content, **more):
    file = SimpleUploadedFile("paper.jpg", content, content_type="image/jpeg")
    day = centre_day.today() - timedelta(days=20)
    return {"file": file, "icd10": "I10", "day": day.isoformat(), **more}


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_a_paper_becomes_a_button(as_person, chen, media):
    phone = as_person(chen)
    response = phone.post(url("paper"), paper(photograph()), follow=True)
    assert "paper:I10" in response.content.decode()
    chosen = phone.post(url("book"), {"evidence": "paper:I10", "reasons": "check-up"})
    assert chosen.headers["Location"] == url("book_signs")


def test_a_kept_paper_says_nothing_of_place_or_comment(as_person, chen, media):
    as_person(chen).post(url("paper"), paper(photograph()))
    with EvidencePaper.objects.get().file.open("rb") as file:
        kept = file.read()
    assert b"a place" not in kept and b"<script>" not in kept


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4", b"<svg/>", photograph()[:80], b"GIF89a"])
def test_what_is_no_picture_is_refused_in_words(as_person, chen, media, content):
    assert as_person(chen).post(url("paper"), paper(content)).status_code in (409, 422)
    assert not EvidencePaper.objects.exists()


@pytest.mark.parametrize(("days", "code"), [(181, 422), (180, 302), (-1, 422)])
def test_a_paper_counts_to_the_day(as_person, chen, media, days, code):
    day = (centre_day.today() - timedelta(days=days)).isoformat()
    response = as_person(chen).post(url("paper"), paper(photograph(), day=day))
    assert response.status_code == code


def test_a_paper_is_seen_by_her_and_her_doctor_only(
    as_person, chen, neighbour, dr_li, dr_wang, media
):
    as_person(chen).post(url("paper"), paper(photograph()))
    row = EvidencePaper.objects.get()
    for person, status in [(chen, 200), (dr_li, 200), (neighbour, 404), (dr_wang, 404)]:
        assert as_person(person).get(url("paper_file", row.pk)).status_code == status
