"""Which theme a vent belongs to: that of the vents which are most like it."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import attrs

from ..intake.vents import VentEntry, VentTheme
from ..ports import Hit, Ids, Transaction, where

SAME_THEME = 0.38
"""Likeness from which two vents are about the same: of the sample's pairs without a tag in common 3 % reach it."""
SHARED_TAG = 0.15
"""What a tag in common adds to the cosine similarity; then two in three pairs that have one reach it."""


def joined_theme(
    tx: Transaction, vent: VentEntry, near: Sequence[Hit], topics: Sequence[str], ids: Ids
) -> VentTheme | None:
    """The theme of the nearest vents counts one more; where none is near enough the vent opens a theme.

    Each vent counts once. A theme is labelled by the vent that opened it: with its first tag, else its first topic.
    """
    if vent.theme_id is not None:
        return None
    similarity = {hit.chunk.source_id: hit.similarity for hit in reversed(near)}
    others = [other for other in _vents(tx, list(similarity)) if other.id != vent.id]
    alike = [other for other in others if likeness(vent, other, similarity[other.id]) >= SAME_THEME]
    themes = Counter(known for other in alike if (known := other.theme_id) is not None)
    if themes:
        theme = tx.get(VentTheme, themes.most_common(1)[0][0])
        return tx.save(
            attrs.evolve(
                theme,
                count=theme.count + 1,
                first_seen=min(theme.first_seen, vent.written_at),
                last_seen=max(theme.last_seen, vent.written_at),
            )
        )
    theme = VentTheme(
        id=ids.new(),
        business_id=vent.business_id,
        label=label_of(vent, topics),
        first_seen=vent.written_at,
        last_seen=vent.written_at,
    )
    tx.add(theme)
    return theme


def label_of(vent: VentEntry, topics: Sequence[str]) -> str:
    """What a theme is called that the vent opens: by its first tag, else its first topic, else how it begins."""
    return ([*vent.tags, *topics] or [vent.text.split(".")[0][:60]])[0]


def likeness(vent: VentEntry, other: VentEntry, similarity: float) -> float:
    """How far two vents are about the same: their cosine similarity, and more where their authors said so by a tag."""
    return similarity + SHARED_TAG * bool(set(vent.tags) & set(other.tags))


def _vents(tx: Transaction, vents: Sequence[UUID]) -> list[VentEntry]:
    return tx.find(VentEntry, *where(id__in=list(vents))) if vents else []
