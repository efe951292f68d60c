"""The news of money, in words that say nothing of an illness or a medicine (R99)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.notification.kinds import Kind, register

BILL = ("payment:bill", "invoice")
DESK = ("payment:ledger_bill", "invoice")

RESIDENT = (
    Kind(
        "payment-received",
        _("Your payment has arrived"),
        _("{centre} has received your payment. The receipt is with the bill."),
        url=BILL,
    ),
    Kind(
        "refund-begun",
        _("Money goes back to you"),
        _("{centre} is paying you back; your bank shows it within a few days. You do not have to"
          " do anything. Help: {telephone}."),
        _("{centre}: money goes back to you, by itself. Your bank shows it within a few days."
          " Help: {telephone}."),
        url=BILL,
    ),
    Kind(
        "refund-done",
        _("Your money has been paid back"),
        _("{centre} has paid you back. The bill shows how much and why."),
        url=BILL,
    ),
    Kind(
        "refund-failed",
        _("Your money could not be paid back yet"),
        _("The bank did not take it. {centre} has been told and calls you: {telephone}."),
        _("{centre}: the money for you could not be paid back yet. We call you. Help:"
          " {telephone}."),
        url=BILL,
    ),
    Kind(
        "refund-declined",
        _("About the money you asked for"),
        _("{centre} has answered on your bill. Help: {telephone}."),
        _("{centre} has answered about your bill. Please open the portal, or call {telephone}."),
        url=BILL,
    ),
)  # fmt: skip

MANAGER = (
    Kind(
        "refund-asked",
        _("A resident asks for money back"),
        _("Please decide: {person}."),
        url=DESK,
    ),
    Kind(
        "refund-second",
        _("A refund needs a second person"),
        _("A colleague proposes to pay money back: {person}."),
        url=DESK,
    ),
    Kind(
        "refund-stuck",
        _("A refund did not go through"),
        _("The cashier did not take it: {person}. Please call the resident."),
        _("{centre}: a refund did not go through. Please open the payments."),
        url=DESK,
    ),
    Kind(
        "books-differ",
        _("The books and the cashier disagree"),
        _("{count} differences. Please look at each of them."),
        _("{centre}: the books and the cashier disagree. Please open the payments."),
        url=("payment:differences",),
    ),
    Kind(
        "prices-differ",
        _("An online price is not the counter's"),
        _("{count} prices differ. Until they agree, the counter's price is charged."),
        _("{centre}: online prices differ from the counter's. Please open the payments."),
        url=("payment:differences",),
    ),
)


def register_kinds() -> None:
    """Called once at start."""
    register(*RESIDENT, *MANAGER)
