from __future__ import annotations

from portal import diagrams


def test_the_diagrams_show_the_tables_as_they_are():
    written = {path: path.read_text(encoding="utf-8") for path in diagrams.FOLDER.glob("*.md")}
    assert written == diagrams.pages(), "run: manage.py workflow_diagrams"
