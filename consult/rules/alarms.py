"""Signs that cannot wait (R30): asked before a booking and looked for in what residents write.

An alarm never silences anybody: the words are kept, the case becomes urgent, the desk is told.
A word too many is better than one missed, so "no chest pain" raises it too and the doctor judges.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Flag:
    """One sign: the question a resident reads and the words that betray it in a message."""

    code: str
    label: str | Promise
    question: str | Promise
    words: re.Pattern[str]


def _flag(code: str, label: str | Promise, question: str | Promise, *words: str) -> Flag:
    return Flag(code, label, question, re.compile("|".join(words)))


FLAGS: dict[str, Flag] = {
    flag.code: flag
    for flag in (
        _flag(
            "chest-pain",
            _("chest pain"),
            _("Pain or pressure in the chest now or today?"),
            r"chest\s*(pain|pressure|tight)", r"胸\s*口?\s*(痛|疼|闷)", r"心\s*口\s*(痛|疼)",
            r"心绞痛",
        ),
        _flag(
            "breathless",
            _("breathless at rest"),
            _("Short of breath while sitting still?"),
            r"(short|out)\s+of\s+breath", r"breathless", r"(can'?t|cannot|hard to)\s+breathe",
            r"呼吸\s*困难", r"喘\s*不\s*[上过]\s*气", r"(透|上)不[过来]*气", r"气\s*急", r"憋\s*气",
        ),
        _flag(
            "stroke",
            _("weakness on one side, a drooping face or slurred speech"),
            _("Sudden weakness on one side, a drooping face or slurred speech?"),
            r"fac(e|ial)\s+droop", r"slurred",
            r"(one|left|right)[\s-]*side[d]?\s+(is\s+)?(weak|numb)",
            r"(weak|numb)\w*\s+(on|down|in)\s+(one|my left|my right|the left|the right)",
            r"口\s*角?\s*歪", r"嘴\s*歪", r"半身\s*(不遂|麻|无力)", r"一侧.{0,4}(无力|麻)",
            r"[左右](边|侧|半身|手|腿|脚).{0,4}(没力|无力|不能动|动不了|麻木)",
            r"说话\s*(不清|含糊)", r"言语不清", r"中风",
        ),
        _flag(
            "fainting",
            _("fainting"),
            _("Fainted or lost consciousness?"),
            r"\bfaint(ed|ing)?\b", r"passed\s+out", r"(lost|losing)\s+consciousness",
            r"unconscious",
            r"晕\s*(倒|厥|过去)", r"昏\s*(倒|迷|过去)", r"失去\s*(意识|知觉)",
        ),
        _flag(
            "bleeding",
            _("severe bleeding"),
            _("Bleeding that does not stop, vomiting blood or black stool?"),
            r"(severe|heavy)\s+bleeding", r"bleeding\s+(won'?t|will not|does not|doesn'?t)\s+stop",
            r"(vomit|cough|throw)\w*\s+(up\s+)?blood", r"black\s+stool", r"大\s*出血",
            r"(呕|吐|咯|咳)\s*血", r"黑\s*便", r"血\s*(流|止)\s*不\s*(停|住)", r"(便|尿)\s*血",
        ),
        _flag(
            "anaphylaxis",
            _("a severe allergic reaction"),
            _("Swollen face, lips or throat, or a rash with trouble breathing?"),
            r"anaphyla", r"(swollen|swelling of the)\s+(face|throat|tongue|lips)",
            r"(face|throat|tongue|lips)\s+(is|are)\s+swell", r"(face|throat|tongue|lips)\s+swell",
            r"throat\s+(is\s+)?(closing|swell)", r"过敏\s*性?\s*休克", r"(喉|嘴唇|舌头|脸).{0,3}肿",
        ),
        _flag(
            "seizure",
            _("a seizure"),
            _("A fit or convulsion?"),
            r"\bseizure", r"convuls", r"抽\s*搐", r"癫\s*痫\s*发作", r"惊\s*厥",
        ),
        _flag(
            "suicidal",
            _("thoughts of ending one's life"),
            _("Thoughts of harming yourself or ending your life?"),
            r"suicid", r"(kill|harm|hurt)\s+myself", r"end\s+my\s+life", r"(want|wish)\s+to\s+die",
            r"自\s*杀", r"不想活", r"想\s*死", r"轻\s*生", r"活着没意思",
        ),
    )
}  # fmt: skip

#: Whatever names a sign holds one of these. Plain letters are found ten times as fast as the
#: patterns, and nearly every message holds none of them; the tests try it on every pattern.
_HINT = re.compile(
    "chest|breath|droop|slurred|weak|numb|faint|passed|conscious|bleeding|blood|stool|anaphyla"
    "|swell|swollen|throat|seizure|convuls|suicid|myself|life|die"
    "|[胸心呼喘气口嘴半侧左右说言中晕昏失血便肿休癫抽惊自活死轻]"
)


def questions() -> list[tuple[str, str | Promise]]:
    """Code and question of each sign, in the order they are asked."""
    return [(flag.code, flag.question) for flag in FLAGS.values()]


def red_flags(text: str) -> list[str]:
    """The codes of the signs that a text names, in English or Chinese."""
    text = text.lower()
    if not _HINT.search(text):
        return []
    return [flag.code for flag in FLAGS.values() if flag.words.search(text)]


def labels(codes: list[str]) -> list[str]:
    """The signs in words; a code of an older release is shown as it is."""
    return [str(FLAGS[code].label) if code in FLAGS else code for code in codes]
