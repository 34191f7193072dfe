"""Composes the words of suggestions, maps and briefs from their facts alone, differently for different facts."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from refleqt_core.outputs.wording import BriefFacts, MapFacts, SuggestionFacts
from refleqt_core.phrases import (
    angle_name,
    artifact_on,
    capital,
    inside,
    listed,
    on_channel,
    people,
    sentence,
    spoken,
    weekday_name,
    with_article,
)

from .offline_phrasing import Variation, bare, quoted

_SHORT_QUOTE = 9
_SHORT_THEME = 4
_TITLES: Mapping[str, tuple[str, ...]] = {
    "proof": (
        "{Subject}: how it went for {people}",
        "{Subject}: what changed for {people}",
        "{Subject}, in the words of {people}",
    ),
    "how": ("{Subject}: a guide for {people}", "{Subject}, step by step", "{Subject}: where {people} begin"),
    "against": (
        "{Subject}: what the usual advice misses",
        "{Subject}: another view",
        "{Subject}: what {people} are rarely told",
    ),
    "numbers": ("{Subject} in numbers", "{Subject}: the figures for {people}", "{Subject}: does it pay?"),
    "behind": ("{Subject}: behind the scenes", "{Subject}: how we work on it", "{Subject}: the people behind it"),
    "compare": ("{Subject}: how to choose", "{Subject}: the options side by side", "{Subject} compared for {people}"),
    "news": ("{Subject}: what is new", "{Subject}: new for {people}", "{Subject}: what {people} can do now"),
    "other": ("{Subject}: what {people} need to know", "{Subject}: why it matters", "{Subject}: where to begin"),
}
_FAMILIES = (
    ("proof", ("proof", "testimonial", "case", "customer story", "success", "review")),
    ("how", ("how", "education", "guide", "tutorial", "practical", "tips", "checklist")),
    ("against", ("contrarian", "myth", "opinion", "provocat", "mistake")),
    ("numbers", ("data", "number", "research", "benchmark", "statistic", "roi")),
    ("behind", ("behind", "founder", "story", "team", "culture", "personal")),
    ("compare", ("compar", "versus", "alternative", "competit")),
    ("news", ("launch", "news", "announce", "release", "product update", "urgency", "offer")),
)
_PROOF_STEPS: Mapping[str, str] = {
    "proof": "Let one customer tell the before and the after, with a name and a role they agree to",
    "how": "Give the steps in the order in which they are done, each with what it takes and how to see that it worked",
    "against": "Name the common advice fairly, then show where it breaks and what to do instead",
    "numbers": "Show the figures with their source and period, and say in plain words what follows from them",
    "behind": "Show the people and the place: what was tried, what failed, what was kept",
    "compare": "Lay the options side by side on the criteria that the audience itself uses",
    "news": "Say what is new, for whom, and from when",
    "other": "Make the point with one concrete example from the audience's own working day",
}
_NEEDS = ("Speak to what they need", "Take up this as well")
_OPENINGS: Mapping[str, str] = {
    "email": "Subject line: say the benefit plainly, the sender's name does the rest",
    "linkedin": "First line: stop the scroll with the problem, not with the product",
    "instagram": "First frame: the problem in one picture",
    "tiktok": "Opening shot: the problem happening, no logo",
    "youtube": "Opening shot: the question that the video answers",
    "blog": "Introduction: the question that the reader came with, and the short answer",
    "seo": "Introduction: the question that the reader searched for, and the short answer",
    "website": "Headline: what the visitor gets, in words that they use themselves",
    "webinar": "Welcome: what the participants will be able to do afterwards",
    "podcast": "Opening: the question that the episode answers",
    "ads": "Headline: the problem; below it: the way out",
}
_VOICE: Mapping[str, tuple[str, str]] = {
    "formality": ("Casual: contractions are fine, as in a talk between colleagues", "Formal: full sentences, no slang"),
    "technicality": (
        "Accessible: explain every term that a newcomer would not know",
        "Technical: use the terms of the trade and be exact",
    ),
    "boldness": ("Measured: claim no more than can be shown", "Bold: take a position in the first sentence"),
    "playfulness": ("Serious: no jokes at the expense of clarity", "Playful: a light touch is welcome"),
}


def suggestion(facts: SuggestionFacts) -> dict[str, Any]:
    """The JSON of a `SuggestionWording`."""
    vary = Variation(asdict(facts))
    return {"title": _title(facts, vary), "why_now": _why_now(facts, vary), "outline": _outline(facts, vary)}


def execution_map(facts: MapFacts) -> dict[str, Any]:
    """The JSON of a `MapWording`."""
    vary = Variation(asdict(facts))
    titles: list[str] = []
    for i, artifact in enumerate(facts.artifacts):
        titles.append(_title(artifact, _varied(artifact, i), titles))
    kinds = list(dict.fromkeys(with_article(_kind(artifact)) for artifact in facts.artifacts))
    return {
        "title": _map_title(facts),
        "rationale": _joined([*_aim(facts, vary), _whole(kinds, facts.cost)]),
        "why_now": _joined([*facts.evidence[:3], _window(facts), _competition(facts, vary)]),
        "artifacts": [_artifact(facts, i, title) for i, title in enumerate(titles)],
    }


def brief(facts: BriefFacts) -> dict[str, Any]:
    """The JSON of a `BriefWording`."""
    vary = Variation(asdict(facts))
    kind, angle, subject = _kind(facts), angle_name(facts.angle), _subject(facts)
    return {
        "headline": vary.pick(
            "headline",
            f"{capital(subject)}: {with_article(kind)} told by way of {angle}",
            f"{capital(subject)}: {with_article(kind)} with the angle {angle}",
            f"{capital(subject)}: {with_article(kind)} built on {angle}",
        ),
        "key_messages": _messages(facts, vary),
        "tone_guidelines": _tone(facts),
        "what_to_avoid": _to_avoid(facts),
        "success_looks_like": sentence(f"It has worked when it reaches {facts.success_metric}"),
        "audience_description": _audience(facts, vary),
        "structure": _structure(facts),
    }


def _title(facts: SuggestionFacts, vary: Variation, taken: Sequence[str] = ()) -> str:
    """A title unlike those that are ``taken``, as long as there is one."""
    words = {"Subject": capital(_subject(facts)), "people": people(spoken(facts.segment_name))}
    titles = [template.format(**words) for template in _TITLES[_family(facts.angle)]]
    return vary.pick("title", *([title for title in titles if title not in taken] or titles))


def _varied(facts: SuggestionFacts, position: int) -> Variation:
    return Variation({**asdict(facts), "position": position})


def _map_title(facts: MapFacts) -> str:
    audience, theme = people(spoken(facts.segment_name)), bare(facts.theme)
    if len(theme.split()) <= _SHORT_THEME:
        return f"{capital(theme)} for {audience}"
    return f"{capital(audience)}: {inside(theme)}"


def _aim(facts: MapFacts, vary: Variation) -> list[str]:
    segment, theme = spoken(facts.segment_name), inside(bare(facts.theme))
    goal = facts.goal.replace(facts.segment_name, "them")
    return [
        vary.pick("aim", f"It speaks to {segment} about {theme}", f"It is for {segment}, and about {theme}"),
        vary.pick("goal", f"The goal is {goal}", f"What counts in the end is {goal}"),
    ]


def _whole(kinds: Sequence[str], cost: str) -> str:
    lead = ", which lead from one to the next" if len(kinds) > 1 else ""
    made = f"It consists of {listed(kinds)}{lead}" if kinds else ""
    return _joined([made, f"All of it together costs {cost}" if cost else ""])


def _why_now(facts: SuggestionFacts, vary: Variation) -> str:
    campaign = f"It carries on the campaign {facts.campaign}" if facts.campaign else ""
    gap = vary.pick("gap", f"The calendar lacks {facts.gap}", f"So far the calendar lacks {facts.gap}")
    return _joined([*facts.evidence[:2], gap if facts.gap else "", _outlook(facts, vary), campaign])


def _outlook(facts: SuggestionFacts, vary: Variation) -> str:
    """The chance with the day; what is usual only where the reasons and the gap have not said it."""
    chance, baseline, day = facts.success_chance_percent, facts.baseline_percent, weekday_name(facts.publish_on)
    out = "Published then" if day in (facts.gap or "") else f"Published on {day}"
    usual = "" if any("is usual" in each for each in facts.evidence[:2]) else f", where {baseline} % is usual"
    if chance <= baseline:
        low = f"{out}, it has a chance of {chance} % to reach its target"
        return f"{low}{usual}: it is worth trying for what it would teach"
    return vary.pick(
        "outlook",
        f"{out}, it has a chance of {chance} % to reach its target{usual}",
        f"{out}, it reaches its target with a probability of {chance} %{usual}",
    )


def _outline(facts: SuggestionFacts, vary: Variation) -> list[str]:
    segment = spoken(facts.segment_name)
    steps = [_opening(facts.channel)]
    if facts.pains:
        steps.append(f"Begin where {segment} are: {quoted(facts.pains[0])}")
    else:
        steps.append(f"Describe the situation as {segment} would describe it themselves")
    steps.append(_PROOF_STEPS[_family(facts.angle)])
    if len(facts.pains) > 1:
        steps.append(f"Take up the objection that follows: {quoted(facts.pains[1])}")
    if facts.products:
        steps.append(f"Show what {facts.products[0]} does about it, and what it does not do")
    steps.append(_ending(facts, vary))
    return steps


def _opening(channel: str) -> str:
    names = channel.casefold().replace("_", " ").split()
    return next((step for name, step in _OPENINGS.items() if name in names), "Opening: the problem, in plain words")


def _ending(facts: SuggestionFacts, vary: Variation) -> str:
    keyword = f", with “{facts.keyword}” in the title and a heading" if facts.keyword else ""
    return vary.pick(
        "ending",
        f"Close with one next step, the smallest that makes sense{keyword}",
        f"End on a single call to action{keyword}",
        f"Finish with the question that starts a conversation{keyword}",
    )


def _artifact(whole: MapFacts, i: int, title: str) -> dict[str, Any]:
    facts = whole.artifacts[i]
    role = "opens the map" if i == 0 else "closes the map" if i == len(whole.artifacts) - 1 else "carries the map on"
    what = f"{capital(angle_name(facts.angle))} {on_channel(facts.channel)}, {weekday_name(facts.publish_on)}"
    note = f"{what}: it {role}, with a chance of {facts.success_chance_percent} % to reach its target"
    return {"title": title, "outline": _outline(facts, _varied(facts, i)), "angle_note": sentence(note)}


def _window(facts: MapFacts) -> str:
    days = sorted(artifact.publish_on for artifact in facts.artifacts)
    if not days:
        return ""
    return (
        f"It runs from {weekday_name(days[0])} to {weekday_name(days[-1])}"
        if days[0] != days[-1]
        else f"It runs on {weekday_name(days[0])}"
    )


def _competition(facts: MapFacts, vary: Variation) -> str:
    if not facts.competitors:
        return ""
    names = listed(facts.competitors)
    return vary.pick(
        "competition",
        f"{names} {'is' if len(facts.competitors) == 1 else 'are'} what this audience compares with",
        f"The audience hears from {names} as well",
    )


def _messages(facts: BriefFacts, vary: Variation) -> list[str]:
    """Three to five, what the audience needs first; who reported it stays unsaid."""
    messages = [f"{lead}: {inside(bare(pain))}" for lead, pain in zip(_NEEDS, facts.pains, strict=False)]
    messages += [f"What helps: {product}, shown at work and not praised" for product in facts.products[:1]]
    if facts.keyword:
        messages.append(f"The piece answers whoever looks for “{facts.keyword}”")
    general = (
        f"The angle is {angle_name(facts.angle)}: every part of the piece serves it",
        "The reader can act on it at once, without buying anything first",
        vary.pick("trust", "What is claimed is shown", "Nothing is promised that is not shown"),
    )
    return [sentence(message) for message in (*messages, *general)][: max(3, min(5, len(messages) + 1))]


def _tone(facts: BriefFacts) -> list[str]:
    guidelines = [
        _VOICE[name][value > 0.5] for name, value in facts.voice.items() if name in _VOICE and abs(value - 0.5) > 0.1
    ]
    if not guidelines:
        guidelines = ["Plain and friendly: say it as one person to another"]
    if facts.words_we_use:
        guidelines.append(f"Words that fit: {listed(facts.words_we_use)}")
    return [sentence(guideline) for guideline in guidelines]


def _to_avoid(facts: BriefFacts) -> list[str]:
    avoided = [f"These words: {listed(facts.words_we_avoid, 'or')}"] if facts.words_we_avoid else []
    avoided += [
        "Claims and figures that this brief does not give",
        "An opening about the company instead of the reader",
    ]
    if facts.voice.get("playfulness", 0.5) < 0.4:
        avoided.append("Puns and irony")
    if facts.voice.get("technicality", 0.5) < 0.4:
        avoided.append("Abbreviations and terms that only insiders know")
    return [sentence(each) for each in avoided]


def _audience(facts: BriefFacts, vary: Variation) -> str:
    return sentence(f"{vary.pick('for', 'for', 'written for', 'it is for')} {facts.persona}")


def _structure(facts: BriefFacts) -> list[str]:
    steps = [_opening(facts.channel), "The problem, so that the reader nods", _PROOF_STEPS[_family(facts.angle)]]
    if facts.products:
        steps.append(f"Where {facts.products[0]} comes in")
    steps.append("One next step")
    if facts.word_count:
        steps.append(f"Length: about {facts.word_count} words in all")
    if facts.keyword:
        steps.append(f"Use “{facts.keyword}” in the title, in the first paragraph and in one heading")
    return [sentence(step) for step in steps]


def _family(angle: str) -> str:
    plain = spoken(angle).casefold()
    return next((family for family, cues in _FAMILIES if any(cue in plain for cue in cues)), "other")


def _kind(facts: SuggestionFacts | BriefFacts) -> str:
    return artifact_on(facts.artifact_type, facts.channel)


def _subject(facts: SuggestionFacts | BriefFacts) -> str:
    """What it is about: the keyword, else the product, else a short quote, else what the audience does all day."""
    quote = next((quoted(pain) for pain in facts.pains if len(pain.split()) <= _SHORT_QUOTE), "")
    return facts.keyword or next(iter(facts.products), "") or quote or "the daily work"


def _joined(parts: Sequence[str]) -> str:
    return " ".join(sentence(part) for part in parts if part)
