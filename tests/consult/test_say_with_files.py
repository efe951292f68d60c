from __future__ import annotations

import io
import os
import uuid
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image, PngImagePlugin

from consult import attachments
from consult.models import Attachment, Communication
from tests.consult.sounds import mp4, webm

JSON = {"HTTP_ACCEPT": "application/json"}
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n%%EOF\n"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def send(as_person, chen, encounter):
    """Chen sends a file; the answer comes back."""
    client = as_person(chen)

    def post(content, name="photo.jpg", field="pictures", client_id=None, **more):
        form = {"client_id": client_id or uuid.uuid4(), field: SimpleUploadedFile(name, content)}
        return client.post(reverse("consult:say", args=[encounter.pk]), {**form, **more}, **JSON)

    return post


def picture(kind="JPEG", size=(40, 30), mode="RGB", **options):
    out = io.BytesIO()
    Image.new(mode, size, "red").save(out, kind, **options)
    return out.getvalue()


def files(folder):
    return [path for path in Path(folder).rglob("*") if path.is_file()]


def with_gps():
    exif = Image.Exif()
    exif[0x010F] = "CANARY-MAKER"
    exif.get_ifd(0x8825)[2] = (31.0, 13.0, 50.0)
    return picture(exif=exif, comment=b"<script>alert(1)</script>")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_a_picture_of_any_usual_kind_becomes_a_jpeg(send, kind):
    answer = send(picture(kind), name="whatever.txt")
    assert answer.status_code == 200, answer.content
    body = Communication.objects.get().body
    assert (body["width"], body["height"], body["content_type"]) == (40, 30, "image/jpeg")
    with Attachment.objects.get().file.open("rb") as file:
        assert Image.open(file).format == "JPEG"


def test_nothing_but_the_pixels_of_a_picture_is_kept(send):
    send(with_gps())
    with Attachment.objects.get().file.open("rb") as file:
        kept = file.read()
    assert b"CANARY" not in kept
    assert b"script" not in kept
    assert not Image.open(io.BytesIO(kept)).getexif()


def test_a_picture_is_turned_upright_and_made_smaller(send):
    exif = Image.Exif()
    exif[0x0112] = 6
    send(picture(size=(4000, 1000), exif=exif))
    row = Attachment.objects.get()
    assert (row.width, row.height) == (512, 2048)


def test_a_flood_of_pixels_is_refused_before_it_is_drawn(send, media, monkeypatch):
    monkeypatch.setattr(Image.Image, "convert", lambda *args: pytest.fail("decoded"))
    answer = send(picture("PNG", size=(9000, 5000), mode="1"))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert not files(media)


def test_a_bomb_of_compressed_text_in_a_png_is_refused(send, media):
    info = PngImagePlugin.PngInfo()
    info.add_text("bomb", "x" * 70_000_000, zip=True)
    answer = send(picture("PNG", pnginfo=info))
    assert answer.status_code in (200, 422)
    assert all(path.stat().st_size < 10_000 for path in files(media))


@pytest.mark.parametrize(
    "content",
    [
        b"", b"hello", b"\xff\xd8\xff", picture()[:200], picture("PNG")[:60], picture("WEBP")[:40],
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", b"<html>",
        b"GIF89a" + b"\0" * 40,
        b"%PDF-1.7 without an end", b"MZ" + b"\0" * 100, b"\x1a\x45\xdf\xa3garbage", b"PK\x03\x04",
        b"\0\0\0\x18ftypheic" + b"\0" * 100, b"\0\0\0\x18ftypM4A " + b"\xff" * 100,
        webm(5, codec=b"V_VP8"), mp4(5, codec=b"avc1"), webm(5)[:40],
    ],
)  # fmt: skip
def test_anything_else_is_refused_in_words_and_nothing_is_kept(send, media, content):
    answer = send(content)
    assert (answer.status_code, answer.json()["code"]) == (422, "unsupported"), answer.content
    assert answer.json()["message"]
    assert (Communication.objects.count(), Attachment.objects.count(), files(media)) == (0, 0, [])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xff\xd8\xff" + b"\0" * 12 * 1024 * 1024, "too_large"),
        (webm(1) + b"\0" * 2 * 1024 * 1024, "too_large"),
        (PDF + b" " * 10 * 1024 * 1024 + b"%%EOF", "too_large"),
        (webm(75), "too_large"),
        (webm(75, said=2.0), "too_large"),
        (mp4(75), "too_large"),
        (mp4(75, said=2), "too_large"),
    ],
)
def test_what_is_too_long_or_too_large_is_refused(send, media, content, code):
    answer = send(content)
    assert (answer.status_code, answer.json()["code"]) == (413, code)
    assert not files(media)


