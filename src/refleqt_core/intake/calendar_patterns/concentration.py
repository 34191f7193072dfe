"""How entries are spread over campaigns, stages of the funnel, and channels."""

import numpy as np

from ...phrases import channel_name, listed
from ..calendar import CHANNELS
from .columns import CalendarColumns, Coded
from .findings import CampaignClustering, ChannelConcentration, Evidence, FunnelBalance, Part
from .shares import balance, herfindahl, parts_of
from .wording import share

STAGE_NAMES = {"tofu": "awareness (TOFU)", "mofu": "consideration (MOFU)", "bofu": "decision (BOFU)"}
THIN = 0.15
"""A stage with less than that share is nearly missing."""
LEANING = 0.5
"""A channel with more than that share is a risk."""


def campaign_clustering(calendar: CalendarColumns, keep: int | None) -> CampaignClustering:
    """What share of the entries is in a campaign, and how they are spread over the campaigns."""
    counts = calendar.campaign.counts
    within, index = int(counts.sum()), herfindahl(counts)
    parts = parts_of(counts, calendar.campaign.names)
    alone = calendar.newest(np.flatnonzero(calendar.campaign.codes < 0))
    return CampaignClustering(
        value=within / calendar.n if calendar.n else None,
        n=calendar.n,
        sentence=_campaigns(parts, within, calendar.n, index),
        evidence=(
            *_largest(calendar, calendar.campaign, parts, keep),
            calendar.evidence("in no campaign", alone, keep=keep),
        ),
        campaigns=parts,
        herfindahl=index,
        effective=1 / index if index else None,
    )


def _campaigns(parts: tuple[Part, ...], within: int, n: int, index: float | None) -> str:
    if not index:
        return "No entry is in a campaign." if n else "There is no entry yet, so no campaign either."
    said = f"{share(within / n)} of the entries are in a campaign"
    if len(parts) == 1:
        return f"{said}, all of them in {parts[0].name}."
    return f"{said}, in {len(parts)} of them, spread like {1 / index:.1f} equal ones; {_most(parts[0])}."


def _most(part: Part) -> str:
    return f"the largest, {part.name}, holds {share(part.share)}"


def funnel_balance(calendar: CalendarColumns, keep: int | None) -> FunnelBalance:
    """How the entries that name a stage are spread over the three, and which one is missing."""
    counts = calendar.stage.counts
    parts = parts_of(counts, calendar.stage.names)
    unstaged = calendar.newest(np.flatnonzero(calendar.stage.codes < 0))
    missing = tuple(name for name, count in zip(calendar.stage.names, counts, strict=True) if not count)
    return FunnelBalance(
        value=balance(counts),
        n=int(counts.sum()),
        sentence=_funnel(calendar, parts, missing),
        evidence=(
            *_largest(calendar, calendar.stage, parts, keep),
            calendar.evidence("without a funnel stage", unstaged, keep=keep),
        ),
        stages=tuple(sorted(parts, key=lambda part: calendar.stage.names.index(part.name))),
        missing=missing if parts else (),
        unstaged=unstaged.size,
    )


def _funnel(calendar: CalendarColumns, parts: tuple[Part, ...], missing: tuple[str, ...]) -> str:
    if not parts:
        return "No entry names its funnel stage." if calendar.n else "There is no entry yet, so no funnel either."
    said = ", ".join(f"{share(part.share)} {STAGE_NAMES[part.name]}" for part in parts)
    if missing:
        return f"{said}: nothing at all for {listed([STAGE_NAMES[name] for name in missing])}."
    if parts[-1].share < THIN:
        return f"{said}: too little for {STAGE_NAMES[parts[-1].name]}."
    return f"{said}: every stage has its share."


def channel_concentration(calendar: CalendarColumns, keep: int | None) -> ChannelConcentration:
    """How the entries are spread over the channels that they go out on."""
    entry, channel = calendar.channels
    counts = np.bincount(channel, minlength=len(CHANNELS))
    parts, index = parts_of(counts, CHANNELS), herfindahl(counts)
    without = calendar.newest(np.setdiff1d(np.arange(calendar.n), entry))
    evidence = [calendar.evidence("without a channel", without, keep=keep)]
    if parts:
        most = calendar.newest(entry[channel == CHANNELS.index(parts[0].name)])
        evidence.insert(0, calendar.evidence(f"on {channel_name(parts[0].name)}, the most used", most, keep=keep))
    return ChannelConcentration(
        value=index,
        n=calendar.n - without.size,
        sentence=_channels(calendar, parts, index),
        evidence=tuple(evidence),
        channels=parts,
        effective=1 / index if index else None,
        without=without.size,
    )


def _channels(calendar: CalendarColumns, parts: tuple[Part, ...], index: float | None) -> str:
    if not index:
        return "No entry names a channel." if calendar.n else "There is no entry yet, so no channel either."
    first, name = parts[0], channel_name(parts[0].name)
    if len(parts) == 1:
        return f"Everything goes out on {name} alone."
    said = f"{len(parts)} channels, used like {1 / index:.1f} equal ones; {name} has {share(first.share)}"
    return f"{said}: much depends on it." if first.share > LEANING else f"{said}: no channel carries it all."


def _largest(calendar: CalendarColumns, coded: Coded, parts: tuple[Part, ...], keep: int | None) -> list[Evidence]:
    """The entries of the largest part."""
    if not parts:
        return []
    newest = calendar.newest(np.flatnonzero(coded.codes == coded.names.index(parts[0].name)))
    label = STAGE_NAMES.get(parts[0].name, parts[0].name)
    return [calendar.evidence(f"in {label}, the largest part", newest, keep=keep)]
