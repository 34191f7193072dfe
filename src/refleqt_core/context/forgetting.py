"""What follows from a source goes with it, and what was shown to somebody says that the source is gone."""

from collections.abc import Mapping, Set
from typing import Any
from uuid import UUID

import attrs

from ..outputs.records import RecommendationOutcome
from ..ports import Ids, Transaction, VectorIndex, where
from ..values import BusinessId
from .competition import learn_of_competitors
from .records import ContextExtraction, InferredSegment, PassageReading, SourceReading

GONE = "source_removed"
"""Is true of a citation whose source is gone."""

_FEWEST = 3
"""Words from which on a quote is told apart from any other text that happens to say the same."""


def forget(tx: Transaction, vectors: VectorIndex, ids: Ids, business_id: BusinessId, source_id: UUID) -> None:
    """Nothing that was read in the source, or made of it to be found, is there any more. Nothing there: no-op.

    What is known of competitors is what the other sources say, and recommendations that cited the source are marked
    (see `without_citations`). Beliefs stay as they are: they rest on observed outcomes, never on what was read.
    """
    vectors.remove(source_id, tx=tx)
    for kind in (PassageReading, SourceReading):
        tx.remove(kind, *(id for (id,) in tx.rows(kind, ("id",), *where(source_id=source_id))))
    findings = tx.find(ContextExtraction, *where(source_id=source_id))
    gone = {finding.id for finding in findings}
    tx.remove(ContextExtraction, *gone)
    learn_of_competitors(tx, ids, business_id, findings)
    for segment in tx.find(InferredSegment) if gone else ():
        if gone & set(segment.evidence):
            kept = tuple(each for each in segment.evidence if each not in gone)
            tx.save(attrs.evolve(segment, evidence=kept))
    _mark_recommendations(tx, source_id, gone)


def without_citations(content: Mapping[str, Any], source_id: UUID, gone: Set[UUID]) -> Mapping[str, Any]:
    """``content`` with every citation of the source marked as `GONE`, and without the words that were cited.

    A citation is a mapping with the ``source_id``; what stands in a list by its id alone, or by one of ``gone``, is
    left out. What cites nothing of the source is given back as it is.
    """
    words: set[str] = set()
    marked = _marked(content, str(source_id), {str(id) for id in gone} | {str(source_id)}, words)
    return marked if marked == content else _withdrawn(marked, words)  # type: ignore[no-any-return]  # both mappings


def _mark_recommendations(tx: Transaction, source_id: UUID, gone: Set[UUID]) -> None:
    for id, content, extracted in tx.rows(RecommendationOutcome, ("id", "recommendation_content", "context_extracted")):
        shown, kept = (without_citations(each, source_id, gone) for each in (content, extracted))
        if (shown, kept) != (content, extracted):
            recommended = tx.get(RecommendationOutcome, id)
            # Of an activity that is gone neither what it gave nor how good that was can be looked at any more.
            quality = None if kept.get(GONE) else recommended.context_quality_score
            tx.save(
                attrs.evolve(
                    recommended, recommendation_content=shown, context_extracted=kept, context_quality_score=quality
                )
            )


def _marked(value: Any, source: str, gone: Set[str], words: set[str]) -> Any:
    if isinstance(value, Mapping):
        if value.get("source_id") == source:
            cited = [value.get("text"), value.get("quote")]
            words |= {text for text in cited if isinstance(text, str) and len(text.split()) >= _FEWEST}
            return {"source_type": value.get("source_type"), "source_id": source, GONE: True}
        return {name: _marked(each, source, gone, words) for name, each in value.items()}
    if isinstance(value, list | tuple):
        left = (each for each in value if not (isinstance(each, str) and each in gone))
        return type(value)(_marked(each, source, gone, words) for each in left)
    return value


def _withdrawn(value: Any, words: Set[str]) -> Any:
    """``value`` with an ellipsis where the words stand in its texts, with or without their last stop."""
    if isinstance(value, Mapping):
        return {name: _withdrawn(each, words) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_withdrawn(each, words) for each in value)
    if isinstance(value, str):
        for quote in sorted(words, key=len, reverse=True):
            value = value.replace(quote.rstrip(".!?"), "…")
    return value
