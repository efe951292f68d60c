"""Small habits, kept by tests so that nobody has to mention them in a review."""

from __future__ import annotations

import ast
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader
from django.template.loader import get_template

from portal import catalogue

ROOT = Path(__file__).resolve().parent.parent
LONGEST = {"file": 300, "function": 25, "view": 20, "template": 120, "script": 150}
INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=\"|javascript:", re.I)
DATA_BLOCK = re.compile(r'<script[^>]*type="application/(ld\+)?json"')


def kept(*patterns):
    """The files of the repository (new ones too), without what is ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).exists()]


def code():
    return [path for path in kept("*.py") if "migrations" not in path.parts]


def name(path):
    return path.relative_to(ROOT).as_posix()


def lines(path):
    return path.read_text(encoding="utf-8").count("\n")


def code_lines(node):
    """How many lines a function takes, its docstring and decorators aside."""
    body = node.body
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:] or body
    return node.end_lineno - body[0].lineno + 2


def functions(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_no_file_is_longer_than_one_can_read():
    longest = {".py": "file", ".html": "template", ".js": "script", ".css": "file"}
    found = [*code(), *kept("*.html", "static/js/*.js", "static/css/*.css")]
    limits = {path: LONGEST[longest[path.suffix]] for path in found}
    long = {name(path): lines(path) for path, limit in limits.items() if lines(path) > limit}
    assert long == {}


def test_rows_are_locked_in_one_room():
    """A lock of the whole key makes every row wait that only refers to it."""
    rooms = {name(path) for path in code() if "select_for_update(" in path.read_text("utf-8")}
    assert {room for room in rooms if not room.startswith("tests/")} == {"portal/locking.py"}


def test_no_function_is_longer_than_a_look():
    long = [
        f"{name(path)}:{node.lineno} {node.name} {code_lines(node)}"
        for path in code()
        if path.parts[len(ROOT.parts)] != "tests"
        for node in functions(path)
        if code_lines(node) > (LONGEST["view"] if "views" in path.parts else LONGEST["function"])
    ]
    assert long == []


@pytest.mark.django_db
def test_each_app_has_one_newest_migration():
    leaves = Counter(app for app, _migration in MigrationLoader(None).graph.leaf_nodes())
    assert [app for app, count in leaves.items() if count > 1] == []


def templates():
    return [path for path in kept("*.html", "*.txt") if "templates" in path.parts]


def template_name(path):
    return path.relative_to(path.parents[len(path.parts) - path.parts.index("templates") - 2])


@pytest.mark.parametrize("path", templates(), ids=name)
def test_every_template_can_be_read(path):
    get_template(template_name(path).as_posix())


def test_every_template_is_used():
    """By name in code or in another template; allauth asks for its own by theirs."""
    text = "\n".join(
        path.read_text(encoding="utf-8") for path in [*code(), *templates(), *kept("*.js")]
    )
    unused = [
        name(path)
        for path in templates()
        if (asked := template_name(path).as_posix()) not in text
        and not (f"{path.parent.name}/{{" in text and f'"{path.stem}"' in text)
        and asked.split("/")[0] not in {"account", "mfa", "usersessions", "allauth", "admin"}
        and asked not in {"403.html", "404.html", "500.html", "400.html"}
    ]
    assert unused == []


@pytest.mark.parametrize("path", kept("*.html"), ids=name)
def test_no_template_carries_style_or_script_of_its_own(path):
    text = DATA_BLOCK.sub("", path.read_text(encoding="utf-8"))
    assert INLINE.findall(text) == []
    assert "|safe" not in text and "autoescape off" not in text


def test_no_template_spells_a_day_in_the_order_of_one_language():
    """A day is said by `|day` or `|day_and_time`; with its year by a named format."""
    ordered = re.compile(r"""\|date:(["'])(?![A-Z_]+\1)[^"']*[lDjFMNn][^"']*\1""")
    found = {name(path): ordered.findall(path.read_text()) for path in kept("*.html")}
    assert {path: hits for path, hits in found.items() if hits} == {}


def test_no_code_trusts_text_with_its_markup():
    assert [name(path) for path in code() if "mark_safe" + "(" in path.read_text()] == []


def test_no_file_keeps_the_marks_of_a_merge():
    marks = re.compile(r"^(<{7}|>{7}) ", re.M)
    found = [*code(), *kept("*.html"), *kept("*.md"), *kept("static/css/*.css")]
    assert [name(path) for path in found if marks.search(path.read_text(encoding="utf-8"))] == []


def test_static_text_is_never_loaded_from_elsewhere():
    foreign = re.compile(r"""(?:src|href)=["'](?:https?:)?//|@import\s+url\(["']?https?:""")
    found = [*kept("*.html"), *kept("static/css/*.css"), *kept("static/js/*.js")]
    assert [name(path) for path in found if foreign.search(path.read_text())] == []


def test_every_model_says_what_it_is():
    silent = [
        model._meta.label
        for model in apps.get_models()
        if model.__module__.split(".")[0] in catalogue.FLOORS
        if not model.__doc__ or model.__doc__.startswith(f"{model.__name__}(")
    ]
    assert silent == []


@pytest.mark.parametrize("path", catalogue.catalogues(), ids=lambda path: path.parts[-3])
def test_every_sentence_is_translated(path):
    assert catalogue.missing(path) == []


def test_the_chinese_catalogue_is_here():
    assert [path.parts[-3] for path in catalogue.catalogues()] == ["zh_Hans"]


def test_sentences_are_found_in_code_and_in_templates():
    found = {str(message.id) for message in catalogue.sentences() if message.id}
    assert "This is already: %(status)s." in found
    assert len(found) > 100
