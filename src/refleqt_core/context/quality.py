"""How much an activity taught: the context that was proven in it, as one score, and how sure that is."""

from collections import Counter
from collections.abc import Mapping, Sequence
from math import exp
from statistics import fmean

import attrs

from ..values import share
from .records import ContextExtraction

CONTEXT_KINDS = (
    "theme", "brand_voice", "competitor_mention", "customer_insight", "alignment_gap", "emotional_charge", "signal",
)  # fmt: skip
"""What β can lack: the six kinds of the design, and what calls for action; names are found on the way."""

AMOUNT, BREADTH, RICHNESS = 0.4, 0.35, 0.25
"""What the number of findings, the kinds of them and the words count in the score."""

MANY_FINDINGS = 8
MANY_WORDS = 300
"""Of these, an activity has 63 % of what more could add (1 − 1/e)."""

HIGH, LOW = 0.6, 0.3
"""Scores."""
MOST_PROVEN = 0.8
SURE = 0.5
"""Mean confidence of the findings themselves."""
ENOUGH_FINDINGS, FEW_FINDINGS = 8, 3


@attrs.frozen(kw_only=True)
class ContextQuality:
    """The score in [0, 1], what it is made of, and the confidence that it deserves: high, medium or low."""

    score: float = attrs.field(validator=share)
    confidence: str
    findings: int
    dropped: int
    words: int
    by_kind: Mapping[str, int]

    @property
    def reason(self) -> str:
        """The score in words."""
        kinds = sum(kind in self.by_kind for kind in CONTEXT_KINDS)
        dropped = f", {self.dropped} more without proof left out" if self.dropped else ""
        of = f", of {kinds} of the {len(CONTEXT_KINDS)} kinds" if self.findings else ""
        findings = f"{self.findings:,} proven finding{'' if self.findings == 1 else 's'}"
        return f"{findings}{of}, {self.words:,} word{'' if self.words == 1 else 's'}{dropped}"


def context_quality(findings: Sequence[ContextExtraction], *, dropped: int, words: int) -> ContextQuality:
    """The quality of what an activity of so many ``words`` taught; ``dropped`` findings had no proof.

    The score is the share of findings that were proven, times 0.4 · (1 − e^(−findings/8)) + 0.35 · share of kinds +
    0.25 · (1 − e^(−words/300)). Confidence is high from a score of 0.6 with 8 findings or more, 80 % of all proven, and
    a mean confidence of 0.5 in each; low below 0.3 or with fewer than 3 findings; and medium between.
    """
    by_kind = Counter(finding.kind for finding in findings)
    count = len(findings)
    proven = count / (count + dropped) if count else 0.0
    amount = 1 - exp(-count / MANY_FINDINGS)
    breadth = sum(kind in by_kind for kind in CONTEXT_KINDS) / len(CONTEXT_KINDS)
    richness = 1 - exp(-words / MANY_WORDS)
    score = proven * (AMOUNT * amount + BREADTH * breadth + RICHNESS * richness)
    return ContextQuality(
        score=score,
        confidence=_confidence(score, proven, [finding.confidence for finding in findings]),
        findings=count,
        dropped=dropped,
        words=words,
        by_kind=dict(sorted(by_kind.items())),
    )


def _confidence(score: float, proven: float, each: Sequence[float]) -> str:
    if score < LOW or len(each) < FEW_FINDINGS:
        return "low"
    is_sure = proven >= MOST_PROVEN and fmean(each) >= SURE
    return "high" if score >= HIGH and len(each) >= ENOUGH_FINDINGS and is_sure else "medium"
