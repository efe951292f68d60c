from __future__ import annotations

import base64
import json

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from django.core.exceptions import ImproperlyConfigured

from portal.his.auth import from_text
from portal.his.client import Client
from portal.his.errors import AuthFailed, Unavailable
from portal.trusting import authorities
from tests.portal.his.scripted import Reply

PATIENT = {"resourceType": "Patient", "id": "chen"}


def pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def raw(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


@pytest.fixture
def connect(hospital):
    made = []

    def _connect(text):
        made.append(Client(hospital.base, from_text(text), authorities()))
        return made[-1]

    yield _connect
    for client in made:
        client.close()


@pytest.fixture
def service(hospital, tmp_path):
    """SMART Backend Services with a fresh P-384 key."""
    key = ec.generate_private_key(ec.SECP384R1())
    (tmp_path / "key.pem").write_bytes(pem(key))
    return key, f"smart portal {hospital.base}/token {tmp_path}/key.pem kid-1"


def token(text, seconds=300):
    body = json.dumps({"access_token": text, "expires_in": seconds}).encode()
    return Reply(200, body, kind="application/json")


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("header X-Api-Key secret", "x-api-key", "secret"),
        ("basic user 'pass word'", "authorization", "Basic dXNlcjpwYXNzIHdvcmQ="),
    ],
)
def test_fixed_headers_go_with_every_request(connect, hospital, text, name, value):
    hospital.on("GET", "/Patient", PATIENT)
    connect(text).read("Patient/chen")
    assert hospital.asked[0].headers[name] == value


@pytest.mark.parametrize("text", ["magic", "basic onlyuser", "header A", "smart a b"])
def test_an_unknown_way_is_refused_at_the_start(text):
    with pytest.raises(ImproperlyConfigured):
        from_text(text)


def test_a_token_is_bought_once_with_a_true_assertion(connect, hospital, service):
    key, text = service
    hospital.on("POST", "/token", token("t1"))
    hospital.on("GET", "/Patient", PATIENT)
    client = connect(text)
    client.read("Patient/chen")
    client.read("Patient/chen")
    bought = hospital.asked_for("POST", "/token")
    assert len(bought) == 1
    assert hospital.asked[-1].headers["authorization"] == "Bearer t1"
    head, claims, signature = bought[0].one("client_assertion").split(".")
    assert json.loads(raw(head)) == {"typ": "JWT", "alg": "ES384", "kid": "kid-1"}
    assert json.loads(raw(claims))["aud"] == f"{hospital.base}/token"
    sealed = raw(signature)
    pair = (int.from_bytes(sealed[:48], "big"), int.from_bytes(sealed[48:], "big"))
    signed = f"{head}.{claims}".encode()
    key.public_key().verify(encode_dss_signature(*pair), signed, ec.ECDSA(hashes.SHA384()))


def test_an_rsa_key_signs_rs384(tmp_path):
    key = rsa.generate_private_key(65537, 2048)
    (tmp_path / "key.pem").write_bytes(pem(key))
    auth = from_text(f"smart portal https://his.example/token {tmp_path}/key.pem")
    head, claims, signature = auth.assertion().split(".")
    assert json.loads(raw(head))["alg"] == "RS384"
    key.public_key().verify(
        raw(signature), f"{head}.{claims}".encode(), padding.PKCS1v15(), hashes.SHA384()
    )


def test_an_expired_token_is_renewed_once(connect, hospital, service):
    hospital.on("POST", "/token", token("old"), token("new"))
    hospital.on("GET", "/Patient", Reply(401, b""), PATIENT)
    client = connect(service[1])
    assert client.read("Patient/chen").body == PATIENT
    assert hospital.asked[-1].headers["authorization"] == "Bearer new"


@pytest.mark.parametrize("seconds", ["3600", 3600.0])
def test_a_lifetime_written_as_text_is_one(connect, hospital, service, seconds):
    hospital.on("POST", "/token", token("first", seconds), token("second"))
    hospital.on("GET", "/Patient", PATIENT)
    client = connect(service[1])
    for _turn in (1, 2):
        client.read("Patient/chen")
    assert {one.headers["authorization"] for one in hospital.asked_for("GET", "/Patient")} == {
        "Bearer first"
    }


def test_a_token_refused_again_goes_to_the_administrator(connect, hospital, service):
    hospital.on("POST", "/token", token("old"), token("new"))
    hospital.on("GET", "/Patient", Reply(401, b""))
    with pytest.raises(AuthFailed):
        connect(service[1]).read("Patient/chen")
    assert len(hospital.asked_for("GET", "/Patient")) == 2


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(401, b"{}", kind="application/json"), AuthFailed),
        (Reply(500, b""), Unavailable),
        (Reply(200, b"<html>", kind="text/html"), Unavailable),
        (Reply(200, b"{}", kind="application/json"), AuthFailed),
    ],
)
def test_a_token_server_in_trouble_is_one_error_of_the_port(
    connect, hospital, service, reply, error
):
    hospital.on("POST", "/token", reply)
    with pytest.raises(error):
        connect(service[1]).read("Patient/chen")


def test_wrong_tls_is_refused(hospital):
    client = Client(hospital.base.replace("http:", "https:"), from_text(""), authorities())
    with pytest.raises(Unavailable):
        client.read("Patient/chen", seconds=1)
    client.close()
