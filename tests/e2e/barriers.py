"""What axe finds on a page, in a sentence each: nothing more is carried out of the browser."""

from __future__ import annotations

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LOOK = """async rules => {
  const found = await axe.run(document, { runOnly: rules, resultTypes: ["violations"] });
  return found.violations.map(one => one.id + ": "
    + one.nodes.slice(0, 3).map(node => node.html.slice(0, 150)).join(" | "));
}"""
WIDE = "() => document.documentElement.scrollWidth - innerWidth"


def barriers(page: Page, rules: list[str] = LEVELS) -> list[str]:
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[str] = page.evaluate(LOOK, rules)
    wide = page.evaluate(WIDE)
    return [*found, f"{wide} px too wide"] if wide > 0 else found
