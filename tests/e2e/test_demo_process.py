"""`make run` as its user meets it: one copy, one port, one Ctrl-C, nothing left behind."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

import pytest

from tests.e2e.demo import ROOT, Demo


@pytest.fixture
def ended_demo(demo):
    """The shared demo, for plays that end it; it runs again afterwards whatever happens."""
    yield demo
    if demo.process.poll() is not None:
        demo.start()


def refused(demo, **changes):
    """What a second demo says, in how many lines, and with which exit code."""
    done = subprocess.run(
        [sys.executable, "manage.py", "demo"],
        cwd=ROOT,
        env={**demo.environment, **changes},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stderr.strip()


def until_gone(demo, seconds=10):
    deadline = time.monotonic() + seconds
    while demo.members() and time.monotonic() < deadline:
        time.sleep(0.1)
    return demo.members()


def test_a_second_copy_on_the_same_data_is_refused_in_one_line(demo):
    code, told = refused(demo)
    assert code == 1
    assert "Already running" in told
    assert "\n" not in told


def test_a_taken_port_is_said_in_one_line(demo, tmp_path):
    code, told = refused(demo, DATA_DIR=str(tmp_path))
    assert code == 1
    assert f"Port {demo.environment['PORT']} is taken" in told
    assert "\n" not in told


def test_the_banner_says_what_it_is_and_how_to_sign_in(demo):
    told = demo.log.read_text()
    for part in ("simulated, not for patients", demo.base_url, "dr_li", "+8613900001001"):
        assert part in told


def test_however_the_demo_ends_no_process_stays_and_it_starts_again_on_its_data(ended_demo):
    first = ended_demo.scene("empty")["sessions"]["chen"]
    for how in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        assert len(ended_demo.members()) > 1
        ended_demo.stop(how)
        assert until_gone(ended_demo) == [], how
        ended_demo.start()
        assert home_of(ended_demo, first) == "200", how


def home_of(demo, session):
    """How the resident's own page answers to a session, as `curl` sees it."""
    answer = subprocess.run(
        ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-b", f"sessionid={session}",
         f"{demo.base_url}/home/"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return answer.stdout


@pytest.mark.play
def test_a_scene_works_before_any_demo_ran(tmp_path):
    demo = Demo(tmp_path)
    told = json.loads(demo.command("scene", "empty", "--json"))
    cast = {"chen", "neighbour", "chen_daughter", "dr_li", "dr_wang", "dr_zhao", "sun", "wu", "gao"}
    assert cast <= set(told["sessions"])
    assert told["base_url"] == demo.base_url


def test_a_scene_that_does_not_exist_names_those_that_do(demo):
    done = subprocess.run(
        [sys.executable, "manage.py", "scene", "paradise", "--json"],
        cwd=ROOT, env=demo.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "empty" in done.stderr and done.stdout == ""


def test_the_invariants_and_the_journal_are_whole(demo):
    told = json.loads(demo.command("check_invariants", "--json"))
    assert [row for row in told if row["breaches"]] == []
    demo.command("verify_journal")
