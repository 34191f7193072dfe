"""Why a candidate is recommended: finished sentences with counts, each from what is on record."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

from ..cdt.outcomes import EntryOutcome
from ..intake.tooling import Signal
from ..phrases import (
    angle_name,
    artifact_name,
    kpi_name,
    listed,
    on_channel,
    people,
    percent,
    sentence,
    slot_name,
    source_name,
    span_name,
    with_article,
)
from ..values import Money
from .candidates import Candidate
from .choices import Prospect
from .landscape import EVERYONE, Landscape
from .quotes import Recurring

FEWEST = 3
"""Outcomes from which on a count is worth telling."""
_USUAL = re.compile(r"(?:, where|;) \d+ % is usual(?=\.)")


class Tally(NamedTuple):
    """How many of the due outcomes of one kind reached their target; ``what`` says which kind."""

    successes: int
    outcomes: int
    what: str


def evidence_of(prospect: Prospect, index: int, themes: Sequence[Recurring]) -> tuple[list[str], tuple[UUID, ...]]:
    """The sentences that speak for (or against) the candidate, the most telling first, and the beliefs under them."""
    candidate = prospect.candidates[index]
    landscape = prospect.landscape
    sentences = [
        _counts(prospect, candidate),
        *(_theme(theme) for theme in themes),
        *_signals(landscape, candidate),
        *_competition(landscape, candidate),
    ]
    return [sentence(each) for each in sentences], belief_ids(landscape, candidate)


def belief_ids(landscape: Landscape, candidate: Candidate) -> tuple[UUID, ...]:
    """The stored beliefs about the candidate's cells, the most certain first."""
    segment, channel, angle, slot = candidate.cell
    cells = {
        ("messaging", segment, angle),
        ("channel", segment, channel),
        ("timing", segment, slot),
        ("audience", EVERYONE.key, segment),
    }
    found = [b for b in landscape.beliefs if (b.belief_category, b.segment, b.option) in cells]
    return tuple(b.id for b in sorted(found, key=lambda b: (-abs(b.confidence - 0.5), b.belief_category)))


def tallies(landscape: Landscape, candidate: Candidate) -> list[Tally]:
    """What came of artifacts like the candidate: with its angle, on its channel and in its slot for its segment.

    Where its angle was hardly tried with the segment, what it came to with the other segments counts instead.
    """
    segment, channel, angle, slot = candidate.cell
    audience = people(landscape.audience(segment))
    own = [result for result in landscape.results if result.entry.icp_segment == segment]
    elsewhere = [r for r in landscape.results if r.entry.angle == angle and r.entry.icp_segment != segment]
    told = _tally([r for r in own if r.entry.angle == angle], f"with the angle {angle_name(angle)} for {audience}")
    return [
        told
        if told.outcomes >= FEWEST
        else _tally(elsewhere, f"with the angle {angle_name(angle)} for other segments"),
        _tally([r for r in own if r.entry.channel == channel], f"{on_channel(channel)} for {audience}"),
        _tally([r for r in own if landscape.slots.get(r.entry.id) == slot], f"for {audience} on a {slot_name(slot)}"),
    ]


def _tally(results: Sequence[EntryOutcome], what: str) -> Tally:
    return Tally(sum(result.success for result in results), len(results), what)


def _counts(prospect: Prospect, candidate: Candidate) -> str:
    """The two best counts of those above the usual rate, else the best one; where nothing was tried it is said."""
    usual = prospect.model.baseline
    known = [tally for tally in tallies(prospect.landscape, candidate) if tally.outcomes >= FEWEST]
    known.sort(key=lambda tally: -(tally.successes / tally.outcomes - usual) * tally.outcomes**0.5)
    above = [tally for tally in known if tally.successes > usual * tally.outcomes]
    if not known:
        audience = people(prospect.landscape.audience(candidate.idea.segment))
        return f"Hardly anything of this kind was tried with {audience} so far, so the result will teach something"
    first, *others = above[:2] or known[:1]
    reached = f"{first.successes} of {first.outcomes} artifacts {first.what} reached their target"
    if not others:
        return f"{reached}, where {percent(usual)} % is usual"
    also = listed([f"{each.successes} of {each.outcomes} {each.what}" for each in others])
    return f"{reached}, and {also}; {percent(usual)} % is usual"


def usual_once(sentences: Iterable[str]) -> list[str]:
    """Each sentence once; after the first that says what is usual, none says it again."""
    told: list[str] = []
    for each in dict.fromkeys(sentences):
        is_said = any(_USUAL.search(known) for known in told)
        told.append(_USUAL.sub("", each) if is_said else each)
    return told


def _theme(theme: Recurring) -> str:
    return f"“{theme.label}” came up {theme.count} times on the vent board"


def _signals(landscape: Landscape, candidate: Candidate) -> Iterator[str]:
    """The largest change in the channel's own numbers, if any."""
    channel = candidate.idea.channel
    near = [each for each in landscape.signals if _is_about(each, channel)]
    near.sort(key=lambda each: (-each.window_end.toordinal(), -abs(each.magnitude), str(each.id)))
    for signal in near[:1]:
        moved = "rose" if signal.signal_type == "rise" else "fell"
        where = on_channel(channel)
        shown = "" if source_name(signal.source) in where else f", {source_name(signal.source)} shows"
        yield (
            f"{kpi_name(signal.metric)} {where} {moved} by {percent(abs(signal.magnitude))} % "
            f"{span_name(signal.window_start, signal.window_end)}{shown}"
        )


def _is_about(signal: Signal, channel: str) -> bool:
    return channel in (signal.source.casefold(), signal.entity_id.casefold()) or (
        channel in signal.entity_id.casefold().replace("-", "_").split("/")
    )


def _competition(landscape: Landscape, candidate: Candidate) -> Iterator[str]:
    if candidate.idea.angle == "comparison":
        for known in landscape.competition[:1]:
            times = "one source" if known.mentions == 1 else f"{known.mentions} sources"
            yield f"{known.competitor} came up in {times}"


def worth_of(prospect: Prospect, index: int) -> str:
    """The sentence that says what a success of the candidate is worth, and from how many successes that is known."""
    artifact_type = prospect.candidates[index].idea.artifact_type
    worth = prospect.economy.worth.of(artifact_type)
    if worth is None:
        return "What a success is worth in money is not known yet, so the chance to reach the target decides."
    kind = with_article(artifact_name(artifact_type))
    money = Money(minor=round(worth), currency=prospect.economy.worth.currency)
    successes = prospect.economy.worth.successes
    return sentence(f"{kind} that succeeds is worth {money} of revenue, by {successes} successes so far")
