"""Which theme a vent belongs to: the one whose vents it is most likely to be about the same as."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence, Set
from contextlib import suppress
from datetime import datetime
from uuid import UUID

import attrs
import numpy as np

from ..errors import InvalidInput
from ..intake.given_names import given_name
from ..intake.vents import VentEntry, VentTheme
from ..ports import Embedder, Filter, Ids, Store, Transaction, VectorIndex, Vectors, where
from ..values import BusinessId
from .chunking import passages
from .records import SourceReading
from .vent_likeness import Calibration, Likened, calibration_of, log_odds, words_of

LONGEST_LABEL = 120
BEGINNING = 60
"""Characters of a vent that can name its theme."""
FEWEST_SIGNS = 3
"""Letters or digits of a label that says something."""


@attrs.frozen(kw_only=True)
class VentBoard:
    """What is needed to compare the vents of a business: a unit vector of each, and how to weigh what they share.

    ``reads`` is that of the embedder: what it cannot read is like nothing, not even like itself.
    """

    vectors: Mapping[UUID, Vectors]
    calibration: Calibration
    reads: Callable[[str], bool]

    def likened(self, tx: Transaction, *filters: Filter) -> list[tuple[Likened, UUID | None]]:
        """The vents that meet the filters and can be compared, each with its theme, by when they were written."""
        rows = tx.rows(VentEntry, ("id", "theme_id", "tags", "text"), *filters, order="written_at")
        return [
            (
                Likened(
                    id=id,
                    vector=self.vectors[id],
                    tags=frozenset(tag.casefold() for tag in tags),
                    words=words_of(text) if self.calibration.words else frozenset(),
                ),
                theme,
            )
            for id, theme, tags, text in rows
            if id in self.vectors and self.reads(text)
        ]


def vent_board(
    store: Store, index: VectorIndex, embedder: Embedder, business_id: BusinessId, *fresh: UUID
) -> VentBoard:
    """The vents of the business as they can be compared now; opens a transaction of its own.

    A vent that is not in the index yet, or that is ``fresh`` since its text may have changed, is embedded here, so that
    nothing depends on whether its embedding or its extraction comes first.
    """
    sources, vectors = index.vectors(business_id, embedder.model, "vent")
    known = _means(sources, vectors)
    with store.business(business_id) as tx:
        compared = {id for (id,) in tx.rows(VentEntry, ("id",), *where(theme_id__null=False))} | set(fresh)
        missing = sorted((compared - set(known)) | set(fresh))
        texts = tx.rows(VentEntry, ("id", "text"), *where(id__in=missing)) if missing else []
    parts = [(id, part.text) for id, text in texts for part in passages(text)]
    made = _means([id for id, _ in parts], embedder.embed([text for _, text in parts])) if parts else {}
    return VentBoard(vectors={**known, **made}, calibration=calibration_of(embedder.model), reads=embedder.reads)


def joined_theme(tx: Transaction, vent: VentEntry, board: VentBoard, topics: Sequence[str], ids: Ids) -> UUID | None:
    """The theme that the vent belongs to: the nearest one, else a new one, which is stored; None: it stays as it is.

    The nearest has the highest mean of log-odds over its vents, and that is at least ``calibration.join``. A vent that
    is in a theme with others, or was put there by a person, stays; one that is alone in a theme nobody has named looks
    again. `recount` has to follow once the vent is saved.
    """
    others = [(each, theme) for each, theme in board.likened(tx, *where(theme_id__null=False)) if each.id != vent.id]
    if vent.theme_id is not None and not _looks_again(tx, vent):
        return None
    found = _nearest(board.likened(tx, *where(id=vent.id)), others, board.calibration)
    if found is not None or vent.theme_id is not None:
        return found
    theme = VentTheme(
        id=ids.new(),
        business_id=vent.business_id,
        label=label_of(vent, topics, taken_labels(tx)),
        first_seen=vent.written_at,
        last_seen=vent.written_at,
    )
    tx.add(theme)
    return theme.id


def recount(tx: Transaction, themes: Collection[UUID] | None = None, *, relabel: bool = False) -> None:
    """Those themes, or all, are counted and dated by their vents; one that has none is gone.

    A theme is labelled by the first of its vents; when that is another one now, or with ``relabel``, the label is too.
    One that a person gave stays.
    """
    chosen = None if themes is None else sorted(themes)
    written: dict[UUID, list[tuple[datetime, UUID]]] = defaultdict(list)
    of_them = where(theme_id__null=False) if chosen is None else where(theme_id__in=chosen)
    for theme_id, at, id in tx.rows(VentEntry, ("theme_id", "written_at", "id"), *of_them, order="written_at"):
        written[theme_id].append((at, id))
    known = tx.find(VentTheme, *(() if chosen is None else where(id__in=chosen)))
    tx.remove(VentTheme, *(theme.id for theme in known if theme.id not in written))
    for theme in known:
        if (own := written.get(theme.id)) and (now := _counted(tx, theme, own, relabel=relabel)) != theme:
            tx.save(now)


def label_of(vent: VentEntry, topics: Sequence[str], taken: Set[str] = frozenset()) -> str:
    """What a theme is called that the vent opens: by its first tag, else its first topic, else how it begins.

    What another theme is called already, which ``taken`` has in small letters, is passed over for the next tag or
    topic, then for a tag with a topic, then for how the vent begins; where nothing else is there, it is the first.
    One that could be no theme's name (see `named`) is passed over, as is what nobody gave as a tag and has fewer than
    three letters or digits; in the end it is the vent's first words.
    """
    first = [vent.text.split(".")[0], vent.text]
    begun = ["".join(sign if sign.isprintable() else " " for sign in text[:200])[:BEGINNING] for text in first]
    said = [topic for topic in topics if sum(map(_weight, topic)) >= FEWEST_SIGNS]
    both = [f"{tag}: {topic}" for tag in vent.tags for topic in said] if taken else []
    start = begun if sum(map(_weight, begun[0])) >= FEWEST_SIGNS else begun[1:]
    labels: list[str] = []
    for label in (*vent.tags, *said, *both, *start):
        with suppress(InvalidInput):
            labels.append(named(label))
    return next((label for label in labels if label.casefold() not in taken), (labels or ["vent"])[0])


def taken_labels(tx: Transaction, *, but: UUID | None = None) -> Set[str]:
    """What the themes of the business are called, in small letters; all but that one's."""
    return {label.casefold() for id, label in tx.rows(VentTheme, ("id", "label")) if id != but}


