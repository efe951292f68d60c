from __future__ import annotations

from django.urls import path

from refill.views import pharmacist, resident

app_name = "refill"
urlpatterns = [
    path("", resident.medicines, name="medicines"),
    path("questions/", resident.questions, name="questions"),
    path("baskets/<uuid:pk>/", resident.basket, name="basket"),
    path("requests/<uuid:pk>/cancel/", resident.cancel, name="cancel"),
    path("counter/", pharmacist.counter, name="counter"),
    path("counter/reviews/<uuid:pk>/", pharmacist.review, name="review"),
    path("counter/packs/<uuid:pk>/", pharmacist.pack, name="pack"),
    path("counter/packs/<uuid:pk>/label/", pharmacist.label, name="label"),
    path("counter/stock/", pharmacist.stock, name="stock"),
    path("counter/stock/<uuid:pk>/count/", pharmacist.count, name="count"),
    path("counter/recall/", pharmacist.recall, name="recall"),
]
