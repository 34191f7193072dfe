"""Writes suggestions, maps and briefs by plain rules from their facts, where no model's words can be believed."""

from collections.abc import Mapping

from ..phrases import angle_name, artifact_name, artifact_on, capital, channel_name, listed, sentence, weekday_name
from .wording import (
    ArtifactWording,
    BriefFacts,
    BriefWording,
    MapFacts,
    MapWording,
    SuggestionFacts,
    SuggestionWording,
)

_VOICE: Mapping[str, tuple[str, str]] = {
    "formality": ("Casual, as in a talk between colleagues", "Formal, in full sentences"),
    "technicality": ("Accessible: explain every term of the trade", "Technical: use the terms of the trade exactly"),
    "boldness": ("Measured: claim no more than can be shown", "Bold: take a position at once"),
    "playfulness": ("Serious, without jokes", "Playful, with a light touch"),
}


def plain_suggestion(facts: SuggestionFacts) -> SuggestionWording:
    """The words of one suggestion."""
    reasons = [*facts.evidence[:2], f"The calendar lacks {facts.gap}" if facts.gap else "", _outlook(facts)]
    return SuggestionWording(
        title=_title(facts),
        why_now=" ".join(sentence(reason) for reason in reasons if reason),
        outline=_outline(facts),
    )


def plain_map(facts: MapFacts) -> MapWording:
    """The words of an execution map."""
    kinds = [artifact_on(each.artifact_type, each.channel) for each in facts.artifacts]
    return MapWording(
        title=f"{capital(facts.theme)} for {facts.segment_name}",
        rationale=" ".join(
            (
                sentence(f"One goal with {facts.segment_name}: {facts.goal}"),
                sentence(f"It consists of these artifacts: {listed(kinds)}"),
                sentence(f"All of it together costs {facts.cost}"),
            )
        ),
        why_now=" ".join(sentence(each) for each in facts.evidence[:3]) or sentence(f"The goal is {facts.goal}"),
        artifacts=[
            ArtifactWording(title=_title(each), outline=_outline(each), angle_note=sentence(_outlook(each)))
            for each in facts.artifacts
        ],
    )


def plain_brief(facts: BriefFacts) -> BriefWording:
    """The words of a brief."""
    pains = [f"Speak to this: {pain}" for pain in facts.pains[:2]]
    helps = [f"What helps: {product}, shown at work" for product in facts.products[:1]]
    searched = [f"It answers whoever looks for “{facts.keyword}”"] if facts.keyword else []
    general = [f"Every part serves the angle {angle_name(facts.angle)}", "The reader can act on it at once"]
    messages = [*pains, *helps, *searched, *general, "What is claimed is shown"]
    tone = [
        ends[value > 0.5] for name, ends in _VOICE.items() if abs((value := facts.voice.get(name, 0.5)) - 0.5) > 0.1
    ]
    tone += [f"Words that fit: {listed(facts.words_we_use)}"] if facts.words_we_use else []
    avoid = [f"These words: {listed(facts.words_we_avoid, 'or')}"] if facts.words_we_avoid else []
    kind = artifact_on(facts.artifact_type, facts.channel)
    return BriefWording(
        headline=capital(f"{kind}: {facts.keyword or angle_name(facts.angle)}"),
        key_messages=[sentence(message) for message in messages[: max(3, min(5, len(messages)))]],
        tone_guidelines=[sentence(each) for each in tone or ["Plain and friendly"]],
        what_to_avoid=[sentence(each) for each in [*avoid, "Claims and figures that this brief does not give"]],
        success_looks_like=sentence(f"It has worked when it reaches {facts.success_metric}"),
        audience_description=sentence(facts.persona),
        structure=[sentence(step) for step in _structure(facts)],
    )


def _title(facts: SuggestionFacts) -> str:
    subject = facts.keyword or next(iter(facts.products), "") or angle_name(facts.angle)
    return f"{capital(subject)}: {artifact_name(facts.artifact_type)} for {facts.segment_name}"


def _outlook(facts: SuggestionFacts) -> str:
    return (
        f"It meets its target with a chance of {facts.success_chance_percent} %, against {facts.baseline_percent} % of "
        f"what is usually published; the day is {weekday_name(facts.publish_on)}"
    )


def _outline(facts: SuggestionFacts) -> list[str]:
    begin = _quoted(facts.pains[0]) if facts.pains else f"the working day of {facts.segment_name}"
    steps = [
        f"Begin with {begin}",
        f"Make the point by way of {angle_name(facts.angle)}, with one concrete example",
        f"Show what {facts.products[0]} does about it" if facts.products else "Show what helps",
        f"Close with one next step{f', with “{facts.keyword}” in the title' if facts.keyword else ''}",
    ]
    return [sentence(step) for step in steps]


def _structure(facts: BriefFacts) -> list[str]:
    steps = [
        f"Opening for {channel_name(facts.channel)}: the problem, in plain words",
        f"The point, by way of {angle_name(facts.angle)}",
        f"Where {facts.products[0]} comes in" if facts.products else "What helps, and what it does not do",
        "One next step",
    ]
    return steps + ([f"About {facts.word_count} words in all"] if facts.word_count else [])


def _quoted(text: str) -> str:
    return f"“{text.strip().rstrip('.!')}”"
