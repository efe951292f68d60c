"""Data of another version are left alone."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from portal import catalogue
from portal.embedded import preparing, running

pytestmark = pytest.mark.django_db


@pytest.fixture
def other_version():
    MigrationRecorder(connection).record_applied("consult", "0099_not_in_this_version")


def test_data_of_this_version_are_its_own():
    assert not preparing.has_other_history()


def test_data_of_another_version_are_refused_in_one_line_and_not_touched(
    other_version, monkeypatch
):
    for deed in (catalogue, "compile_all"), (preparing, "call_command"):
        monkeypatch.setattr(*deed, None)
    with pytest.raises(running.CannotStart, match="another version"):
        running._lay_the_foundation()
