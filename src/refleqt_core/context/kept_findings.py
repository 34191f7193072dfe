"""What a reading of a source leaves on record: its findings, and how it was read."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import attrs

from ..ports import Ids, Transaction, where
from ..values import BusinessId
from .extraction import Proven
from .passage_readings import hash_of
from .reading import Reading
from .records import ContextExtraction, SourceReading
from .sources import SourceText


@attrs.frozen
class Kept:
    """The findings that are valid now, and those that were until now."""

    valid: list[ContextExtraction]
    closed: list[ContextExtraction]


def keep(
    tx: Transaction, ids: Ids, business_id: BusinessId, source: SourceText, reading: Reading, model: str, now: datetime
) -> Kept:
    """The findings of the reading are those of the source, from when it said so first, and it is on record as read.

    One that was known stays what it is, with the place, the moment and the speaker of its quote as they are now.
    """
    before = tx.find(ContextExtraction, *where(source_id=source.source_id))
    stored = {(row.kind, row.text, row.quote_start): row for row in before if row.valid_to is None}
    since = now if before else source.created_at
    valid: list[ContextExtraction] = []
    fresh: list[ContextExtraction] = []
    for proven in reading.findings:
        said = _said(source, proven)
        known = stored.pop((proven.finding.kind, proven.finding.text, proven.start), None)
        if known is None:
            fresh.append(
                ContextExtraction(
                    id=ids.new(),
                    business_id=business_id,
                    source_type=source.source_type,
                    source_id=source.source_id,
                    kind=proven.finding.kind,
                    text=proven.finding.text,
                    sentiment=reading.sentiment,
                    model=model,
                    extracted_at=now,
                    valid_from=since,
                    **said,
                )
            )
            continue
        as_now = attrs.evolve(known, **said)
        valid.append(known if as_now == known else tx.save(as_now))
    tx.add(*fresh)
    _keep_reading(tx, ids, business_id, source, reading, model, now)
    return Kept(valid + fresh, close(tx, stored.values(), now))


def close(tx: Transaction, findings: Iterable[ContextExtraction], now: datetime) -> list[ContextExtraction]:
    """Those that were valid are so no longer, and stay readable; gives them."""
    return [tx.save(attrs.evolve(row, valid_to=now)) for row in findings if row.valid_to is None]


def _said(source: SourceText, proven: Proven) -> dict[str, Any]:
    return {
        "topic": proven.finding.topic,
        "charge": proven.finding.charge,
        "quote": proven.finding.quote,
        "quote_start": proven.start,
        "quote_end": proven.end,
        "quote_seconds": source.second_at(proven.start),
        "speaker": source.speaker_at(proven.start),
        "confidence": proven.confidence,
    }


def _keep_reading(
    tx: Transaction, ids: Ids, business_id: BusinessId, source: SourceText, reading: Reading, model: str, now: datetime
) -> None:
    known = tx.find(SourceReading, *where(source_id=source.source_id))
    made = SourceReading(
        id=known[0].id if known else ids.new(),
        version=known[0].version if known else 0,
        business_id=business_id,
        source_type=source.source_type,
        source_id=source.source_id,
        text_hash=hash_of(source),
        model=model,
        passages=reading.passages,
        kept=len(reading.findings),
        dropped=reading.dropped,
        sentiment=reading.sentiment,
        topics=reading.topics,
        read_at=now,
    )
    if known:
        tx.save(made)
    else:
        tx.add(made)
