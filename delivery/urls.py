from __future__ import annotations

from django.urls import path

from delivery.views import addresses, board, choosing, counter, courier, orders

app_name = "delivery"
urlpatterns = [
    path("courier/", courier.pool, name="pool"),
    path("courier/collect/", courier.to_collect, name="to_collect"),
    path("courier/way/", courier.on_the_way, name="on_the_way"),
    path("courier/run/", courier.run_pages, name="run_pages"),
    path("courier/parcels/<uuid:pk>/", courier.parcel, name="courier_parcel"),
    path("courier/parcels/<uuid:pk>/claim/", courier.claim, name="claim"),
    path("courier/parcels/<uuid:pk>/give-back/", courier.give_back, name="give_back"),
    path("courier/parcels/<uuid:pk>/start/", courier.start, name="start"),
    path("courier/parcels/<uuid:pk>/hand-over/", courier.hand_over, name="hand_over"),
    path("courier/parcels/<uuid:pk>/problem/", courier.not_handed_over, name="not_handed_over"),
    path("courier/parcels/<uuid:pk>/temperature/", courier.temperature, name="temperature"),
    path("courier/parcels/<uuid:pk>/lost/", courier.lost, name="lost"),
    path("board/", board.board, name="board"),
    path("board/<uuid:pk>/assign/", board.assign, name="assign"),
    path("board/<uuid:pk>/free/", board.take_back, name="take_back"),
    path("board/<uuid:pk>/lost/", board.declare_lost, name="declare_lost"),
    # the resident
    path("", orders.onward, name="onward"),
    path("bills/<uuid:pk>/", choosing.choose, name="choose"),
    path("bills/<uuid:pk>/receiver/", choosing.receiver, name="receiver"),
    path("bills/<uuid:pk>/address/", choosing.place, name="place"),
    path("bills/<uuid:pk>/time/", choosing.window, name="window"),
    path("bills/<uuid:pk>/check/", choosing.check, name="check"),
    path("orders/", orders.orders, name="orders"),
    path("orders/<uuid:pk>/", orders.order, name="order"),
    path("orders/<uuid:pk>/state/", orders.state, name="state"),
    path("parcels/<uuid:pk>/", orders.parcel, name="parcel"),
    path("addresses/", addresses.addresses, name="addresses"),
    path("addresses/new/", addresses.add, name="add_address"),
    path("addresses/<uuid:pk>/", addresses.change, name="address"),
    path("addresses/<uuid:pk>/delete/", addresses.delete, name="delete_address"),
    # the counter
    path("counter/", counter.counter, name="counter"),
    path("counter/<uuid:pk>/", counter.parcel, name="counter_parcel"),
    path("counter/<uuid:pk>/<slug:name>/", counter.act, name="counter_act"),
    path("cases/<uuid:pk>/", counter.settle, name="settle"),
]
