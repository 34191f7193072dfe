"""The types of team activities: those that Refleqt brings along, and those that a business makes for itself."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import attrs

from ..attempts import tried_again
from ..errors import Conflict, Fault, InvalidInput, NotFound
from ..ports import Clock, Ids, Store, Transaction, where
from ..values import BusinessId
from .activities import ActivityType
from .activity_guides import BUILT_IN, Exercise
from .given_names import given_name

LONGEST_SLUG = 64
LONGEST_NAME = 100
CHANGEABLE = ("name", "purpose", "guide", "minutes")


@attrs.frozen(kw_only=True)
class ActivityTypeService:
    """What can be done with the types of activities of a business. Those that Refleqt brings along never change."""

    store: Store
    clock: Clock
    ids: Ids

    def list(self, business_id: BusinessId, *, archived: bool = False) -> Sequence[Exercise]:
        """All types: the built-in ones first, then its own by name; with ``archived`` also those it has put away."""
        with self.store.business(business_id) as tx:
            return [each for each in exercises(tx).values() if archived or each.archived_at is None]

    def get(self, business_id: BusinessId, name: str) -> Exercise:
        """The type of that slug or name, archived or not. Unknown: `NotFound`, with the nearest names."""
        with self.store.business(business_id) as tx:
            return _known(exercises(tx), name)

    @tried_again
    def add(
        self,
        business_id: BusinessId,
        name: str,
        *,
        purpose: str = "",
        guide: Sequence[str] = (),
        minutes: int | None = None,
    ) -> Exercise:
        """The business has a type of that name. There is one of its name or slug: `Conflict`."""
        with self.store.business(business_id) as tx:
            known = find_exercise(exercises(tx), name)
            if known is not None:
                state = "archived; bring it back with an edit" if known.archived_at else "there already"
                raise Conflict(f"the type '{known.name}' ({known.slug}) is {state}", field="name")
            made = own_type(self.ids, business_id, name, purpose=purpose, guide=steps(guide), minutes=minutes)
            tx.add(made)
            return exercise_of(made)

    @tried_again
    def edit(self, business_id: BusinessId, name: str, changes: Mapping[str, Any]) -> Exercise:
        """The own type is as ``changes`` say (name, purpose, guide, minutes), and no longer archived.

        Its slug stays, so that the activities of that type stay. A built-in one, and a name that another one has:
        `Conflict`; unknown: `NotFound`; another field: `InvalidInput`.
        """
        if wrong := sorted(set(changes) - set(CHANGEABLE)):
            raise InvalidInput(f"{', '.join(wrong)} cannot be changed; a type has {', '.join(CHANGEABLE)}")
        given = dict(changes) | ({"guide": steps(changes["guide"])} if "guide" in changes else {})
        if "name" in given:
            given["name"] = given_name(given["name"], LONGEST_NAME, source="type of activity", field="name")
        with self.store.business(business_id) as tx:
            row = _own(tx, name)
            other = find_exercise(exercises(tx), str(given.get("name", row.name)))
            if other is not None and other.slug != row.slug:
                raise Conflict(f"another type is called '{other.name}'", field="name")
            return exercise_of(tx.save(attrs.evolve(row, archived_at=None, **given)))

    @tried_again
    def archive(self, business_id: BusinessId, name: str) -> Exercise:
        """The own type is no longer offered; its activities stay. Archived before: as it was. Faults as `edit`."""
        with self.store.business(business_id) as tx:
            row = _own(tx, name)
            return exercise_of(row if row.archived_at else tx.save(attrs.evolve(row, archived_at=self.clock.now())))


def exercises(tx: Transaction) -> Mapping[str, Exercise]:
    """All types of the transaction's business by slug, archived ones included, the built-in ones first."""
    own = tx.find(ActivityType, order="name")
    return {**BUILT_IN, **{row.slug: exercise_of(row) for row in own}}


