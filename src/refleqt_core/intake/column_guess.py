"""What the columns of a file most likely hold: a guess for each, with how sure it is and why."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache

import attrs

from .cell_shapes import Sample, is_list
from .choice_words import plain
from .table_fields import FIELDS, TableField, plan_field, table_field

SURE = 0.85
"""From here on a guess needs no second look."""

TAKEN = 0.5
"""Below that a column is left unused rather than guessed."""

OWN_NAME = "its own name"
"""Why a column is taken for the field that it is named as."""

_OWN, _USUAL, _BARE, _WEAK, _WITHIN, _MISSPELT = 1.0, 0.95, 0.9, 0.7, 0.6, 0.75
_SHORTEST_WITHIN = 4
_LETTERS_OFF = 2
_TOOLS = ("notion.so", "notion.site", "airtable.com", "trello.com", "asana.com", "monday.com", "coschedule.com")
_BY_CELLS = ("publish_at", "status", "channel", "artifact_type", "funnel_stage", "canonical_url")
_LIST_OF = {"channel": "channels", "primary_kpi": "secondary_kpis"}
_ONE_OF = {many: one for one, many in _LIST_OF.items()}


@attrs.frozen(kw_only=True)
class ColumnGuess:
    """A column, the field that it is taken for (None: left unused), how sure that is from 0 to 1, why, and examples."""

    column: str
    field: str | None
    confidence: float
    reason: str
    examples: tuple[str, ...] = ()

    @property
    def is_sure(self) -> bool:
        """Whether it needs no second look."""
        return self.field is not None and self.confidence >= SURE


def guessed(columns: Sequence[str], samples: Sequence[Sample]) -> tuple[ColumnGuess, ...]:
    """For each column the field that its name and its cells speak for; no field is taken for two columns.

    The more certain guess goes first, and of equal ones the column that stands first.
    """
    offers = sorted(
        (
            (-guess.confidence, place, guess)
            for place, (column, sample) in enumerate(zip(columns, samples, strict=True))
            for guess in _offers(column, sample)
        ),
        key=lambda offer: offer[:2],
    )
    chosen: dict[int, ColumnGuess] = {}
    taken: set[str | None] = set()
    for _, place, guess in offers:
        if place not in chosen and guess.field not in taken and guess.confidence >= TAKEN:
            chosen[place] = guess
            taken.add(guess.field)
    refused = {place: guess for _, place, guess in reversed(offers)}
    found = [
        chosen.get(place) or _unused(column, samples[place], refused.get(place)) for place, column in enumerate(columns)
    ]
    return tuple(_with_title(_by_cells(found, samples, taken), samples))


def _offers(column: str, sample: Sample) -> Iterator[ColumnGuess]:
    """Every field that the column's name allows, with how well its cells agree."""
    if part := plan_field(column):
        yield ColumnGuess(column=column, field=part, confidence=_USUAL, reason="its name", examples=sample.examples)
    for field in FIELDS.values():
        named, reason = _named(column, field)
        if named:
            field = _of_cells(field, sample, is_own=named == _OWN)
            yield _weighed(column, field, named, reason, sample)


def _of_cells(field: TableField, sample: Sample, *, is_own: bool) -> TableField:
    """A column of channels is one of lists where a cell names several, whatever the column is called."""
    if field.name in _LIST_OF and is_list(sample.cells, field.name):
        return FIELDS[_LIST_OF[field.name]]
    if not is_own and field.name == "channels" and sample.cells and not is_list(sample.cells, field.name):
        return FIELDS[_ONE_OF[field.name]]
    return field


def _weighed(column: str, field: TableField, named: float, reason: str, sample: Sample) -> ColumnGuess:
    fit = sample.fit(field)
    if named < _OWN:
        if field.kind == "url" and sample.are_unique and _is_link_into_tool(sample):
            field, named, reason = FIELDS["external_id"], _USUAL, "links into the tool, one for each row"
        elif field.kind == "key" and _is_link_to_elsewhere(sample):
            fit = 0.0
        named *= 0.3 + 0.7 * fit
    told = reason if fit > 0.9 or not sample.cells else f"{reason}; {fit:.0%} of its cells look like it"
    return ColumnGuess(
        column=column, field=field.name, confidence=round(named, 2), reason=told, examples=sample.examples
    )