def _weight(sign: str) -> int:
    """How many letters the sign counts: one of Chinese or Japanese says as much as two."""
    return 0 if not sign.isalnum() else 2 if sign > "\u2e80" else 1


def named(label: str) -> str:
    """``label`` on one line; blank, longer than `LONGEST_LABEL`, or with what cannot be seen: `InvalidInput`."""
    return given_name(label, LONGEST_LABEL, source="theme", field="label")


def _counted(
    tx: Transaction, theme: VentTheme, written: Sequence[tuple[datetime, UUID]], *, relabel: bool
) -> VentTheme:
    (first_seen, first), label = written[0], theme.label
    if theme.named_at is None and (relabel or first_seen != theme.first_seen):
        read = tx.find(SourceReading, *where(source_id=first))
        topics = [topic for reading in read for topic in reading.topics]
        label = label_of(tx.get(VentEntry, first), topics, taken_labels(tx, but=theme.id))
    return attrs.evolve(theme, label=label, count=len(written), first_seen=first_seen, last_seen=written[-1][0])


def _looks_again(tx: Transaction, vent: VentEntry) -> bool:
    if vent.placed_at is not None or tx.count(VentEntry, *where(theme_id=vent.theme_id)) > 1:
        return False
    return not tx.count(VentTheme, *where(id=vent.theme_id, named_at__null=False))


def _nearest(
    vent: Sequence[tuple[Likened, UUID | None]],
    others: Sequence[tuple[Likened, UUID | None]],
    calibration: Calibration,
) -> UUID | None:
    """The theme with the highest mean of log-odds, if that is enough; of equals the older one."""
    if not vent or not others:
        return None
    odds = log_odds(calibration, [vent[0][0]], [each for each, _ in others])[0]
    of: dict[UUID, list[float]] = defaultdict(list)
    for (_, theme), value in zip(others, odds.tolist(), strict=True):
        if theme is not None:
            of[theme].append(value)
    mean = {theme: float(np.mean(values)) for theme, values in of.items()}
    best = min(mean, key=lambda theme: (-mean[theme], theme))
    return best if mean[best] >= calibration.join else None


def _means(sources: Sequence[UUID], vectors: Vectors) -> dict[UUID, Vectors]:
    """Each source's mean vector, of unit length again. A mean of nothing but opposites stays as short as it is."""
    rows: dict[UUID, list[int]] = defaultdict(list)
    for row, source in enumerate(sources):
        rows[source].append(row)
    found = {}
    for source, places in rows.items():
        mean = vectors[places].mean(0)
        found[source] = mean / max(float(np.linalg.norm(mean)), 1e-6)
    return found
