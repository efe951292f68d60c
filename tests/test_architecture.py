"""The shape of the building, kept by tests: imports, foreign keys, queries in views."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.dispatch import Signal

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ["portal", "family_doctor", "consult", "refill", "delivery"]
FORBIDDEN_NAMES = {"services.py", "utils.py", "helpers.py", "managers.py"}
ASKING = {"views", "live"}


def sources():
    return [
        path
        for floor in FLOORS
        for path in sorted((ROOT / floor).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def package(model):
    return model.__module__.split(".")[0]


def relations_between_floors():
    return [
        field
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model
        if package(model) in FLOORS and package(field.related_model) in FLOORS
        if package(model) != package(field.related_model)
    ]


def test_imports_go_down():
    # A process of its own: inside pytest, Twisted (under daphne) upsets the linter.
    lint = subprocess.run(
        [Path(sys.executable).parent / "lint-imports"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert lint.returncode == 0, lint.stdout


@pytest.mark.parametrize("field", relations_between_floors(), ids=str)
def test_foreign_keys_go_down_and_leave_no_way_back_up(field):
    assert FLOORS.index(package(field.related_model)) < FLOORS.index(package(field.model))
    assert field.remote_field.related_name == "+"


def views_and_sockets():
    """Every module that answers people: rows come to it only through `visible_to`."""
    found = [(path, path.relative_to(ROOT)) for path in sources()]
    return [path for path, inside in found if ASKING & {*inside.parts, path.stem}]


def our_models():
    """Everything the portal keeps of people; a library's own tables belong to its own user."""
    return {model.__name__ for model in apps.get_models() if package(model) in FLOORS} - {"User"}


def rows_asked_for(tree):
    """Each `Model.objects.…` of a module, with the method called on it first."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(
                attr=method,
                value=ast.Attribute(
                    attr="objects" | "_default_manager" | "_base_manager", value=ast.Name(id=model)
                ),
            ) if model in our_models():
                yield node.lineno, method


@pytest.mark.parametrize("path", views_and_sockets(), ids=lambda p: str(p.relative_to(ROOT)))
def test_views_ask_only_for_rows_the_actor_may_see(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    free = [line for line, method in rows_asked_for(tree) if method != "visible_to"]
    assert free == [], f"{path.name} asks for any row in lines {free}"


def test_the_walk_over_views_sees_a_free_query():
    asked = rows_asked_for(ast.parse("Patient.objects.filter(a=1)\nPatient.objects.visible_to(x)"))
    assert list(asked) == [(1, "filter"), (2, "visible_to")]


def test_a_module_is_named_by_its_deed():
    assert [path for path in sources() if path.name in FORBIDDEN_NAMES] == []


def test_no_model_hides_work_in_save():
    hidden = [
        model._meta.label
        for model in apps.get_models()
        if package(model) in FLOORS and {"save", "delete"} & set(vars(model))
    ]
    assert hidden == []


def test_the_system_has_at_most_eight_signals():
    declared = [
        path
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and called(node.func) == "Signal"
    ]
    assert 0 < len(declared) <= 8, declared


def called(func):
    return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")


def test_every_signal_wakes_somebody():
    modules = [sys.modules[name] for name in sys.modules if name.endswith(".signals")]
    ours = [module for module in modules if module.__name__.split(".")[0] in FLOORS]
    asleep = [
        f"{module.__name__}.{name}"
        for module in ours
        for name, found in vars(module).items()
        if isinstance(found, Signal) and not found.receivers
    ]
    assert ours and asleep == []


def test_nobody_listens_to_a_row_being_saved():
    """The deed that changes a row says what follows from it."""
    listening = [
        path.relative_to(ROOT).as_posix()
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "django.db.models.signals"
    ]
    assert listening == []


def test_the_contracts_ignore_nothing():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert "ignore_imports" not in text
