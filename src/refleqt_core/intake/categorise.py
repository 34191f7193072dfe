"""What an entry is about, by rules: its category, its tags, and the keyword cluster that it belongs to."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from .vocabulary import STOPWORDS

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

TAG_CUES: Mapping[str, str] = {
    r"\bhow to\b|\bguide\b|\bsteps?\b|\bchecklist\b": "how-to",
    r"\bcase study\b|\bhow \w+ (?:cut|saved|halved|grew)\b|\bstory\b": "customer-story",
    r"\bvs\b|\bversus\b|\bcompar\w+\b|\balternative": "comparison",
    r"\broi\b|\bpayback\b|\bsav(?:e|ed|ing|ings)\b|\bcosts?\b|\bmargins?\b": "money",
    r"\blaunch\w*\b|\bnew\b|\brelease\b|\bintroducing\b": "launch",
    r"\breport\b|\bbenchmark\b|\bdata\b|\bsurvey\b": "data",
    r"\bwebinar\b|\blive\b|\bevent\b": "event",
}


def category_of(artifact_type: str) -> str:
    """The one category of an artifact type."""
    return CATEGORY_OF_TYPE[artifact_type]


def tags_of(title: str, funnel_stage: str | None, angle: str | None) -> tuple[str, ...]:
    """The tags that the title's own words call for, with stage and angle; sorted, each once."""
    found = {tag for cue, tag in TAG_CUES.items() if re.search(cue, title, re.IGNORECASE)}
    return tuple(sorted(found | {each for each in (funnel_stage, angle) if each}))


def cluster_of(keyword: str | None, clusters: Mapping[str, Sequence[str]], *, share: float = 0.5) -> str | None:
    """The cluster whose terms share the most words with ``keyword`` (Jaccard, at least ``share``).

    Where no cluster is near enough the keyword opens one of its own name; without a keyword there is none.
    """
    if not keyword:
        return None
    words = _words(keyword)
    scored = [
        (max((_jaccard(words, _words(term)) for term in terms), default=0.0), name) for name, terms in clusters.items()
    ]
    nearest, name = max(scored, default=(0.0, ""), key=lambda pair: (pair[0], pair[1]))
    return name if nearest >= share else keyword.strip().lower()


@lru_cache(maxsize=100_000)
def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z0-9]+", text.lower())) - STOPWORDS


def _jaccard(left: frozenset[str], right: frozenset[str]) -> float:
    return len(left & right) / len(left | right) if left | right else 0.0
