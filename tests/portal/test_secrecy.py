from __future__ import annotations

import pytest
from django.db import connection

from portal.secrecy import KeyMissing, blind_index, seal, unseal


def test_a_sealed_word_is_read_again():
    assert unseal(seal("胸痛 🫀")) == "胸痛 🫀"


def test_the_same_word_is_never_sealed_twice_alike():
    assert seal("31010119550308") != seal("31010119550308")


def test_a_changed_byte_is_noticed():
    sealed = seal("metformin")
    with pytest.raises(KeyMissing):
        unseal(sealed[:-6] + ("A" if sealed[-6] != "A" else "B") + sealed[-5:])


def test_an_old_key_still_reads_and_the_newest_writes(settings):
    old = seal("before")
    settings.FIELD_KEYS = (
        "2:" + settings.FIELD_KEYS[2:].replace("a", "b") + " " + settings.FIELD_KEYS
    )
    assert seal("after").startswith("2:")
    assert unseal(old) == "before"


def test_the_blind_index_forgives_case_and_blanks():
    assert blind_index(" 11010x") == blind_index("11010X ")


def test_the_database_holds_no_plain_identity_number(chen):
    chen.id_number = "310101195503081234"
    chen.save()
    with connection.cursor() as cursor:
        cursor.execute("select id_number from record_patient")
        assert "310101195503081234" not in str(cursor.fetchall())
    chen.refresh_from_db()
    assert chen.id_number == "310101195503081234"
