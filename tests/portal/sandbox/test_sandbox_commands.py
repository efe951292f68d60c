"""Both programs as people start them: own process, loopback, gone with their parent."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time

import httpx
import pytest

from portal.settings import BASE_DIR

COMMANDS = ["sandbox_his", "sandbox_telephone"]
CASHIER = "sandbox_cashier --webhook http://127.0.0.1:9/ --secret invented"
ENVIRONMENT = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


def start(command, *words, **more):
    line = [sys.executable, "manage.py", command, *map(str, words)]
    return subprocess.Popen(
        line,
        cwd=BASE_DIR,
        env=more.pop("env", ENVIRONMENT),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **more,
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_it_says_ready_answers_and_ends_on_a_signal(command, tmp_path):
    port = free_port()
    with start(command, "--port", port, "--data", tmp_path) as process:
        assert process.stdout.readline() == "ready\n"
        assert httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=20).text == "ok"
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
        assert process.stderr.read() == ""


@pytest.mark.parametrize("command", COMMANDS)
def test_it_starts_in_a_fresh_clone_without_any_setting(command, tmp_path):
    """Keys and folder are its own: nothing but the port is said."""
    bare = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    port = free_port()
    bare |= {"DATA_DIR": str(tmp_path)}
    with start(command, "--port", port, env=bare) as process:
        assert process.stdout.readline() == "ready\n", process.stderr.read()
        assert httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=20).text == "ok"
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
    assert (tmp_path / command).is_dir()


@pytest.mark.parametrize("command", COMMANDS)
def test_a_taken_port_is_one_line(command, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with start(command, "--port", port, "--data", tmp_path) as process:
            out, complaint = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, "")
    assert complaint.strip() == f"CommandError: Port {port} is taken by another program."


@pytest.mark.parametrize("command", COMMANDS)
def test_production_has_no_sandbox(command, tmp_path):
    production = ENVIRONMENT | {"SANDBOX": "0", "DJANGO_SETTINGS_MODULE": "portal.settings"}
    production |= dict.fromkeys(("SECRET_KEY", "BLIND_INDEX_KEY", "JOURNAL_KEY"), "x")
    production |= {"FIELD_KEYS": "1:x", "DATA_DIR": str(tmp_path)}
    with start(command, "--port", free_port(), "--data", tmp_path, env=production) as process:
        process.communicate(timeout=60)
    assert process.returncode == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [*COMMANDS, CASHIER])
def test_the_demo_s_child_has_its_pages_and_ends_with_its_lifeline(command, tmp_path):
    port, (reading, writing) = free_port(), os.pipe()
    module = [sys.executable, "-m", "portal.embedded.child", str(reading), *command.split()]
    words = ["--port", str(port), "--data", str(tmp_path)]
    with subprocess.Popen(
        module + words, cwd=BASE_DIR, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True,
        pass_fds=(reading,),
    ) as child:  # fmt: skip
        os.close(reading)
        assert child.stdout.readline() == "ready\n"
        page = httpx.get(f"http://127.0.0.1:{port}/", timeout=20, follow_redirects=True)
        assert page.status_code == 200 and "<h1>" in page.text
        os.close(writing)
        assert child.wait(timeout=20) == 0


@pytest.mark.parametrize("command", COMMANDS)
def test_it_ends_when_its_parent_was_killed(command, tmp_path):
    port = free_port()
    parent = subprocess.Popen(["sleep", "600"])
    words = ("--port", port, "--data", tmp_path, "--parent-pid", parent.pid)
    with start(command, *words) as process:
        assert process.stdout.readline() == "ready\n"
        parent.kill()
        parent.wait()
        assert process.wait(timeout=20) == 0


def test_it_ends_with_a_parent_that_nobody_has_buried(tmp_path):
    """The demo starts it as a child and is killed; its own parent has not noticed yet."""
    port = free_port()
    program = (
        "import os, subprocess, sys, time\n"
        "line = [sys.executable, 'manage.py', 'sandbox_telephone', '--port', sys.argv[1],"
        " '--data', sys.argv[2], '--parent-pid', str(os.getpid())]\n"
        "subprocess.Popen(line)\n"
        "time.sleep(600)\n"
    )
    line = [sys.executable, "-c", program, str(port), str(tmp_path)]
    with subprocess.Popen(
        line, cwd=BASE_DIR, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True
    ) as demo:
        assert demo.stdout.readline() == "ready\n"
        demo.kill()
        until = time.monotonic() + 20
        while _listens(port) and time.monotonic() < until:
            time.sleep(0.1)
        assert not _listens(port)


def _listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