def exercise_of(row: ActivityType) -> Exercise:
    """An own type as a person chooses it."""
    return Exercise(
        slug=row.slug,
        name=row.name,
        purpose=row.purpose,
        minutes=row.minutes,
        guide=row.guide,
        is_own=True,
        archived_at=row.archived_at,
    )


def find_exercise(known: Mapping[str, Exercise], name: str) -> Exercise | None:
    """The type of that slug or name, however it is spelled in capitals, spaces and dashes; None where there is none."""
    slug = slug_of(name)
    if slug in known:
        return known[slug]
    return next((each for each in known.values() if slug_of(each.name) == slug), None)


def exercise_for(
    tx: Transaction, ids: Ids, business_id: BusinessId, name: str, *, make: bool, field: str = "activity_type"
) -> Exercise:
    """The type that a person named; with ``make`` an unknown one is made as an own type.

    An unknown one otherwise raises `InvalidInput` with the nearest names, and a blank one always does.
    """
    known = exercises(tx)
    found = find_exercise(known, name)
    if found is not None:
        return found
    if not name.strip():
        raise InvalidInput([Fault("activity", None, field, "it is blank", "Name a type: refleqt activities types")])
    if not make:
        remedy = f"{_nearest(known, name)}Or make it a type of your own with --new-type (new_type over HTTP)."
        raise InvalidInput([Fault("activity", None, field, f"there is no type '{name[:100]}'", remedy, name[:100])])
    made = own_type(ids, business_id, name)
    tx.add(made)
    return exercise_of(made)


def own_type(
    ids: Ids,
    business_id: BusinessId,
    name: str,
    *,
    purpose: str = "",
    guide: tuple[str, ...] = (),
    minutes: int | None = None,
) -> ActivityType:
    """A new type of that name; one that was written as a slug gets a name that can be read.

    A name that is blank, too long or holds what cannot be seen: `InvalidInput`.
    """
    spoken = given_name(name, LONGEST_NAME, source="type of activity", field="name")
    if re.fullmatch(r"[a-z0-9_-]+", spoken):
        spoken = spoken.replace("_", " ").replace("-", " ").strip().capitalize()
    return ActivityType(
        id=ids.new(),
        business_id=business_id,
        slug=slug_of(name),
        name=spoken,
        purpose=purpose,
        guide=guide,
        minutes=minutes,
    )


def slug_of(name: str) -> str:
    """The name in small ASCII letters, digits and underscores; of a name in another script a hash of it."""
    plain = unicodedata.normalize("NFKD", name.strip().casefold()).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    if not re.search(r"[a-z0-9]", slug):
        return f"type_{hashlib.sha256(name.strip().encode('utf-8', 'replace')).hexdigest()[:12]}"
    return (slug if slug[0].isalpha() else f"type_{slug}")[:LONGEST_SLUG]


def steps(guide: Sequence[str]) -> tuple[str, ...]:
    """The steps without blank ones and without the white space around them."""
    return tuple(step.strip() for step in guide if step.strip())


def _own(tx: Transaction, name: str) -> ActivityType:
    found = _known(exercises(tx), name)
    if not found.is_own:
        raise Conflict(f"'{found.name}' comes with Refleqt and cannot be changed; make one of your own: types add")
    return tx.find(ActivityType, *where(slug=found.slug))[0]


def _known(known: Mapping[str, Exercise], name: str) -> Exercise:
    found = find_exercise(known, name)
    if found is None:
        raise NotFound(f"there is no type of activity '{name[:100]}'. {_nearest(known, name)}".rstrip())
    return found


def _nearest(known: Mapping[str, Exercise], name: str) -> str:
    """A sentence that names the types which are spelled most alike, else all there are."""
    offered = [slug for slug, each in known.items() if each.archived_at is None]
    near = get_close_matches(slug_of(name), offered, n=3, cutoff=0.5)
    if near:
        return f"Did you mean {' or '.join(near)}? "
    return f"The types are: {', '.join(offered)}. "