def _named(column: str, field: TableField) -> tuple[float, str]:
    """How much the column's name speaks for the field, and how."""
    name, bare = plain(column), plain(column.partition("(")[0])
    own = plain(field.name)
    if name == own and table_field(field.name):
        return _OWN, OWN_NAME
    for said, worth in ((name, _USUAL), (bare, _BARE)):
        if said and (said in field.names or said == own):
            return worth, "its name"
    if name in field.weak or bare in field.weak:
        return _WEAK, "its name, which others have too"
    if abs(len(name) - len(own)) <= _LETTERS_OFF and get_close_matches(name[:_LONGEST], [own], 1, 0.8):
        return _MISSPELT, f"a misspelling of {field.name}"
    if not name.endswith(" id") and any(
        len(known) >= _SHORTEST_WITHIN and f" {known} " in f" {name} " for known in (own, *field.names)
    ):
        return _WITHIN, "part of its name"
    return 0.0, ""


_LONGEST = 100


def _is_link_into_tool(sample: Sample) -> bool:
    return sample.share(lambda cell: any(tool in cell for tool in _TOOLS)) == 1.0


def _is_link_to_elsewhere(sample: Sample) -> bool:
    links = sample.share(lambda cell: cell.startswith(("http://", "https://")))
    return links > 0 and not _is_link_into_tool(sample)


def _by_cells(found: Sequence[ColumnGuess], samples: Sequence[Sample], taken: set[str | None]) -> list[ColumnGuess]:
    """A column whose name says nothing may still hold what can only be one thing."""
    result = list(found)
    for name in _BY_CELLS:
        field = FIELDS[name]
        if name in taken or _LIST_OF.get(name) in taken:
            continue
        for place, guess in enumerate(result):
            sample = samples[place]
            if guess.field is None and len(set(sample.cells)) > 1 and sample.fit(field) == 1.0 and _is_telling(sample):
                result[place] = attrs.evolve(guess, field=name, confidence=0.55, reason="its cells alone")
                break
    return result


def _is_telling(sample: Sample) -> bool:
    """Bare numbers could be anything."""
    return not any(cell.replace(".", "").replace(",", "").isdecimal() for cell in sample.cells)


def _with_title(found: Sequence[ColumnGuess], samples: Sequence[Sample]) -> list[ColumnGuess]:
    """Entries need a title: without one the unused column with most different words in it is taken."""
    result = list(found)
    if not any(guess.field in ("title", "post_text") for guess in result):
        free = [place for place, guess in enumerate(result) if guess.field is None and samples[place].fill > 0.9]
        wordy = [place for place in free if samples[place].share(lambda cell: " " in cell.strip()) > 0.5]
        if wordy:
            best = max(wordy, key=lambda place: len(set(samples[place].cells)))
            reason = "its cells are words, different in most rows"
            result[best] = attrs.evolve(result[best], field="title", confidence=0.5, reason=reason)
    return result


def _unused(column: str, sample: Sample, refused: ColumnGuess | None) -> ColumnGuess:
    reason = "no field is named like it" if sample.cells else "it is empty"
    if refused is not None and sample.cells:
        why = "another column is that" if refused.confidence >= TAKEN else refused.reason
        reason = f"it could be {refused.field}, but {why}"
    return ColumnGuess(column=column, field=None, confidence=0.0, reason=reason, examples=sample.examples)


def mapping_of(guesses: Sequence[ColumnGuess]) -> Mapping[str, str]:
    """The columns that are used, each with its field."""
    return {guess.column: guess.field for guess in guesses if guess.field is not None}


@cache
def _known_names() -> frozenset[str]:
    return frozenset(name for field in FIELDS.values() for name in (plain(field.name), *field.names))


def known_names(cells: Sequence[str]) -> int:
    """How many of the cells are names that columns of a calendar have: what a header has, and other rows have not."""
    said = {plain(cell.partition("(")[0]) or plain(cell) for cell in cells if cell and len(cell) <= _LONGEST}
    return len(said & _known_names()) + sum(plan_field(cell) is not None for cell in cells if len(cell) <= _LONGEST)


def is_calendar(guesses: Sequence[ColumnGuess]) -> bool:
    """Whether a file with these columns is a calendar: what has a title, and a time, a state, a kind or a place."""
    found = {guess.field for guess in guesses if guess.confidence >= _WEAK}
    said = {"publish_at", "status", "channel", "channels", "artifact_type"}
    return bool(found & {"title", "post_text"}) and bool(found & said)
