"""Which theme a vent belongs to: that of the vents which are most like it."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import attrs

from ..intake.vents import VentEntry, VentTheme
from ..ports import Hit, Ids, Transaction, where

SAME_THEME = 0.45
"""Cosine similarity (MiniLM) from which two vents are taken to be about the same thing."""


def joined_theme(
    tx: Transaction, vent: VentEntry, near: Sequence[Hit], topics: Sequence[str], ids: Ids
) -> VentTheme | None:
    """The theme of the nearest vents counts one more; where none is near enough the vent opens a theme.

    Each vent counts once. A theme is labelled with the first topic that was read in the vent that opened it.
    """
    if vent.theme_id is not None:
        return None
    alike = [hit.chunk.source_id for hit in near if hit.similarity >= SAME_THEME and hit.chunk.source_id != vent.id]
    themes = Counter(other.theme_id for other in _vents(tx, alike) if other.theme_id)
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
        label=topics[0] if topics else vent.text.split(".")[0][:60],
        first_seen=vent.written_at,
        last_seen=vent.written_at,
    )
    tx.add(theme)
    return theme


def _vents(tx: Transaction, vents: Sequence[UUID]) -> list[VentEntry]:
    return tx.find(VentEntry, *where(id__in=list(vents))) if vents else []
