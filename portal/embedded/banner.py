"""What the person who typed `make run` reads."""

from __future__ import annotations

import os

from django.conf import settings

from portal.sandbox import cast


def text() -> str:
    lines = [
        "",
        "  Community internet hospital — simulated, not for patients",
        "",
        f"  Portal      {settings.BASE_URL}/",
    ]
    if port := os.environ.get("SANDBOX_HIS_PORT"):
        lines.append(f"  Hospital    http://127.0.0.1:{port}/  (a sandbox, with trouble switches)")
    else:
        lines.append(f"  Hospital    {settings.HIS_BASE_URL}")
    if port := os.environ.get("SANDBOX_TELEPHONE_PORT"):
        lines.append(f"  Telephone   http://127.0.0.1:{port}/  (every SMS the portal sends)")
    else:
        lines.append(f"  Telephone   {settings.SMS_GATEWAY_URL}")
    if port := os.environ.get("SANDBOX_CASHIER_PORT"):
        lines.append(f"  Cashier     http://127.0.0.1:{port}/  (no real money)")
    lines += ["", "  Residents sign in with the phone number; the code is on the telephone page:"]
    lines += [f"    {r.phone}  {r.name}, {r.about}" for r in cast.residents()]
    lines += ["", f"  Staff sign in with the name and the password  {cast.PASSWORD}"]
    lines += ["  and a code from an authenticator app with this key (or the code shown now):"]
    lines += [
        f"    {s.username:<10}{s.secret:<34}{cast.code_now(s)}  {s.name}, {s.about}"
        for s in cast.STAFF
    ]
    lines += ["", f"  Data in {settings.DATA_DIR}. Ctrl-C stops everything.", ""]
    return "\n".join(lines)