@pytest.mark.parametrize(
    ("content", "kind", "seconds"), [(webm(12), "audio/webm", 12), (mp4(30), "audio/mp4", 30)]
)
def test_a_voice_message_knows_how_long_it_is(send, content, kind, seconds):
    assert send(content, field="voice").status_code == 200
    message = Communication.objects.get()
    assert (message.kind, message.body["content_type"]) == ("voice", kind)
    assert message.body["seconds"] == seconds


@pytest.mark.parametrize("content", [webm(2, tags=b"CANARY"), mp4(2, tags=b"CANARY")])
def test_tags_in_a_voice_message_are_blanked(send, content):
    send(content, field="voice")
    with Attachment.objects.get().file.open("rb") as file:
        assert b"CANARY" not in file.read()


def test_the_same_upload_again_is_one_message_and_one_file(send, media):
    client_id = uuid.uuid4()
    first = send(picture(), client_id=client_id)
    again = send(picture(), client_id=client_id)
    assert first.json() == again.json()
    assert (Communication.objects.count(), len(files(media))) == (1, 1)


def test_another_file_under_the_same_id_is_a_conflict_and_leaves_no_file(send, media):
    client_id = uuid.uuid4()
    send(picture(), client_id=client_id)
    answer = send(picture(size=(50, 50)), client_id=client_id)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert len(files(media)) == Attachment.objects.count() == 1


def test_words_and_two_pictures_in_one_form_are_three_messages_once(as_person, chen, encounter):
    def form():
        both = [SimpleUploadedFile("a", picture()), SimpleUploadedFile("b", picture("PNG"))]
        key = "6c1f5f3e-8d84-4e0a-9a3e-1d2c3b4a5f60"
        return {"client_id": key, "text": "look", "pictures": both}

    client, url = as_person(chen), reverse("consult:say", args=[encounter.pk])
    first = client.post(url, form(), **JSON).json()
    assert client.post(url, form(), **JSON).json() == first
    kinds = Communication.objects.order_by("seq").values_list("kind", flat=True)
    assert list(kinds) == ["text", "picture", "picture"]


def test_a_closed_conversation_takes_no_picture_and_keeps_no_file(send, encounter, media):
    encounter.status, encounter.status_reason = "cancelled", "resident"
    encounter.save()
    answer = send(picture())
    assert (answer.status_code, answer.json()["code"]) == (409, "not_open")
    assert not files(media)


def test_a_full_disk_refuses_the_picture_and_the_words_still_go(send, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("django.core.files.storage.FileSystemStorage._save", full)
    answer = send(picture())
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert send(b"", field="nothing", text="still here").status_code == 200


def test_files_are_seen_by_the_two_in_the_room_only(
    send, as_person, chen, dr_li, neighbour, dr_wang, dr_zhao, sun, gao
):
    send(picture())
    url = Communication.objects.get().body["url"]
    for person in (chen, dr_li):
        answer = as_person(person).get(url)
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["Content-Disposition"] == 'inline; filename="picture.jpg"'
        assert "sandbox" in answer["Content-Security-Policy"]
    for person in (neighbour, dr_wang, dr_zhao, sun, gao):
        assert as_person(person).get(url).status_code == 404


def test_a_paper_is_only_ever_downloaded(send, as_person, chen):
    assert send(PDF, name="evil.html").status_code == 200
    answer = as_person(chen).get(Communication.objects.get().body["url"])
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="document.pdf"'


def test_a_withdrawn_picture_is_not_served_any_more(send, as_person, chen, encounter):
    send(picture())
    client, message = as_person(chen), Communication.objects.get()
    client.post(reverse("consult:withdraw", args=[encounter.pk, 1]), **JSON)
    assert client.get(message.body["url"]).status_code == 404


def test_safari_gets_the_part_it_asks_for(send, as_person, chen):
    send(webm(3), field="voice")
    client, url = as_person(chen), Communication.objects.get().body["url"]
    whole = client.get(url).content
    part = client.get(url, headers={"Range": "bytes=2-5"})
    assert (part.status_code, part.content) == (206, whole[2:6])
    assert part["Content-Range"] == f"bytes 2-5/{len(whole)}"
    assert client.get(url, headers={"Range": "bytes=99999999-"}).status_code == 416


def test_a_file_without_a_row_is_swept_after_an_hour(send, media):
    send(picture())
    lost = media / "conversation" / "2026" / "lost.jpg"
    lost.parent.mkdir(parents=True, exist_ok=True)
    lost.write_bytes(b"lost")
    assert attachments.sweep() == 0
    os.utime(lost, (1, 1))
    assert attachments.sweep() == 1
    assert len(files(media)) == 1
