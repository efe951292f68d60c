"""The portal's settings for the bench: nobody is told to slow down."""

import os

os.environ.setdefault("LIVE_SAY_BURST", "1000000000")
os.environ.setdefault("LIVE_SAY_A_SECOND", "1000000000")

from tests.settings import *

if os.environ.get("BENCH_CONN_MAX_AGE"):
    DATABASES["default"]["CONN_MAX_AGE"] = int(os.environ["BENCH_CONN_MAX_AGE"])  # noqa: F405
