"""The portal's own settings, with keys and a database made for the tests."""

import atexit
import base64
import os
import shutil
import tempfile
from pathlib import Path

os.environ.setdefault("SECRET_KEY", "for the tests only")
os.environ.setdefault("FIELD_KEYS", "1:" + base64.urlsafe_b64encode(b"a" * 32).decode())
os.environ.setdefault("BLIND_INDEX_KEY", "for the tests only")
os.environ.setdefault("JOURNAL_KEY", "for the tests only")
os.environ.setdefault("SANDBOX", "1")
os.environ.setdefault("TESTING", "1")

if "DATA_DIR" not in os.environ:  # what a test keeps is not what `make run` has kept here
    os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="portal-tests-")
    atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)

from portal.settings import *

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Static files are found where they stand: nothing is collected for a test.
WHITENOISE_AUTOREFRESH = True
OUTBOX_LANES = 1  # one connection holds the test's transaction

if "sqlite3" in str(DATABASES["default"]["ENGINE"]):  # noqa: F405
    # A file: the threads of the sockets have connections of their own, as in production.
    DATABASES["default"]["TEST"] = {  # noqa: F405
        "NAME": str(Path(tempfile.gettempdir()) / f"portal-tests-{os.getpid()}.sqlite3")
    }

from tests.strict_templates import Strict

TEMPLATES[0]["OPTIONS"] |= {"string_if_invalid": Strict("?")}  # type: ignore[operator]  # noqa: F405
