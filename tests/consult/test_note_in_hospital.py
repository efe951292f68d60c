"""The signed note reaches the hospital's record: exactly as it was signed, once."""

from __future__ import annotations

import pytest

from consult import closing, hospital
from consult.models import ConsultationRecord
from portal.his.errors import OutcomeUnknown
from portal.his.port import HisRef, PatientFact
from portal.outbox.models import OutboxMessage
from portal.outbox.outcomes import GivenUp
from tests.contract.fake_his import FakeHis

pytestmark = pytest.mark.usefixtures("catalogue")


class Hospital(FakeHis):
    """Keeps what it was sent."""

    def __init__(self):
        super().__init__()
        self.notes, self.lose = {}, False

    def write_consultation(self, note, key, *, again=False):
        self.notes[key] = note
        ref = super().write_consultation(note, key, again=again)
        if self.lose:
            raise OutcomeUnknown(key)
        return ref


@pytest.fixture
def his(monkeypatch):
    fake = Hospital()
    fake.add_patient(PatientFact(HisRef("Patient", "chen", "1"), name="Chen Guilan"))
    monkeypatch.setattr(hospital, "connect", lambda organization: fake)
    return fake


@pytest.fixture
def message(doctor, seen, key):
    closing.sign_note(doctor, seen, key)
    return OutboxMessage.objects.get(kind="his.consultation")


def test_the_note_arrives_as_it_was_signed_with_its_signature(his, message, chen, dr_li):
    ref = hospital.write_note(message)
    row, sent = ConsultationRecord.objects.get(), his.notes[message.key]
    assert sent.content.decode() == row.signed_bytes
    assert (sent.signature, sent.signed_at) == (row.signature, row.signed_at)
    assert (sent.patient_id, sent.doctor_id) == (chen.his_id, dr_li.his_id)
    assert (row.his_ref, row.his_version) == (str(ref), ref.version)


def test_a_lost_answer_leaves_one_note_and_its_place_is_found(his, message, chen):
    his.lose = True
    with pytest.raises(OutcomeUnknown):
        hospital.write_note(message)
    assert ConsultationRecord.objects.get().his_ref == ""
    his.lose, message.may_have_arrived = False, True
    ref = hospital.write_note(message)
    assert len(his.facts[chen.his_id, "documents"]) == 1
    assert ConsultationRecord.objects.get().his_ref == str(ref)


def test_the_message_holds_ids_and_no_words(message):
    assert set(message.payload) == {"note"}


def test_a_resident_without_a_record_is_a_person_s_matter(his, message, chen):
    type(chen).objects.filter(pk=chen.pk).update(his_id="")
    with pytest.raises(GivenUp):
        hospital.write_note(message)
    assert his.notes == {}
