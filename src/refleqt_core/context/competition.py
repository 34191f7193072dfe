"""What is known of each competitor, over all sources that speak of it."""

import math
from collections.abc import Sequence

import attrs

from ..ports import Ids, Transaction, where
from ..values import BusinessId
from .records import CompetitiveIntelligence, ContextExtraction


def learn_of_competitors(
    tx: Transaction, ids: Ids, business_id: BusinessId, touched: Sequence[ContextExtraction]
) -> None:
    """What is known of each competitor that was or is spoken of in ``touched`` follows from all valid findings.

    One that nobody speaks of any more is not known.
    """
    named = sorted({row.text for row in touched if row.kind == "competitor_mention"})
    if not named:
        return
    of_them = where(kind="competitor_mention", text__in=named, valid_to=None)
    mentions: dict[str, list[ContextExtraction]] = {name: [] for name in named}
    for row in tx.find(ContextExtraction, *of_them, order="valid_from"):
        mentions[row.text].append(row)
    known = {row.competitor: row for row in tx.find(CompetitiveIntelligence, *where(competitor__in=named))}
    spoken_of = [_intelligence(ids, business_id, name, rows) for name, rows in mentions.items() if rows]
    tx.add(*(each for each in spoken_of if each.competitor not in known))
    for each in spoken_of:
        before = known.pop(each.competitor, None)
        after = before and attrs.evolve(each, id=before.id, version=before.version)
        if after and after != before:
            tx.save(after)
    tx.remove(CompetitiveIntelligence, *(row.id for row in known.values()))


def _intelligence(
    ids: Ids, business_id: BusinessId, competitor: str, mentions: Sequence[ContextExtraction]
) -> CompetitiveIntelligence:
    return CompetitiveIntelligence(
        id=ids.new(),
        business_id=business_id,
        competitor=competitor,
        mentions=len({mention.source_id for mention in mentions}),
        sentiment=math.fsum(mention.sentiment for mention in mentions) / len(mentions),
        topics=tuple(dict.fromkeys(mention.topic for mention in mentions if mention.topic)),
        evidence=tuple(mention.id for mention in mentions),
        last_seen=max(mention.valid_from for mention in mentions),
    )
