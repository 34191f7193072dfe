"""Who speaks, where a line says so before its words."""

import re
from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from refleqt_core.intake.vocabulary import word_set

LONGEST_NAME = 80
"""Characters of a speaker's name; what is longer is words."""

_LABEL = re.compile(r"(?:\*\*)?([^:：]{1,80}?)(?:\*\*)?\s?[:：](?:\*\*)?(?:\s+|$)(.*)", re.DOTALL)
_NUMBERED = re.compile(
    r"(?:unknown )?(?:speaker|participant|person|interviewer|interviewee|guest|host)s?(?: \w{1,3})?", re.IGNORECASE
)
_INITIALS = re.compile(r"[A-Z]{1,3}\d?")
_NO_LETTER_OF_A_NAME = re.compile(r"[<>{}=/\\\"“”]")
_PARTICLES = word_set(
    """'t al am auf bin binti d da dai dal das de dei del della den der di do dos du e el het ibn la le los of op ten
    ter the und van von vom y zu zum zur"""
)
_NO_NAMES = word_set(
    """actions agenda assumptions attendees attending audience background bcc budget budgets cc chapters
    conclusion cons context cost costs date deadline deadlines decided decision decisions dependencies details
    discussion duration example feedback from fwd goal goals host hosts http https idea ideas invited invitees
    issue issues keywords kpi kpis location mailto meeting metrics milestone milestones minutes name nb next
    note notes objective objectives opportunities outcome overview owner participants place plan present problem
    problems pros ps purpose question questions re recording requirements result results revenue risk risks
    scope solution solutions source status strategy strengths subject summary tags target targets task tasks
    threats time timeline timezone title to todo todos topic topics transcript update updates video warning
    weaknesses what when where who why"""
)
_ASIDE = re.compile(r"\s*[(\[][^()\[\]]{1,60}[)\]]$")


class Labelled(NamedTuple):
    """A speaker's name and the words after it."""

    name: str
    words: str


def label(text: str) -> Labelled | None:
    """The text as ``Name: words``; None where what stands before the colon can be no name."""
    found = _LABEL.fullmatch(text)
    if found is None or not is_name(found.group(1)):
        return None
    return Labelled(found.group(1).strip(), found.group(2).strip())


def is_name(text: str) -> bool:
    """Whether the text looks like the name of somebody: a few capitalised words, ``Speaker 2``, or initials.

    What a meeting's page has before a colon otherwise (``Next``, ``Action items``) is no name.
    """
    said = _ASIDE.sub("", text.strip())
    words = said.split()
    if not said or len(text) > LONGEST_NAME or len(words) > 6 or words[0].casefold() in _NO_NAMES:
        return False
    if _NUMBERED.fullmatch(said) or _INITIALS.fullmatch(said):
        return True
    if not any(letter.isalpha() for letter in said) or said[-1] in "!?;,…" or _NO_LETTER_OF_A_NAME.search(said):
        return False
    return said[0].isalpha() and all(word.casefold() in _PARTICLES or _is_part(word) for word in words)


def _is_part(word: str) -> bool:
    """Whether it can be a part of a name; scripts that know no capitals have names without."""
    first = next((letter for letter in word if letter.isalpha()), "")
    return not first or not first.islower() or word.startswith(("d'", "d’", "o'", "al-", "@"))


def has_labels(texts: Iterable[str]) -> bool:
    """Whether names before colons are speakers in these texts: one comes again, or half of the texts begin with one.

    A name comes again where another one stands between. A page of prose with a colon here and there has none.
    """
    all_texts = [text for text in texts if text]
    names = [found.name for text in all_texts if (found := label(text))]
    turns = [name for name, _ in groupby(names)]
    return bool(names) and (len(turns) > len(set(turns)) or 2 * len(names) >= len(all_texts))
