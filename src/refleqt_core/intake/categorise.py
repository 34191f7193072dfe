"""What an entry is about, by rules: its category and its tags, and how sure the rules are of them."""

import re
from collections.abc import Mapping

from .keyword_clusters import assign_clusters, cluster_of

__all__ = ["CATEGORIES", "RULES", "TAGS", "assign_clusters", "category_of", "cluster_of", "tags_of", "unsure"]

RULES = "rules"
"""Who categorised an entry that no model was asked about."""

CATEGORY_OF_TYPE = {
    "blog_copy": "content",
    "whitepaper": "content",
    "case_study": "proof",
    "infographic": "content",
    "video_script": "content",
    "podcast": "content",
    "webinar": "event",
    "email": "lifecycle",
    "newsletter": "lifecycle",
    "social_post": "social",
    "ad_copy": "paid",
    "landing_page": "conversion",
    "design": "brand",
}

CATEGORIES = tuple(dict.fromkeys(CATEGORY_OF_TYPE.values()))

TAGS: Mapping[str, str] = {
    "how-to": "it teaches how something is done, step by step or by tips",
    "customer-story": "it tells what a customer did or got",
    "comparison": "it sets products, methods or choices against each other",
    "money": "it is about cost, savings, prices or return",
    "launch": "it makes something new of ours known",
    "data": "it shows figures of a study, a survey or a benchmark",
    "event": "it invites to, or is about, something that takes place at a time",
    "opinion": "it argues for a view, or against a common one",
    "team": "it shows the people of the business and how they work",
    "offer": "it offers a discount, a trial or something for free",
    "season": "it belongs to a holiday or a time of the year",
    "interview": "it lets somebody answer questions",
}
"""The closed vocabulary of tags, each with what it says of an entry."""

TAG_CUES: Mapping[str, str] = {
    r"how to|guide|steps?|checklist|tutorial|tips|ways to": "how-to",
    r"case study|how \w+ (?:cut|saved|halved|grew|doubled|tripled)|story|success stor(?:y|ies)": "customer-story",
    r"vs|versus|compar\w+|alternatives?": "comparison",
    r"roi|payback|sav(?:e|ed|ing|ings)|costs?|margins?|budgets?|pric(?:e|es|ing)": "money",
    r"launch\w*|new|release|introducing|announcing|now available": "launch",
    r"report|benchmark|data|survey|in numbers|statistics": "data",
    r"webinar|live|event|workshop|meetup|trade fair|save the date": "event",
    r"myths?|mistakes?|is dead|overrated|unpopular opinion|stop \w+ing": "opinion",
    r"behind the scenes|meet (?:the|our) team|a day (?:in|with)|we're hiring|hiring": "team",
    r"discount|free trial|\d+ ?% off|coupon|giveaway|promo|special offer": "offer",
    r"christmas|easter|black friday|cyber monday|halloween|back to school": "season",
    r"interview|q ?(?:&|and) ?a|ask me anything|ama|in conversation": "interview",
}
"""Whole words or phrases, in small letters, and the tag that they call for."""

_WEAK = re.compile(r"steps?|story|costs?|new|release|data|live|event|report|tips")
"""Words that a title often has for another reason: "the new normal", "a live wire", "at all costs"."""

_CONTRADICTING = (
    {"launch", "customer-story"},
    {"launch", "opinion"},
    {"how-to", "customer-story"},
    {"how-to", "opinion"},
    {"comparison", "customer-story"},
    {"offer", "data"},
)
"""Tags that one entry hardly has both of: a cue of each leaves open which of them it is about."""

STAGE_CUES: Mapping[str, str] = {
    r"pricing|demo|free trial|buy|discount|\d+ ?% off|quote|book a|sign up": "bofu",
    r"vs|versus|compar\w+|alternatives?|case study|roi|buyer's guide|webinar": "mofu",
    r"what is|why|guide to|beginner\w*|trends?|myths?|how to|introduction": "tofu",
}


def _whole(cue: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{cue})\b")


_CUES = tuple((_whole(cue), tag) for cue, tag in TAG_CUES.items())
_ANY_CUE = _whole("|".join(TAG_CUES))
_STAGES = tuple((_whole(cue), stage) for cue, stage in STAGE_CUES.items())

SURE = 0.6


def category_of(artifact_type: str) -> str:
    """The one category of an artifact type."""
    return CATEGORY_OF_TYPE[artifact_type]


def tags_of(title: str, funnel_stage: str | None, angle: str | None) -> tuple[str, ...]:
    """The tags that the title's own words call for, with stage and angle; sorted, each once.

    An entry that nobody gave a stage gets no more than a suggestion of one, such as ``maybe-tofu``.
    """
    stage = funnel_stage or ((guess := stage_guess(title)) and f"maybe-{guess}")
    return tuple(sorted({*cued_tags(title), *(each for each in (stage, angle) if each)}))


def cued_tags(text: str) -> set[str]:
    """The tags that words of ``text`` call for."""
    said = text.lower()
    return {tag for cue, tag in _CUES if cue.search(said)} if _ANY_CUE.search(said) else set()


def stage_guess(title: str) -> str | None:
    """The funnel stage that the title's words suggest, the nearest to buying first; None where they suggest none."""
    said = title.lower()
    return next((stage for cue, stage in _STAGES if cue.search(said)), None)


def sureness(title: str, notes: str | None = None) -> float:
    """How sure the rules can be of the tags they find, in [0, 1].

    0 where nothing in the title is a cue; 0.3 where cues contradict each other; 0.5 where all of them are words that
    mean something else as often, or where the notes speak clearly of what the title does not; else 1.
    """
    found = cued_tags(title)
    if not found:
        return 0.0
    if contradicting(found):
        return 0.3
    return 1.0 if _clear_tags(title) and not (_clear_tags(notes or "") - found) else 0.5


def unsure(title: str, notes: str | None = None) -> bool:
    """Whether a model should be asked what the entry is about."""
    return sureness(title, notes) < SURE


def contradicting(tags: set[str]) -> set[str]:
    """Those of the ``tags`` that hardly go with another of them."""
    return set().union(*(pair for pair in _CONTRADICTING if pair <= tags))


def _clear_tags(text: str) -> set[str]:
    """The tags that `cued_tags` finds by more than a word that is often meant otherwise."""
    said = text.lower()
    if not _ANY_CUE.search(said):
        return set()
    return {tag for cue, tag in _CUES if any(not _WEAK.fullmatch(each.group()) for each in cue.finditer(said))}
