from __future__ import annotations

from django.urls import path

from refill.views import (
    correct,
    counter,
    desk,
    doctor,
    manager,
    pack,
    pick_up,
    recall,
    resident,
    review,
    stock,
)

app_name = "refill"
urlpatterns = [
    path("", resident.medicines, name="medicines"),
    path("questions/", resident.questions, name="questions"),
    path("baskets/<uuid:pk>/", resident.basket, name="basket"),
    path("requests/<uuid:pk>/cancel/", resident.cancel, name="cancel"),
    path("returned/<uuid:pk>/", correct.correct, name="correct"),
    path("counter/", counter.counter, name="counter"),
    path("counter/reviews/<uuid:pk>/", review.review, name="review"),
    path("counter/reviews/<uuid:pk>/lines/", review.lines, name="review_lines"),
    path("counter/packs/<uuid:pk>/", pack.pack, name="pack"),
    path("counter/packs/<uuid:pk>/lack/", pack.lack, name="lack"),
    path("counter/packs/<uuid:pk>/substitute/", pack.substitute, name="substitute"),
    path("counter/packs/<uuid:pk>/keep-back/", pick_up.keep_back, name="keep_back"),
    path("counter/packs/<uuid:pk>/label/", pack.label, name="label"),
    path("counter/pick-ups/<uuid:pk>/", pick_up.hand_over, name="hand_over"),
    path("counter/stock/", stock.stock, name="stock"),
    path("counter/stock/<uuid:pk>/", stock.count, name="count"),
    path("counter/recall/", recall.recall, name="recall"),
    path("counter/recall/tell/", recall.tell, name="recall_tell"),
    path("pick-ups/<uuid:pk>/", pick_up.pick_up, name="pick_up"),
    path("advice/<uuid:pk>/", pick_up.advice, name="advice"),
    path("for/", desk.find, name="find"),
    path("for/<uuid:pk>/", desk.desk, name="desk"),
    path("late/", manager.late, name="late"),
    path("late/<uuid:pk>/", manager.hand_to, name="hand_to"),
    path("days/", manager.days, name="days"),
    path("days/<int:pk>/forget/", manager.forget_day, name="forget_day"),
    path("desk/", doctor.requests, name="requests"),
    path("desk/<uuid:pk>/", doctor.decide, name="decide"),
    path("desk/<uuid:pk>/approve/", doctor.approve, name="approve"),
    path("desk/<uuid:pk>/reject/", doctor.reject, name="reject"),
    path("desk/<uuid:pk>/hold/", doctor.hold, name="hold"),
]
