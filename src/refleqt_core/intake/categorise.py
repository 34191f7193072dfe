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
    r"\bhow to\b|\bguide\b|\bsteps?\b|\bchecklist\b|\btutorial\b|\btips\b|\bways to\b": "how-to",
    r"\bcase study\b|\bhow \w+ (?:cut|saved|halved|grew|doubled|tripled)\b|\bstory\b|\bsuccess stor": "customer-story",
    r"\bvs\b|\bversus\b|\bcompar\w+\b|\balternative": "comparison",
    r"\broi\b|\bpayback\b|\bsav(?:e|ed|ing|ings)\b|\bcosts?\b|\bmargins?\b|\bbudgets?\b|\bpric(?:e|es|ing)\b": "money",
    r"\blaunch\w*\b|\bnew\b|\brelease\b|\bintroducing\b|\bannouncing\b|\bnow available\b": "launch",
    r"\breport\b|\bbenchmark\b|\bdata\b|\bsurvey\b|\bin numbers\b|\bstatistics\b": "data",
    r"\bwebinar\b|\blive\b|\bevent\b|\bworkshop\b|\bmeetup\b|\btrade fair\b|\bsave the date\b": "event",
    r"\bmyths?\b|\bmistakes?\b|\bis dead\b|\boverrated\b|\bunpopular opinion\b|\bstop \w+ing\b": "opinion",
    r"\bbehind the scenes\b|\bmeet (?:the|our) team\b|\ba day (?:in|with)\b|\bwe're hiring\b|\bhiring\b": "team",
    r"\bdiscount\b|\bfree trial\b|% off\b|\bcoupon\b|\bgiveaway\b|\bpromo\b|\bspecial offer\b": "offer",
    r"\bchristmas\b|\beaster\b|\bblack friday\b|\bcyber monday\b|\bhalloween\b|\bback to school\b": "season",
    r"\binterview\b|\bq ?(?:&|and) ?a\b|\bask me anything\b|\bama\b|\bin conversation\b": "interview",
}

_WEAK = re.compile(r"^(?:steps?|story|costs?|new|release|data|live|event|report|tips)$", re.IGNORECASE)
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
    r"\bpricing\b|\bdemo\b|\bfree trial\b|\bbuy\b|\bdiscount\b|% off\b|\bquote\b|\bbook a\b|\bsign up\b": "bofu",
    r"\bvs\b|\bversus\b|\bcompar\w+\b|\balternatives?\b|\bcase study\b|\broi\b|\bbuyer's guide\b|\bwebinar\b": "mofu",
    r"\bwhat is\b|\bwhy\b|\bguide to\b|\bbeginner\w*\b|\btrends?\b|\bmyths?\b|\bhow to\b|\bintroduction\b": "tofu",
}

_CUES = tuple((re.compile(cue, re.IGNORECASE), tag) for cue, tag in TAG_CUES.items())
_STAGES = tuple((re.compile(cue, re.IGNORECASE), stage) for cue, stage in STAGE_CUES.items())

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
    return {tag for cue, tag in _CUES if cue.search(text)}


def stage_guess(title: str) -> str | None:
    """The funnel stage that the title's words suggest, the nearest to buying first; None where they suggest none."""
    return next((stage for cue, stage in _STAGES if cue.search(title)), None)


def sureness(title: str, notes: str | None = None) -> float:
    """How sure the rules can be of the tags they find, in [0, 1].

    0 where nothing in the title is a cue; 0.3 where cues contradict each other; 0.5 where all of them are words that
    mean something else as often, or where the notes speak clearly of what the title does not; else 1.
    """
    found = {tag: cue for cue, tag in _CUES if cue.search(title)}
    if not found:
        return 0.0
    if contradicting(set(found)):
        return 0.3
    strong = any(not _WEAK.match(each.group()) for cue in found.values() for each in cue.finditer(title))
    return 1.0 if strong and not (_clear_tags(notes or "") - set(found)) else 0.5


def unsure(title: str, notes: str | None = None) -> bool:
    """Whether a model should be asked what the entry is about."""
    return sureness(title, notes) < SURE


def contradicting(tags: set[str]) -> set[str]:
    """Those of the ``tags`` that hardly go with another of them."""
    return set().union(*(pair for pair in _CONTRADICTING if pair <= tags))


def _clear_tags(text: str) -> set[str]:
    """The tags that `cued_tags` finds by more than a word that is often meant otherwise."""
    return {tag for cue, tag in _CUES if any(not _WEAK.match(each.group()) for each in cue.finditer(text))}
