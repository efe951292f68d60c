"""Who the hospital is, and who we are, is proven by certificates and never taken on trust."""

from __future__ import annotations

import ipaddress
import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import HTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from portal.his import connecting
from portal.his.auth import Fixed
from portal.his.client import Client
from portal.his.errors import Unavailable
from tests.portal.his.scripted import Scripted, _Handler

PATIENT = {"resourceType": "Patient", "id": "chen"}


class Authority:
    """A certificate authority of a hospital's own."""

    def __init__(self, folder, name):
        self.folder, self.name = folder, name
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = self._signed(name, self.key.public_key(), is_authority=True)
        self.file = folder / f"{name}.pem"
        self.file.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))

    def _signed(self, name, public, *, is_authority=False, address=None):
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self.name)]))
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(minutes=1))
            .not_valid_after(now + timedelta(hours=1))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        )
        if address:
            names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
            builder = builder.add_extension(names, critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def issue(self, name, address=None):
        """The files of a certificate and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._signed(name, key.public_key(), address=address)
        paths = self.folder / f"{name}.crt", self.folder / f"{name}.key"
        paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        plain = serialization.NoEncryption()
        form = serialization.PrivateFormat.PKCS8
        paths[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
        return paths


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path, "hospital-ca")


@pytest.fixture
def behind_tls(authority):
    """A hospital that speaks TLS; `wants` is the authority whose clients alone it lets in."""
    opened = []

    def _behind_tls(address="127.0.0.1", wants=None):
        server = Scripted.__new__(Scripted)
        HTTPServer.__init__(server, ("127.0.0.1", 0), _Handler)
        server.asked, server.script, server.stopping = [], [], threading.Event()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*authority.issue("server", address))
        if wants:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(wants.file)
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        server.on("GET", "/Patient/chen", PATIENT)
        opened.append(server)
        return server.base.replace("http:", "https:")

    yield _behind_tls
    for server in opened:
        server.stop()


def asked(base):
    client = Client(base, Fixed(), connecting.trusted())
    try:
        return client.read("Patient/chen", seconds=3).body
    finally:
        client.close()


def test_the_hospital_s_own_authority_is_trusted_where_it_is_named(settings, behind_tls, authority):
    base = behind_tls()
    with pytest.raises(Unavailable):
        asked(base)
    settings.HIS_CA_FILE = str(authority.file)
    assert asked(base) == PATIENT


def test_a_certificate_for_another_address_is_refused(settings, behind_tls, authority):
    settings.HIS_CA_FILE = str(authority.file)
    with pytest.raises(Unavailable):
        asked(behind_tls(address="127.0.0.9"))


def test_a_hospital_that_wants_our_certificate_gets_it(settings, behind_tls, authority):
    settings.HIS_CA_FILE = str(authority.file)
    base = behind_tls(wants=authority)
    with pytest.raises(Unavailable):
        asked(base)
    certificate, key = authority.issue("portal")
    settings.HIS_CLIENT_CERT, settings.HIS_CLIENT_KEY = str(certificate), str(key)
    assert asked(base) == PATIENT


def test_a_certificate_of_a_stranger_opens_nothing(settings, behind_tls, authority, tmp_path):
    settings.HIS_CA_FILE = str(authority.file)
    certificate, key = Authority(tmp_path, "somebody").issue("portal")
    settings.HIS_CLIENT_CERT, settings.HIS_CLIENT_KEY = str(certificate), str(key)
    with pytest.raises(Unavailable):
        asked(behind_tls(wants=authority))
