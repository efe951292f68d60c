"""How the portal proves to the HIS who it is: chosen by `HIS_AUTH`, never skipped.

(empty)                                 nothing, for the sandbox
header X-Api-Key SECRET                 a static header
basic USER PASSWORD
smart CLIENT_ID TOKEN_URL KEY_FILE [KID] [SCOPE]     SMART Backend Services, ES384 or RS384
"""

from __future__ import annotations

import base64
import json
import shlex
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from django.core.exceptions import ImproperlyConfigured

from portal.his.errors import LockedOut
from portal.his.wire.tolerant import whole

#: Posts a form to the token server and gives back its JSON.
PostForm = Callable[[str, dict[str, str]], dict[str, object]]
EARLY_SECONDS, USUAL_SECONDS = 30, 300
P384_BYTES = 48


class Auth(Protocol):
    """What is added to every request."""

    def headers(self, post_form: PostForm) -> dict[str, str]:
        """The headers of the next request; may ask the token server."""

    def renew(self) -> bool:
        """Forget what was refused; False when there is nothing that could be renewed."""


class Fixed:
    """The same headers always, or none."""

    def __init__(self, **headers: str) -> None:
        self._headers = headers

    def headers(self, post_form: PostForm) -> dict[str, str]:
        return self._headers

    def renew(self) -> bool:
        return False


class BackendService:
    """SMART Backend Services: a signed assertion buys a short-lived token."""

    def __init__(self, client_id: str, token_url: str, key: bytes, kid: str, scope: str) -> None:
        self.client_id, self.token_url, self.kid, self.scope = client_id, token_url, kid, scope
        loaded = serialization.load_pem_private_key(key, None)
        if not isinstance(loaded, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
            raise ImproperlyConfigured("HIS_AUTH: the key must be P-384 (ES384) or RSA (RS384).")
        self.key = loaded
        self.lock = threading.Lock()
        self.token, self.until = "", 0.0

    def headers(self, post_form: PostForm) -> dict[str, str]:
        with self.lock:  # one thread asks for the token, the others wait for it
            if time.time() >= self.until:
                self._buy(post_form)
            return {"Authorization": f"Bearer {self.token}"}

    def renew(self) -> bool:
        with self.lock:
            self.until = 0.0
        return True

    def _buy(self, post_form: PostForm) -> None:
        answer = post_form(self.token_url, {
            "grant_type": "client_credentials",
            "scope": self.scope,
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": self.assertion(),
        })  # fmt: skip
        token = answer.get("access_token")
        lifetime = whole(answer.get("expires_in", USUAL_SECONDS))  # some write it as text
        if not isinstance(token, str) or not token or lifetime is None:
            raise LockedOut("the token server gave no token")
        self.token, self.until = token, time.time() + max(1.0, lifetime - EARLY_SECONDS)

    def assertion(self) -> str:
        """The JWT that proves who we are, valid for five minutes and once."""
        algorithm = "ES384" if isinstance(self.key, ec.EllipticCurvePrivateKey) else "RS384"
        head = {"typ": "JWT", "alg": algorithm} | ({"kid": self.kid} if self.kid else {})
        now = int(time.time())
        claims = {
            "iss": self.client_id, "sub": self.client_id, "aud": self.token_url,
            "iat": now, "exp": now + 240, "jti": str(uuid.uuid4()),
        }  # fmt: skip
        signed = ".".join(_base64(json.dumps(part).encode()) for part in (head, claims))
        return f"{signed}.{_base64(self._sign(signed.encode()))}"

    def _sign(self, text: bytes) -> bytes:
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(text, padding.PKCS1v15(), hashes.SHA384())
        r, s = decode_dss_signature(self.key.sign(text, ec.ECDSA(hashes.SHA384())))
        return r.to_bytes(P384_BYTES, "big") + s.to_bytes(P384_BYTES, "big")


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def from_text(text: str) -> Auth:
    """The way named by HIS_AUTH. Raises ImproperlyConfigured for anything unknown."""
    kind, *words = shlex.split(text) or [""]
    match kind, words:
        case "", []:
            return Fixed()
        case "header", [name, value]:
            return Fixed(**{name: value})
        case "basic", [user, password]:
            token = base64.b64encode(f"{user}:{password}".encode()).decode()
            return Fixed(Authorization=f"Basic {token}")
        case "smart", [client_id, token_url, file, *rest] if len(rest) <= 2:
            kid, scope = (*rest, "", "")[:2]
            key = Path(file).read_bytes()
            return BackendService(client_id, token_url, key, kid, scope or "system/*.*")
    raise ImproperlyConfigured("HIS_AUTH: use `header`, `basic` or `smart`, see docs/his.md.")
