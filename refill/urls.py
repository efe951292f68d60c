from __future__ import annotations

from django.urls import path

from refill.views import counter, pack, pick_up, recall, resident, review, stock

app_name = "refill"
urlpatterns = [
    path("", resident.medicines, name="medicines"),
    path("questions/", resident.questions, name="questions"),
    path("baskets/<uuid:pk>/", resident.basket, name="basket"),
    path("requests/<uuid:pk>/cancel/", resident.cancel, name="cancel"),
    path("counter/", counter.counter, name="counter"),
    path("counter/reviews/<uuid:pk>/", review.review, name="review"),
    path("counter/reviews/<uuid:pk>/lines/", review.lines, name="review_lines"),
    path("counter/packs/<uuid:pk>/", pack.pack, name="pack"),
    path("counter/packs/<uuid:pk>/lack/", pack.lack, name="lack"),
    path("counter/packs/<uuid:pk>/label/", pack.label, name="label"),
    path("counter/pick-ups/<uuid:pk>/", pick_up.hand_over, name="hand_over"),
    path("counter/stock/", stock.stock, name="stock"),
    path("counter/stock/<uuid:pk>/", stock.count, name="count"),
    path("counter/recall/", recall.recall, name="recall"),
    path("counter/recall/tell/", recall.tell, name="recall_tell"),
    path("pick-ups/<uuid:pk>/", pick_up.pick_up, name="pick_up"),
    path("advice/<uuid:pk>/", pick_up.advice, name="advice"),
]
