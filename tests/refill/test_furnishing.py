"""The demo's shelves hold what their movements say, and are filled once."""

from __future__ import annotations

from refill import furnishing, invariants
from refill.models import StockItem


def test_the_shelves_of_the_demo_are_filled_once_and_add_up(catalogue, centre):
    furnishing.boxes_on_the_shelves()
    filled = StockItem.objects.filter(organization=centre).count()
    furnishing.boxes_on_the_shelves()
    assert filled == StockItem.objects.count() > 100
    assert invariants.shelves_that_do_not_add_up() == 0
