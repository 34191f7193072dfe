"""A creator who writes what a brief asks for. All that is known here is the brief: no business, no name, no profile."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle
from random import Random
from typing import Any

LINKS = (
    "Nobody gets there in a week, and nobody has to.",
    "Start with one station, one shift and one number.",
    "Write it down where everybody walks past.",
    "Ask the people who do the work; they have known for months.",
    "Two weeks later the picture is a different one.",
    "That is the part which gets left out when the story is told.",
    "It sounds small, and it is what pays for the rest.",
    "Whoever has done it once does it again without being asked.",
    "Keep what helps and drop what nobody looks at.",
    "The first figure is always worse than anybody had thought.",
    "After that it only gets easier to talk about.",
    "Nothing about it needs a new team, or a new budget.",
    "Put a date on it, and somebody whose name stands next to the date.",
    "The hard part is the second Monday, not the first.",
    "A good week is one in which nobody had to be reminded.",
    "Look at the trend, and be kind about the single day.",
    "There is a reason that the old way felt quicker, and it is worth saying aloud.",
    "Bring the numbers to the meeting before the opinions get there.",
    "If it takes longer than a coffee, it is too complicated.",
    "Most of the savings sit in three habits, and all of them are dull.",
    "Celebrate the boring week as well.",
    "One clear example does more than ten slides.",
    "Let the team choose which figure hangs on the wall.",
    "Compare yourself with last month, not with the neighbours.",
    "What gets weighed gets talked about, and what gets talked about changes.",
    "It helps to know what a normal Tuesday costs.",
    "Give the first hour of the week to it and defend that hour.",
    "A quiet pilot beats a loud launch.",
    "Do not wait for the perfect spreadsheet.",
    "The people who doubted it ask the best questions, so answer those first.",
    "Small print matters here: say what was counted and what was not.",
    "By the end of the quarter the discussion is about how much, not about whether.",
    "Show the before and the after on one page.",
    "Leave room for the odd bad day, because there will be one.",
    "Nobody misses the old routine once the new one is shorter.",
    "The easiest moment to begin is a delivery day.",
    "Keep the list short enough to remember.",
    "Say thank you with the figure that they made possible.",
    "It is easier to keep a promise that fits on a sticky note.",
    "When in doubt, measure the thing that annoys you most.",
)
"""Sentences that go with anything; the work of a creator who is paid for the points in between."""


def draft(brief: Mapping[str, Any], *, share: float = 1.0) -> str:
    """A text in the brief's structure that makes each of its points; ``share`` of the asked length, rounded up."""
    technical = brief.get("technical") or {}
    least = int(technical.get("min_words") or 120)
    most = int(technical.get("max_words") or 2 * least)
    wanted = max(20, round(min(most, 1.1 * least) * share))
    sections = list(brief.get("structure") or ["Opening", "What changes", "Next step"])
    points = cycle(brief.get("key_messages") or [brief["headline"]])
    keyword = str((brief.get("seo") or {}).get("keyword") or "")
    text = [f"# {brief['headline']}", ""]
    links = cycle(Random(brief["headline"]).sample(LINKS, len(LINKS)))
    each = max(1, wanted // len(sections))
    for number, section in enumerate(sections):
        text += [f"## {section}", "", " ".join(_paragraph(points, links, keyword if number < 3 else "", each)), ""]
    return "\n".join(text)


def _paragraph(points: Iterator[str], links: Iterator[str], keyword: str, words: int) -> Sequence[str]:
    said = [f"{next(points).rstrip('.')}."]
    if keyword:
        said.append(f"This is what {keyword} looks like when it works.")
    while sum(len(sentence.split()) for sentence in said) < words:
        said.append(next(links))
    return said
