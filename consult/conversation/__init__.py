"""The conversation of a resident and a doctor: said once, kept in order, read by both."""

from consult.conversation.looking import Page, View, after, before, look
from consult.conversation.message import Author, Message
from consult.conversation.noting import card, system_note
from consult.conversation.reading import read_up_to
from consult.conversation.saying import Said, Words, say, say_many
from consult.conversation.withdrawing import withdraw
from portal.realtime.refusal import CommandRefused

__all__ = [
    "Author",
    "CommandRefused",
    "Message",
    "Page",
    "Said",
    "View",
    "Words",
    "after",
    "before",
    "card",
    "look",
    "read_up_to",
    "say",
    "say_many",
    "system_note",
    "withdraw",
]
