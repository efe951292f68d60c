from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command

from portal.his import connecting
from portal.his.models import ProbedHis
from tests.portal.his.scripted import LOGIN, Reply

pytestmark = pytest.mark.django_db

STATEMENT = {
    "resourceType": "CapabilityStatement",
    "fhirVersion": "4.0.1",
    "software": {"name": "Other HIS", "version": "7"},
    "rest": [
        {
            "resource": [
                {"type": "Appointment", "operation": [{"name": "book"}]},
                {"type": "Patient", "searchParam": [{"name": "identifier"}]},
            ],
            "interaction": [{"code": "transaction"}],
        }
    ],
}


def probe(*flags, capsys):
    call_command("his_probe", *flags)
    return capsys.readouterr().out


def test_what_the_hospital_says_is_printed_and_kept(own_his, capsys):
    own_his.on("GET", "/metadata", STATEMENT)
    said = probe("--read-only", capsys=capsys)
    assert "Other HIS 7 / 4.0.1" in said and "booking             operation" in said
    assert connecting.remembered(own_his.base).booking == "operation"
    assert connecting.at(own_his.base).capabilities.transaction is True
    assert {one.method for one in own_his.asked} == {"GET"}


def test_the_self_test_says_what_it_could_not_try(own_his, capsys):
    own_his.on("GET", "/metadata", STATEMENT)
    seen = json.loads(probe("--json", capsys=capsys))
    assert any(finding.startswith("write and read: ") for finding in seen["findings"])
    assert seen["conditional_create"] is None


@pytest.mark.parametrize("reply", [LOGIN, Reply(503, b""), {"resourceType": "Patient", "id": "x"}])
def test_what_is_no_hospital_is_one_line(own_his, reply):
    own_his.on("GET", "/metadata", reply)
    with pytest.raises(CommandError, match=own_his.base):
        call_command("his_probe")
    assert not ProbedHis.objects.exists()
