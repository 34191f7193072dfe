"""Which initiative to propose: for whom, about what, of which artifacts, in which order and when."""

import math
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import attrs
import numpy as np
from numpy.typing import NDArray

from ..phrases import angle_name
from .artifact_formats import FORMATS, STAGES
from .candidates import Idea, Moment
from .choices import Prospect
from .landscape import Landscape
from .planner import Choice, PlanningPolicy, chosen_by_draw
from .quotes import Quote, recurring

FEWEST, MOST = 3, 5
"""Artifacts of an execution map."""
APART = timedelta(days=2)
"""What lies at least between two artifacts of a map."""
SAME_THEME = timedelta(days=28)
"""How long a theme isn't proposed again to the same people."""
MAP_TRAITS = np.array([0.2, 0.3, 0.2, 0.3])
"""Of artifact type, channel, angle and funnel stage in the likeness of two artifacts of one map."""


class Theme(NamedTuple):
    """What a map is about; ``keyword`` where it is a search term, and the words of people that it comes from."""

    text: str
    keyword: str | None = None
    quotes: tuple[Quote, ...] = ()


@attrs.frozen(kw_only=True, eq=False)
class Bundle:
    """The candidates of one initiative, the most valuable first, and how likely its segment was to be chosen.

    ``alternatives`` are all segments with their propensity and the value that is expected of their bundle.
    """

    segment: str
    chosen: tuple[int, ...]
    propensity: float
    alternatives: tuple[dict[str, object], ...]


def best_bundle(ahead: Prospect, policy: PlanningPolicy) -> Bundle | None:
    """The segment whose bundle is worth most in the first draw; None where no segment has artifacts enough.

    The propensity of a segment is the share of draws in which its bundle is worth most.
    """
    worths: dict[str, NDArray[np.float64]] = {}
    bundles: dict[str, list[int]] = {}
    for segment in ahead.landscape.segments:
        choice = _within(ahead, segment.key)
        available = len(np.unique(choice.idea[choice.open]))
        if available < FEWEST:
            continue
        chosen = chosen_by_draw(choice, min(MOST, available), policy.diversity)
        worths[segment.key] = _values(choice, chosen).mean(axis=1)
        bundles[segment.key] = chosen[0].tolist()
    if not worths:
        return None
    names = list(worths)
    by_draw = np.array([worths[name] for name in names])
    winners = np.argmax(by_draw, axis=0)
    shares = np.bincount(winners, minlength=len(names)) / by_draw.shape[1]
    best = int(winners[0])
    return Bundle(
        segment=names[best],
        chosen=tuple(_worth_it(ahead, bundles[names[best]])),
        propensity=float(shares[best]),
        alternatives=tuple(
            {"segment": name, "propensity": float(share), "value": round(float(by_draw[i].mean()), 6)}
            for i, (name, share) in enumerate(zip(names, shares, strict=True))
        ),
    )


def theme_of(ahead: Prospect, segment_key: str) -> Theme:
    """The first theme that was not proposed to that segment lately.

    A searched term without content comes first, then the segment's pain points, then what comes up about them on the
    vent board again and again, then terms of unknown volume, then the segment's angles.
    """
    recent = [
        each.recommendation_content
        for each in ahead.landscape.recommended
        if each.recommendation_type == "execution_map" and ahead.landscape.now - each.recommended_at < SAME_THEME
    ]
    used = {content.get("theme") for content in recent if content.get("segment") == segment_key}
    themes = list(_themes(ahead, segment_key))
    return next((theme for theme in themes if theme.text not in used), themes[-1])


def timeline(
    ahead: Prospect, chosen: Sequence[int], moments: Sequence[Moment], now: datetime
) -> list[tuple[int, datetime]]:
    """The chosen candidates in the order of the funnel, each with its moment: in its own slot and after the one before.

    Where its slot doesn't come any more within the horizon, the first moment that it can be ready by is taken.
    """
    order = sorted(chosen, key=lambda i: (STAGES.index(ahead.candidates[i].idea.stage), ahead.candidates[i].moment.at))
    placed: list[tuple[int, datetime]] = []
    for index in order:
        candidate = ahead.candidates[index]
        earliest = max(now + candidate.idea.lead, placed[-1][1] + APART if placed else now)
        later = [moment for moment in moments if moment.at >= earliest]
        in_slot = [moment.at for moment in later if moment.slot == candidate.moment.slot]
        at = in_slot[0] if in_slot else later[0].at if later else earliest
        placed.append((index, at))
    return placed


