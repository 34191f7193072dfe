"""A creator who writes what a brief asks for. All that is known here is the brief: no business, no name, no profile."""

from collections.abc import Mapping
from itertools import cycle, islice
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


def draft(brief: Mapping[str, Any], *, attempt: int = 1, hurried: bool = False) -> str:
    """A text in the brief's structure that makes each of its points once; ``hurried``, it breaks off early.

    Another ``attempt`` is written in other words.
    """
    technical = brief.get("technical") or {}
    least = int(technical.get("min_words") or 120)
    wanted = 20 if hurried else round(min(int(technical.get("max_words") or 2 * least), 1.1 * least))
    sections = list(brief.get("structure") or ["Opening", "What changes", "Next step"])[: 1 if hurried else None]
    points = iter(brief.get("key_messages") or [brief["headline"]])
    words = Random(f"{brief['headline']} {attempt}")
    sentences = cycle(words.sample(LINKS, 14))
    keyword = str((brief.get("seo") or {}).get("keyword") or "")
    text = [f"# {brief['headline']}", ""]
    for number, section in enumerate(sections):
        said = [point.rstrip(".") + "." for point in islice(points, 1)]
        if keyword and number < 3:
            said.append(f"This is what {keyword} looks like when it works.")
        while sum(len(sentence.split()) for sentence in said) < wanted / len(sections):
            said.append(next(sentences))
        text += [f"## {section}", "", " ".join(said), ""]
    return "\n".join(text)
