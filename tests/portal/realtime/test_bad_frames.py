from __future__ import annotations

import contextlib
import json
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed

from consult.models import Communication
from portal.realtime import limits

A, B = str(uuid.uuid4()), str(uuid.uuid4())
SAY = {"type": "consult.say", "id": 1, "encounter": A, "client_id": B, "text": "hello"}

NOT_FRAMES = [
    "", " ", "null", "1", '"text"', "[]", "[{}]", "{", "}{", "{'a':1}", "NaN", '{"type": NaN}',
    '{"type":"ping","id":1,"id":2}', '{"type":"ping","id":Infinity}', "[" * 8000, '{"a":' * 2500,
    "\ufeff{}", '{"type":"ping","id":' + "9" * 5000 + "}", "{}", '{"type":null,"id":1}',
    '{"type":[],"id":1}', '{"type":{"a":1},"id":1}', '{"type":"__class__","id":1}',
    '{"type":"consult.delete","id":1}', '{"type":"ping"}', '{"type":"ping","id":null}',
    '{"type":"ping","id":true}', '{"type":"ping","id":1.5}', '{"type":"ping","id":[1]}',
    '{"type":"ping","id":"\\ud800"}', '{"type":"ping","id":"' + "x" * 65 + '"}', b"\x00\x01", b"{}",
]  # fmt: skip

WRONG_FIELDS = [
    {"encounter": None}, {"encounter": 1}, {"encounter": "x"}, {"encounter": A[:-1]},
    {"encounter": "{" + A + "}"}, {"encounter": A.replace("-", "")}, {"encounter": [A]},
    {"client_id": ""}, {"client_id": None}, {"client_id": True}, {"client_id": "1; drop table"},
    {"text": None}, {"text": 5}, {"text": True}, {"text": ["a"]}, {"text": {"a": 1}},
    {"text": "a\0b"}, {"text": "\ud800"}, {"text": "\udc00tail"},
    {"type": "consult.open", "after": None}, {"type": "consult.open", "after": -1},
    {"type": "consult.open", "after": True}, {"type": "consult.open", "after": 1.0},
    {"type": "consult.open", "after": "1"}, {"type": "consult.open", "after": 2**31},
    {"type": "consult.open"}, {"type": "consult.read", "seq": 10**30}, {"type": "consult.read"},
]  # fmt: skip


@pytest.fixture
def patient_line(dial, chen, monkeypatch):
    """A socket whose server does not count how often it is wrong."""
    monkeypatch.setattr(limits, "MALFORMED_A_MINUTE", 10**6)
    return dial(chen)


@pytest.mark.django_db(transaction=True)
def test_whatever_is_not_a_command_is_malformed_and_the_socket_lives(patient_line):
    for text in NOT_FRAMES:
        patient_line.send(text)
        answer = next_error(patient_line)
        assert answer["code"] == "malformed", text
        assert answer["message"]
    assert patient_line.ask("ping")["type"] == "pong"


@pytest.mark.django_db(transaction=True)
def test_a_field_of_another_type_is_malformed_and_changes_nothing(patient_line):
    for number, wrong in enumerate(WRONG_FIELDS, start=100):
        patient_line.send(json.dumps({**SAY, "id": number, **wrong}))
        answer = patient_line.answer(number)
        assert (answer["type"], answer["code"]) == ("error", "malformed"), wrong
    assert not Communication.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_command_without_its_fields_is_malformed(patient_line):
    for number, name in enumerate(("encounter", "client_id", "text"), start=200):
        frame = {**SAY, "id": number}
        del frame[name]
        patient_line.send(json.dumps(frame))
        assert patient_line.answer(number)["code"] == "malformed"


@pytest.mark.django_db(transaction=True)
def test_after_twenty_malformed_frames_the_socket_closes(dial, chen):
    line = dial(chen)
    for _wrong in range(limits.MALFORMED_A_MINUTE):
        line.send("nonsense")
    assert line.close_code() == 4400


@pytest.mark.django_db(transaction=True)
def test_a_frame_above_16_kib_is_too_large_and_closes(dial, chen):
    for size in (limits.FRAME_BYTES, 200_000):
        line = dial(chen)
        line.send(json.dumps({"type": "ping", "id": 7, "pad": "x" * size}))
        assert next_error(line)["code"] == "too_large"
        assert line.close_code() == 4413


@pytest.mark.django_db(transaction=True)
def test_a_frame_too_large_to_be_read_at_all_ends_with_its_code(dial, chen):
    line = dial(chen)
    with contextlib.suppress(ConnectionClosed):
        line.send("x" * 2_000_000)
    assert line.close_code() == 1009


@pytest.mark.django_db(transaction=True)
def test_a_frame_of_16_kib_is_heard(dial, chen):
    pad = limits.FRAME_BYTES - len('{"type":"ping","id":7,"pad":""}')
    line = dial(chen)
    line.send('{"type":"ping","id":7,"pad":"' + "x" * pad + '"}')
    assert line.answer(7)["type"] == "pong"


@pytest.mark.django_db(transaction=True)
def test_a_megabyte_ends_with_a_code_for_size_and_not_with_1011(dial, chen):
    line = dial(chen)
    line.send("x" * (2**20 + 10))
    assert line.close_code() in (1006, 1009, 4413)  # the server itself drops the line


@pytest.mark.django_db(transaction=True)
@settings(
    max_examples=60, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(
    frame=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["type", "id", "encounter", "after", "client_id", "text", "seq"]),
                inner | st.sampled_from(["consult.open", "consult.say", "consult.read", "ping", A]),
                max_size=6,
            )
        ),
        max_leaves=12,
    )
)
def test_random_json_never_breaks_a_socket(patient_line, frame):
    patient_line.send(json.dumps(frame))
    assert patient_line.ask("ping")["type"] == "pong"


def next_error(line):
    """The next error, whatever id it carries."""
    with line.news:
        assert line.news.wait_for(lambda: line.answers, 10)
        return line.answers.pop(next(iter(line.answers)))
