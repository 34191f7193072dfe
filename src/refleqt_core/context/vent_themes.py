"""What people do with the themes of their vents, and how all themes are made anew."""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from uuid import UUID

import attrs
import numpy as np

from ..errors import Conflict, InvalidInput
from ..intake.vents import VentEntry, VentTheme
from ..ports import Clock, Embedder, Ids, Store, Transaction, VectorIndex, where
from ..values import BusinessId
from .themes import label_of, named, recount, taken_labels, vent_board
from .vent_grouping import groups, kept_names
from .vent_likeness import Likened, Matrix, log_odds


@attrs.frozen(kw_only=True)
class Regrouped:
    """What making the themes anew did: how many themes there are, of them ``opened``, and ``closed`` ones.

    ``moved`` vents are in another theme than before.
    """

    themes: int
    opened: int
    closed: int
    moved: int


@attrs.frozen(kw_only=True)
class VentThemeService:
    """Themes of the vent board: named, merged, corrected by people, and made anew from all vents."""

    store: Store
    vectors: VectorIndex
    embedder: Embedder
    clock: Clock
    ids: Ids

    def themes(self, business_id: BusinessId) -> list[VentTheme]:
        """All themes, the most frequent first."""
        with self.store.business(business_id) as tx:
            return tx.find(VentTheme, order="-count")

    def get(self, business_id: BusinessId, theme_id: UUID) -> VentTheme:
        """The theme. Unknown, or of another business: `NotFound`."""
        with self.store.business(business_id) as tx:
            return tx.get(VentTheme, theme_id)

    def rename(self, business_id: BusinessId, theme_id: UUID, label: str, *, version: int | None = None) -> VentTheme:
        """The theme has that label and keeps it, whatever vents come and go.

        Blank or longer than `LONGEST_LABEL` of `themes`: `InvalidInput`. Changed since ``version``: `Conflict`.
        """
        label = named(label)
        with self.store.business(business_id) as tx:
            theme = tx.get(VentTheme, theme_id)
            if version not in (None, theme.version):
                raise Conflict("somebody has changed the theme since; read it again, then decide")
            if theme.label == label and theme.named_at is not None:
                return theme
            return tx.save(attrs.evolve(theme, label=label, named_at=self.clock.now()))

    def merge(self, business_id: BusinessId, theme_id: UUID, into: UUID) -> VentTheme:
        """All vents of the theme are in ``into``, where they and its own stay; gives that. The theme is gone.

        Into itself: `InvalidInput`. One of the two unknown: `NotFound`.
        """
        if theme_id == into:
            raise InvalidInput("a theme cannot be merged into itself; name another one")
        with self.store.business(business_id) as tx:
            for each in (theme_id, into):
                tx.get(VentTheme, each)
            vents = tx.find(VentEntry, *where(theme_id__in=[theme_id, into]))
            self._place(tx, vents, into)
            self._vouch(tx, {into})
            recount(tx, {theme_id, into})
            return tx.get(VentTheme, into)

    def move(self, business_id: BusinessId, vent_id: UUID, theme_id: UUID | None) -> VentEntry:
        """The vent is in that theme and stays there; with None it is in one of its own.

        Both themes, the one it left as well, live on as if they had been named. Vent or theme unknown: `NotFound`.
        """
        with self.store.business(business_id) as tx:
            vent = tx.get(VentEntry, vent_id)
            target = self._opened(tx, vent) if theme_id is None else tx.get(VentTheme, theme_id)
            self._place(tx, [vent], target.id)
            touched = {target.id} | ({vent.theme_id} if vent.theme_id else set())
            recount(tx, touched)
            self._vouch(tx, touched)
            return tx.get(VentEntry, vent_id)

    def regroup(self, business_id: BusinessId) -> Regrouped:
        """The themes are what all vents that have been read make of them together; again nothing more is changed.

        Average linkage down to the calibration's ``group``. It does not matter in what order the vents came. A vent
        that a person placed stays in its theme, and a theme that a person named or corrected goes on with at least its
        most central vent. Every other theme goes on where most of its vents are: ids and labels live as long as
        possible. Where people named themes that the vents do not tell apart, a second time may still move vents between
        those.
        """
        board = vent_board(self.store, self.vectors, self.embedder, business_id)
        with self.store.business(business_id) as tx:
            compared = [(vent, theme) for vent, theme in board.likened(tx, *where(theme_id__null=False)) if theme]
            if not compared:
                return Regrouped(themes=tx.count(VentTheme), opened=0, closed=0, moved=0)
            placed = {id for (id,) in tx.rows(VentEntry, ("id",), *where(placed_at__null=False))}
            free = {theme for vent, theme in compared if vent.id not in placed}
            # Among vents that were put elsewhere than they seem to belong, only those speak whose theme has no other.
            speaking = [(vent, theme) for vent, theme in compared if vent.id not in placed or theme not in free]
            vents, before = [vent for vent, _ in speaking], [theme for _, theme in speaking]
            odds = log_odds(board.calibration, vents, vents)
            fixed = _fixed(tx, vents, before, odds, placed)
            group_of = groups(odds, board.calibration.group, fixed)
            names = self._names(tx, vents, before, fixed, group_of)
            after = {vent.id: names[group] for vent, group in zip(vents, group_of, strict=True)}
            return self._regrouped(tx, compared, after)

    def _names(
        self,
        tx: Transaction,
        vents: Sequence[Likened],
        before: Sequence[UUID],
        fixed: Sequence[UUID | None],
        group_of: Sequence[int],
    ) -> dict[int, UUID]:
        """The theme of each group; a new one is stored where none goes on."""
        held = {group: theme for group, theme in zip(group_of, fixed, strict=True) if theme is not None}
        names = kept_names(group_of, before, held, [theme.id for theme in tx.find(VentTheme, order="first_seen")])
        for group, vent in zip(group_of, vents, strict=True):
            if group not in names:
                names[group] = self._opened(tx, tx.get(VentEntry, vent.id)).id
        return names

    def _regrouped(
        self, tx: Transaction, compared: Sequence[tuple[Likened, UUID]], after: Mapping[UUID, UUID]
    ) -> Regrouped:
        """The vents are in the themes of ``after``, those that it does not name where they were."""
        now = {vent.id: after.get(vent.id, theme) for vent, theme in compared}
        moved = {vent.id: now[vent.id] for vent, theme in compared if now[vent.id] != theme}
        rows = tx.find(VentEntry, *where(id__in=sorted(moved))) if moved else []
        tx.save_all([attrs.evolve(row, theme_id=moved[row.id]) for row in rows])
        before, held = {theme for _, theme in compared}, set(now.values())
        recount(tx)
        recount(tx, held - before, relabel=True)
        return Regrouped(
            themes=tx.count(VentTheme), opened=len(held - before), closed=len(before - held), moved=len(moved)
        )

    def _opened(self, tx: Transaction, vent: VentEntry) -> VentTheme:
        theme = VentTheme(
            id=self.ids.new(),
            business_id=vent.business_id,
            label=label_of(vent, (), taken_labels(tx)),
            first_seen=vent.written_at,
            last_seen=vent.written_at,
        )
        tx.add(theme)
        return theme

    def _vouch(self, tx: Transaction, themes: Set[UUID]) -> None:
        """A person has looked at those themes: they live on with their labels."""
        now = self.clock.now()
        found = tx.find(VentTheme, *where(id__in=sorted(themes), named_at=None))
        tx.save_all([attrs.evolve(theme, named_at=now) for theme in found])

    def _place(self, tx: Transaction, vents: Sequence[VentEntry], theme_id: UUID) -> None:
        now = self.clock.now()
        tx.save_all(
            [
                attrs.evolve(vent, theme_id=theme_id, placed_at=now)
                for vent in vents
                if vent.theme_id != theme_id or vent.placed_at is None
            ]
        )


def _fixed(
    tx: Transaction, vents: Sequence[Likened], before: Sequence[UUID], odds: Matrix, placed: Set[UUID]
) -> list[UUID | None]:
    """The theme that each vent cannot leave: where a person put it, or which it stands for as the most central one."""
    named = {theme.id for theme in tx.find(VentTheme, *where(named_at__null=False))}
    fixed = [theme if vent.id in placed else None for vent, theme in zip(vents, before, strict=True)]
    members: dict[UUID, list[int]] = defaultdict(list)
    for place, theme in enumerate(before):
        members[theme].append(place)
    for theme in named.intersection(members) - set(fixed):
        own = members[theme]
        fixed[own[int(np.argmax(odds[np.ix_(own, own)].sum(1)))]] = theme
    return fixed
