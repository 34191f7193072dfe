"""Field completion: which fields of an entry are filled and which skipped, by the five groups."""

import numpy as np

from ...phrases import listed
from .columns import CalendarColumns
from .fields import GROUPS, spoken_field
from .findings import FieldCompletion, GroupCompletion, Part
from .wording import share

GROUP_NAMES = {
    "core": "core",
    "seo": "SEO",
    "technical_seo": "technical SEO",
    "distribution": "distribution",
    "performance": "performance",
}


def field_completion(calendar: CalendarColumns, keep: int | None) -> FieldCompletion:
    """What is filled of each group, and the entries that say least."""
    counts, groups, begin = calendar.filled.sum(axis=0), [], 0
    for name, fields in GROUPS.items():
        end = begin + len(fields)
        groups.append(_group(name, fields, counts[begin:end].tolist(), calendar.n))
        begin = end
    filled = calendar.filled.sum(axis=1)
    emptiest = np.lexsort((-calendar.created, filled))
    emptiest = emptiest[filled[emptiest] < begin]
    notes = {int(each): f"{filled[each]} of {begin} fields" for each in emptiest[:keep]}
    return FieldCompletion(
        value=float(np.mean([group.share for group in groups])) if calendar.n else None,
        n=calendar.n,
        sentence=_sentence(groups) if calendar.n else "There is no entry yet, so no field is filled or skipped.",
        evidence=(calendar.evidence("with fields that are skipped, the emptiest first", emptiest, notes, keep=keep),),
        groups=tuple(groups),
    )


def _group(name: str, fields: tuple[str, ...], counts: list[int], n: int) -> GroupCompletion:
    parts = [Part(name=field, count=count, share=count / n if n else 0.0) for field, count in zip(fields, counts)]  # noqa: B905
    return GroupCompletion(group=name, share=sum(counts) / (n * len(fields)) if n else None, fields=tuple(parts))


def _sentence(groups: list[GroupCompletion]) -> str:
    ranked = sorted(groups, key=lambda group: -(group.share or 0.0))
    best, worst = ranked[0], ranked[-1]
    skipped = sorted(
        (part for group in groups for part in group.fields if part.share < 0.05), key=lambda part: part.share
    )
    most, least = share(best.share or 0.0), share(worst.share or 0.0)
    said = f"You fill {most} of the {GROUP_NAMES[best.group]} fields and {least} of the {GROUP_NAMES[worst.group]} ones"
    if not skipped:
        return f"{said}; no field is skipped altogether."
    names = [spoken_field(part.name) for part in skipped[:3]] + [f"{len(skipped) - 3} more"] * (len(skipped) > 3)
    return f"{said}; hardly ever filled: {listed(names)}."