def weeks_late(now: datetime, artifacts: Sequence[tuple[str, datetime]]) -> int:
    """By how many weeks artifacts (type, moment) have to move so that each of them can still be made in time."""
    late = [now + timedelta(days=FORMATS[kind].lead_days) - at for kind, at in artifacts]
    return max(0, *(math.ceil(each / timedelta(weeks=1)) for each in late)) if late else 0


def weeks_later(moment: datetime, weeks: int, time_zone: str) -> datetime:
    """The same weekday and hour, where the business is, that many weeks later."""
    local = moment.astimezone(ZoneInfo(time_zone)) + timedelta(weeks=weeks)
    return local.astimezone(moment.tzinfo)


def support_of(ahead: Prospect, idea: Idea, slot: str) -> list[tuple[str, timedelta, str]]:
    """The two channels that carry an artifact on best to the same people: channel, how long after, and as what."""
    carriers = {"linkedin": "social_post", "twitter": "social_post", "instagram": "social_post", "email": "newsletter"}
    own = {other.channel for other in ahead.ideas} - {idea.channel}
    usable = sorted(channel for channel in carriers if channel in own)
    chances = ahead.model.chances([(idea.segment, channel, idea.angle, slot) for channel in usable])
    best = sorted(zip(chances.tolist(), usable, strict=True), key=lambda pair: (-pair[0], pair[1]))[:2]
    return [(channel, timedelta(days=1 + 2 * i), carriers[channel]) for i, (_, channel) in enumerate(best)]


def _within(ahead: Prospect, segment: str) -> Choice:
    columns = [
        [candidate.idea.artifact_type for candidate in ahead.candidates],
        [candidate.idea.channel for candidate in ahead.candidates],
        [candidate.idea.angle for candidate in ahead.candidates],
        [candidate.idea.stage for candidate in ahead.candidates],
    ]
    own = np.array([candidate.idea.segment == segment for candidate in ahead.candidates], dtype=bool)
    traits = np.column_stack([np.unique(column, return_inverse=True)[1] for column in columns]).astype(np.int64)
    return attrs.evolve(ahead.choice, traits=traits, trait_weights=MAP_TRAITS, open=ahead.choice.open & own)


def _values(choice: Choice, chosen: NDArray[np.int64]) -> NDArray[np.float64]:
    """The value of each chosen candidate in its own draw, (draws, count)."""
    draws = np.arange(len(chosen))[:, None]
    values: NDArray[np.float64] = choice.sampled[draws, chosen] * choice.worth[chosen]
    return values - choice.cost[chosen] + choice.fit[chosen]


def _worth_it(ahead: Prospect, chosen: Sequence[int]) -> Iterator[int]:
    """The first three, and of the others those that bring in more than they cost or work better than usual."""
    for position, index in enumerate(chosen):
        value = ahead.expected_value(index)
        pays = ahead.choice.chance[index] >= ahead.model.baseline if value is None else value > 0
        if position < FEWEST or pays:
            yield index


def _themes(ahead: Prospect, segment_key: str) -> Iterator[Theme]:
    landscape: Landscape = ahead.landscape
    segment = landscape.segment_by_key[segment_key]
    terms = [term for term in ahead.gaps.search_terms if term.segment in (None, segment_key)]
    yield from (Theme(term.term, term.term) for term in terms if term.volume)
    for pain in segment.pain_points:
        yield Theme(pain.rstrip("."), None, (Quote(pain, "onboarding", landscape.profile.id),))
    for theme in recurring(landscape, segment.pain_points, count=3):
        yield Theme(theme.label, None, (theme.quote,))
    yield from (Theme(term.term, term.term) for term in terms if not term.volume)
    yield from (Theme(angle_name(angle)) for angle in _angles(ahead, segment_key))


def _angles(ahead: Prospect, segment_key: str) -> list[str]:
    """The angles for the segment, the likeliest to succeed first."""
    best: dict[str, float] = {}
    for candidate, chance in zip(ahead.candidates, ahead.choice.chance.tolist(), strict=True):
        if candidate.idea.segment == segment_key:
            best[candidate.idea.angle] = max(best.get(candidate.idea.angle, 0.0), chance)
    return sorted(best, key=lambda angle: (-best[angle], angle))
