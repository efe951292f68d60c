"""State diagrams drawn from the tables of transitions, so that they cannot lie."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from django.apps import apps

from portal import env
from portal.workflow import Transition, Workflow, anyone

FOLDER = env.ROOT / "docs" / "workflows"


def pages() -> dict[Path, str]:
    """Every workflow of the installed apps and its page, by file."""
    return {FOLDER / f"{flow.name}.md": _page(flow) for flow in workflows()}


def workflows() -> list[Workflow]:
    found = {}
    for app in apps.get_app_configs():
        name = f"{app.name}.workflow"
        if app.name.split(".")[0] != "django" and find_spec(name):
            tables = vars(import_module(name)).values()
            found.update({flow.name: flow for flow in tables if isinstance(flow, Workflow)})
    return [found[name] for name in sorted(found)]


def _page(flow: Workflow) -> str:
    steps = list(flow.transitions.values())
    lines = [
        f"# {flow.name}",
        "",
        "Written by `manage.py workflow_diagrams`; do not edit.",
        "",
        "```mermaid",
        "stateDiagram-v2",
        *_picture(steps),
        "```",
        "",
        "| step | from | to | refused when |",
        "|---|---|---|---|",
        *map(_row, steps),
        "",
    ]
    return "\n".join(lines)


def _picture(steps: list[Transition]) -> Iterator[str]:
    states = dict.fromkeys(str(name) for step in steps for name in (*step.sources, step.target))
    reached = {str(step.target) for step in steps}
    left = {str(name) for step in steps for name in step.sources}
    starts = [name for name in states if name not in reached] or list(states)[:1]
    yield from (f"    {_state(name)}: {name}" for name in states if _state(name) != name)
    yield from (f"    [*] --> {_state(name)}" for name in starts)
    for step in steps:
        for source in step.sources:
            yield f"    {_state(source)} --> {_state(step.target)}: {step.name}"
    yield from (f"    {_state(name)} --> [*]" for name in states if name not in left)


def _row(step: Transition) -> str:
    guard = "" if step.guard is anyone else getattr(step.guard, "__name__", "").replace("_", " ")
    sources = ", ".join(map(str, step.sources))
    return f"| {step.name} | {sources} | {step.target} | {guard} |"


def _state(name: str) -> str:
    return str(name).replace("-", "_")
