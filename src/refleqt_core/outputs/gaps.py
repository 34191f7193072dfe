"""What the calendar lacks: funnel stages, quiet weeks, search terms without content, events nobody is told about."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

import attrs
import numpy as np
from numpy.typing import NDArray

from ..intake.calendar import CalendarEntry, SeoMetadata
from ..phrases import artifact_name, day_name
from .artifact_formats import FORMATS, SEARCHED, STAGE_OF_INTENT, STAGE_WORDS, STAGES, stage_of
from .candidates import Candidate, Idea, Moment
from .identifying_strings import identifying_strings
from .landscape import Landscape
from .planner import PlanningPolicy

Array = NDArray[np.float64]

BALANCE: Mapping[str, float] = {"tofu": 0.4, "mofu": 0.35, "bofu": 0.25}
"""The shares of the funnel stages that a calendar is measured against."""
SMOOTHING = 4.0
"""Entries of the business's usual mix that each segment's own mix is drawn to."""
LOOKED_BACK = timedelta(days=60)
WEEK = timedelta(days=7)
LAUNCH_TYPES = frozenset({"landing_page", "blog_copy", "video_script", "podcast"})
"""Artifact types that are an event of their own when they bring news of a product, as a webinar is at any time."""
RUN_UP = (timedelta(days=2), timedelta(days=14))
"""How long before an event it is still and already worth telling people."""


class SearchTerm(NamedTuple):
    """A term that people look for and nothing of the business aims at."""

    term: str
    stage: str
    segment: str | None
    volume: int


@attrs.frozen(eq=False)
class Gaps:
    """The gaps of one calendar, as numbers in [0, 1] and as the phrase that says what is lacking."""

    landscape: Landscape

    @cached_property
    def funnel(self) -> Mapping[tuple[str, str], float]:
        """By segment and stage how much of the stage's share is missing."""
        recent = self.landscape.published_since(self.landscape.now - LOOKED_BACK) + self.landscape.planned
        overall = Counter(_stage(entry) for entry in recent)
        found = {}
        for segment in self.landscape.segments:
            own = Counter(_stage(entry) for entry in recent if entry.icp_segment == segment.key)
            for stage in STAGES:
                usual = overall[stage] / len(recent) if recent else BALANCE[stage]
                present = (own[stage] + SMOOTHING * usual) / (own.total() + SMOOTHING)
                found[segment.key, stage] = max(0.0, 1 - present / BALANCE[stage])
        return found

    @cached_property
    def weekly(self) -> float:
        """How many entries went out a week over the last eight weeks."""
        return len(self.landscape.published_since(self.landscape.now - 8 * WEEK)) / 8

    def quiet(self, moment: datetime) -> float:
        """How much of the usual number of entries is missing in the moment's week, counted from now."""
        if not self.weekly:
            return 0.0
        week = (moment - self.landscape.now) // WEEK
        start = self.landscape.now + week * WEEK
        planned = sum(start <= entry.publish_at < start + WEEK for entry in self.landscape.planned if entry.publish_at)
        return max(0.0, 1 - planned / self.weekly)

    @cached_property
    def search_terms(self) -> tuple[SearchTerm, ...]:
        """Terms without content, the most searched first: keywords and the secondary keywords of what there is."""
        entries = {entry.id: entry for entry in self.landscape.entries}
        rows = [row for row in self.landscape.seo if row.calendar_entry_id in entries]
        covered = {_key(row.primary_keyword) for row in rows if row.primary_keyword and _is_made(entries, row)}
        found: dict[str, SearchTerm] = {}
        for row in rows:
            if row.search_intent in SEARCHED:
                segment = entries[row.calendar_entry_id].icp_segment
                for term in row.secondary_keywords:
                    found.setdefault(_key(term), SearchTerm(term, STAGE_OF_INTENT[row.search_intent], segment, 0))
        for keyword in self.landscape.keywords:
            if keyword.search_intent in SEARCHED:
                stage = STAGE_OF_INTENT[keyword.search_intent]
                known = found.get(_key(keyword.term))
                found[_key(keyword.term)] = SearchTerm(
                    keyword.term, stage, known and known.segment, keyword.search_volume or 0
                )
        is_own = brand_search(self.landscape)
        lacking = [term for key, term in found.items() if key not in covered and not is_own(key)]
        return tuple(sorted(lacking, key=lambda term: (-term.volume, term.term)))

    def terms_for(self, idea: Idea) -> list[SearchTerm]:
        """The terms without content that such an artifact could aim at."""
        if not FORMATS[idea.artifact_type].is_searched:
            return []
        return [term for term in self.search_terms if term.stage == idea.stage and term.segment in (None, idea.segment)]

    @cached_property
    def events(self) -> tuple[CalendarEntry, ...]:
        """Planned webinars and launches, in the order of time."""
        events = [entry for entry in self.landscape.planned if _is_event(entry)]
        return tuple(sorted(events, key=lambda entry: (entry.publish_at or self.landscape.now, entry.external_id)))

    def event_ahead(self, idea: Idea, moment: datetime) -> CalendarEntry | None:
        """The next event for the same people that the moment is the right time to speak of."""
        for event in self.events:
            ahead = event.publish_at is not None and RUN_UP[0] <= event.publish_at - moment <= RUN_UP[1]
            if ahead and event.icp_segment in (None, idea.segment) and event.artifact_type != idea.artifact_type:
                return event
        return None

    def crowding(self, channel: str, moment: datetime) -> float:
        """1 where something is planned on that channel within a day of the moment, else 0."""
        day = timedelta(days=1)
        return float(
            any(
                entry.channel == channel and entry.publish_at is not None and abs(entry.publish_at - moment) < day
                for entry in self.landscape.planned
            )
        )

    def moment_fit(self, ideas: Sequence[Idea], moments: Sequence[Moment], policy: PlanningPolicy) -> Array:
        """What the moments are worth to the ideas, shape (ideas, moments), in successes."""
        quiet = np.array([self.quiet(moment.at) for moment in moments])
        crowded = {c: np.array([self.crowding(c, moment.at) for moment in moments]) for c in {i.channel for i in ideas}}
        kinds = {(idea.artifact_type, idea.segment): idea for idea in ideas}
        run_up = {
            kind: np.array([float(self.event_ahead(idea, moment.at) is not None) for moment in moments])
            for kind, idea in kinds.items()
        }
        rows = [
            policy.cadence * quiet
            + policy.deadline * run_up[idea.artifact_type, idea.segment]
            - policy.crowding * crowded[idea.channel]
            for idea in ideas
        ]
        return np.array(rows).reshape(len(ideas), len(moments))

    def idea_fit(self, ideas: Sequence[Idea], policy: PlanningPolicy) -> Array:
        """What the ideas are worth to the funnel and to the search terms without content, (ideas,), in successes."""
        return np.array(
            [
                policy.funnel * self.funnel[idea.segment, idea.stage] + policy.keyword * bool(self.terms_for(idea))
                for idea in ideas
            ]
        )

    def lacking(self, candidate: Candidate, keyword: str | None, policy: PlanningPolicy) -> str | None:
        """What the candidate mends, as a noun phrase; None where nothing is lacking."""
        idea, at = candidate.idea, candidate.moment.at
        event = self.event_ahead(idea, at)
        zone = self.landscape.business.time_zone
        lacks = [
            (
                policy.funnel * self.funnel[idea.segment, idea.stage],
                f"{STAGE_WORDS[idea.stage]} content for {self.landscape.audience(idea.segment)}",
            ),
            (policy.keyword * (keyword is not None), f"content for the search term “{keyword}”"),
            (policy.cadence * self.quiet(at), f"content for the week of {day_name(at, zone)}"),
        ]
        if event is not None and event.publish_at is not None:
            what, day = artifact_name(event.artifact_type), day_name(event.publish_at, zone)
            lacks.append((policy.deadline, f"a run-up to the {what} “{event.title}” of {day}"))
        worth, phrase = max(lacks, key=lambda each: each[0])
        return phrase if worth > 0.02 else None


def brand_search(landscape: Landscape) -> Callable[[str], bool]:
    """Whether a term names the business or a product of it: who searches for that has found it already."""
    products = [product.name for product in landscape.profile.products]
    strings = identifying_strings(businesses=[landscape.business.name], products=products)
    names = [f" {_key(string.text)} " for string in strings]
    return lambda term: any(name in f" {_key(term)} " for name in names)


def _stage(entry: CalendarEntry) -> str:
    return entry.funnel_stage or stage_of(entry.artifact_type, entry.angle or "")


def _is_event(entry: CalendarEntry) -> bool:
    is_launch = entry.angle == "product_news" and entry.artifact_type in LAUNCH_TYPES
    return is_launch or entry.artifact_type == "webinar"


def _key(term: str) -> str:
    return " ".join(term.casefold().split())


def _is_made(entries: Mapping[UUID, CalendarEntry], row: SeoMetadata) -> bool:
    return entries[row.calendar_entry_id].status != "idea"
