"""Why money goes back or is not asked for, in words for the resident; codes are stored."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

WORDS = {
    "cancelled": gettext_lazy("You cancelled the visit."),
    "withdrawn": gettext_lazy("The visit could not take place."),
    "noshow": gettext_lazy("The visit did not take place."),
    "no-answer": gettext_lazy("The doctor did not write."),
    "stopped": gettext_lazy("The online visit was ended before treatment."),
    "out-of-stock": gettext_lazy("It is out of stock."),
    "prescription-cancelled": gettext_lazy("The doctor took the prescription back."),
    "prescription-expired": gettext_lazy("The prescription had expired."),
    "parcel-not-delivered": gettext_lazy("The parcel did not arrive."),
    "not-owed": gettext_lazy("It was paid and not owed any more."),
    "substituted": gettext_lazy("You got another product of the same medicine, which costs less."),
    "no-medicine": gettext_lazy("There is nothing to deliver any more."),
    "mistake": gettext_lazy("The centre has corrected a mistake."),
    "goodwill": gettext_lazy("The centre pays it back as a courtesy."),
    "asked": gettext_lazy("You asked for it, and the centre agreed."),
}


def words(code: str) -> str:
    """The sentence of a reason; a reason of the counter's own making stays with the counter."""
    return str(WORDS.get(code) or _("It is no longer charged."))
