"""What lies in a courier's telephone: the pages it keeps, and what it has not sent."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.reading import as_it_stands

READ_CACHES = """async () => {
  const texts = [];
  for (const name of (await caches.keys()).filter((name) => name.startsWith("run-"))) {
    const cache = await caches.open(name);
    for (const one of await cache.keys()) {
      if (one.url.includes("/static/")) continue;
      texts.push(one.url + " " + await (await cache.match(one)).text());
    }
  }
  return texts;
}"""
READ_POUCH = """async () => {
  if (!(await indexedDB.databases()).some((base) => base.name === "pouch")) return [];
  const base = await new Promise((resolve) => {
    const asked = indexedDB.open("pouch");
    asked.onsuccess = () => resolve(asked.result);
  });
  const rows = await new Promise((resolve) => {
    const asked = base.transaction("kept").objectStore("kept").getAll();
    asked.onsuccess = () => resolve(asked.result);
  });
  base.close();
  return rows;
}"""


def kept_pages(page: Page) -> list[str]:
    """Every page of the run that the telephone holds, address first."""
    return as_it_stands(page, lambda page: page.evaluate(READ_CACHES))


def kept_deeds(page: Page) -> list[dict]:
    """What the pouch holds, sent or not."""
    return as_it_stands(page, lambda page: page.evaluate(READ_POUCH))


def unsent(page: Page) -> list[str]:
    return [row["kind"] for row in kept_deeds(page) if row["state"] == "kept"]


def everything_is_kept(page: Page) -> None:
    """The telephone has the whole run: now the stairwell may come."""
    expect(page.locator("[data-pouch][data-whole=yes]")).to_be_attached()
