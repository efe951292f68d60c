"""A process that ends when the one that started it ends, however that happens.

`python -m portal.embedded.child LIFELINE COMMAND …`: LIFELINE is the reading end of a pipe
whose writing end only the parent holds. When it closes, even by SIGKILL, this process stops.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from importlib import import_module

GRACE_S = 3.0


def main(arguments: list[str]) -> None:
    lifeline, command, *rest = arguments
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    threading.Thread(target=_follow, args=(int(lifeline),), daemon=True).start()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    if command == "celery":
        from celery.bin.celery import main as celery

        sys.argv = ["celery", *rest]
        celery()
    elif command == "web":
        from portal.embedded import serving

        serving.web(int(rest[0]))
    else:
        from django.apps import apps

        apps.populate(["portal.sandbox"])  # the world outside knows nothing of the portal
        world = import_module(f"portal.sandbox.management.commands.{command}")
        world.Command().run_from_argv(["manage.py", command, *rest])


def _follow(lifeline: int) -> None:
    os.read(lifeline, 1)
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(GRACE_S)
    os._exit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
