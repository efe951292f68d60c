"""State diagrams drawn from the tables of transitions, so that they cannot lie."""

from __future__ import annotations

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
    arrows = [
        f"    {_state(source)} --> {_state(step.target)}: {step.name}"
        for step in steps
        for source in step.sources
    ]
    states = dict.fromkeys(str(name) for step in steps for name in (*step.sources, step.target))
    ends = [name for name in states if not any(name in step.sources for step in steps)]
    starts = [name for name in states if not any(name == step.target for step in steps)]
    starts = starts or list(states)[:1]
    lines = [
        f"# {flow.name}",
        "",
        "Written by `manage.py workflow_diagrams`; do not edit.",
        "",
        "```mermaid",
        "stateDiagram-v2",
        *(f"    {_state(name)}: {name}" for name in states if _state(name) != name),
        *(f"    [*] --> {_state(name)}" for name in starts),
        *arrows,
        *(f"    {_state(name)} --> [*]" for name in ends),
        "```",
        "",
        "| step | from | to | refused when |",
        "|---|---|---|---|",
        *(_row(step) for step in steps),
        "",
    ]
    return "\n".join(lines)


def _row(step: Transition) -> str:
    guard = "" if step.guard is anyone else getattr(step.guard, "__name__", "").replace("_", " ")
    sources = ", ".join(map(str, step.sources))
    return f"| {step.name} | {sources} | {step.target} | {guard} |"


def _state(name: str) -> str:
    return str(name).replace("-", "_")
