"""Composes the words of suggestions, maps and briefs from their facts alone, differently for different facts."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from refleqt_core.outputs.wording import BriefFacts, MapFacts, SuggestionFacts

from .offline_phrasing import Variation, capital, day, listed, on_channel, quoted, readable, sentence, with_article

_SHORT_QUOTE = 9
_TITLES: Mapping[str, tuple[str, ...]] = {
    "proof": (
        "How {segment} got to grips with {subject}",
        "{Subject}: what changed for {segment}, in their own words",
        "What {segment} say about {subject}",
    ),
    "how": (
        "How to get {subject} right: a guide for {segment}",
        "{Subject}, step by step, for {segment}",
        "A working guide to {subject} for {segment}",
    ),
    "against": (
        "What most {segment} get wrong about {subject}",
        "The usual advice on {subject} fails {segment}",
        "Unpopular with some, useful to {segment}: another view of {subject}",
    ),
    "numbers": (
        "{Subject} in numbers, for {segment}",
        "What the numbers say about {subject}",
        "{Segment}, measured: the facts on {subject}",
    ),
    "behind": (
        "Behind the scenes: how we work on {subject}",
        "What we learned about {subject} from {segment}",
        "The people behind {subject}",
    ),
    "compare": (
        "{Subject}: the options for {segment}, side by side",
        "Choosing well: {subject} compared for {segment}",
        "How {segment} can compare their options for {subject}",
    ),
    "news": (
        "New for {segment}: {subject}",
        "{Subject}: what is new and whom it helps",
        "What {segment} can do now about {subject}",
    ),
    "other": (
        "{Subject}: what {segment} need to know",
        "Why {subject} matters to {segment}",
        "{Segment} and {subject}: where to begin",
    ),
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
    segment, goal = readable(facts.segment_name), readable(facts.goal)
    kinds = list(dict.fromkeys(_kind(artifact) for artifact in facts.artifacts))
    title = vary.pick(
        "title",
        f"{capital(facts.theme)}: a plan for {segment}",
        f"{capital(facts.theme)} for {segment}",
        f"Reach {segment} with {facts.theme}",
    )
    rationale = [
        vary.pick(
            "aim",
            f"This initiative speaks to {segment} about {facts.theme}, to achieve one thing: {goal}",
            f"Everything in this map serves one goal with {segment}: {goal}",
            f"The goal is {goal}, the audience is {segment}, and {facts.theme} is what connects them",
        ),
        f"It consists of {listed([with_article(kind) for kind in kinds])}, which lead from one to the next"
        if kinds
        else "",
        f"All of it together costs {facts.cost}" if facts.cost else "",
    ]
    return {
        "title": title,
        "rationale": _joined(rationale),
        "why_now": _joined([*facts.evidence[:3], _window(facts), _competition(facts, vary)]),
        "artifacts": [_artifact(artifact, i, facts) for i, artifact in enumerate(facts.artifacts)],
    }


def brief(facts: BriefFacts) -> dict[str, Any]:
    """The JSON of a `BriefWording`."""
    vary = Variation(asdict(facts))
    kind, angle = _kind(facts), readable(facts.angle)
    subject = _subject(facts)
    return {
        "headline": vary.pick(
            "headline",
            f"{capital(kind)} about {subject}, told by way of {angle}",
            f"{capital(with_article(kind))} on {subject} with the angle {angle}",
            f"{capital(subject)}: {with_article(kind)} built on {angle}",
        ),
        "key_messages": _messages(facts, vary),
        "tone_guidelines": _tone(facts),
        "what_to_avoid": _to_avoid(facts),
        "success_looks_like": sentence(f"It has worked when it reaches {facts.success_metric}"),
        "audience_description": _audience(facts, vary),
        "structure": _structure(facts),
    }


def _title(facts: SuggestionFacts, vary: Variation) -> str:
    segment, subject = readable(facts.segment_name), _subject(facts)
    template = vary.pick("title", *_TITLES[_family(facts.angle)])
    words = {"segment": segment, "subject": subject, "Segment": capital(segment), "Subject": capital(subject)}
    return capital(template.format(**words))


def _why_now(facts: SuggestionFacts, vary: Variation) -> str:
    chance, baseline = facts.success_chance_percent, facts.baseline_percent
    if chance > baseline:
        outlook = vary.pick(
            "outlook",
            f"The chance that it meets its target is {chance} %, against {baseline} % for what is usually published",
            f"It should meet its target with a probability of {chance} %; the usual rate is {baseline} %",
            f"Expect it to work in {chance} % of cases, where the average piece works in {baseline} %",
        )
    else:
        outlook = (
            f"Its chance to meet the target is {chance} % (the usual rate is {baseline} %): it is worth trying for "
            "what it would teach"
        )
    timing = vary.pick(
        "timing",
        f"{capital(day(facts.publish_on))} is the day to publish it",
        f"Publish it on {day(facts.publish_on)}",
        f"It is planned for {day(facts.publish_on)}",
    )
    gap = vary.pick("gap", f"The calendar lacks {facts.gap}", f"Nothing planned so far covers {facts.gap}")
    campaign = f"It carries on the campaign {facts.campaign}"
    parts = [*facts.evidence[:2], gap if facts.gap else "", outlook, timing, campaign if facts.campaign else ""]
    return _joined(parts)


def _outline(facts: SuggestionFacts, vary: Variation) -> list[str]:
    segment = readable(facts.segment_name)
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


def _artifact(facts: SuggestionFacts, i: int, whole: MapFacts) -> dict[str, Any]:
    vary = Variation({**asdict(facts), "position": i})
    role = "opens the map" if i == 0 else "closes the map" if i == len(whole.artifacts) - 1 else "carries the map on"
    note = (
        f"{capital(readable(facts.angle))} {on_channel(facts.channel)}, {day(facts.publish_on)}: it {role}, with a "
        f"chance of {facts.success_chance_percent} % to meet its target"
    )
    return {"title": _title(facts, vary), "outline": _outline(facts, vary), "angle_note": sentence(note)}


def _window(facts: MapFacts) -> str:
    days = sorted(artifact.publish_on for artifact in facts.artifacts)
    if not days:
        return ""
    return f"It runs from {day(days[0])} to {day(days[-1])}" if days[0] != days[-1] else f"It runs on {day(days[0])}"


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
    """Three to five, the audience's own words first."""
    messages = [f"The problem in the audience's own words: {quoted(pain)}" for pain in facts.pains[:2]]
    messages += [f"What helps: {product}, shown at work and not praised" for product in facts.products[:1]]
    if facts.keyword:
        messages.append(f"The piece answers whoever looks for “{facts.keyword}”")
    general = (
        f"The angle is {readable(facts.angle)}: every part of the piece serves it",
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
    pains = listed([quoted(pain) for pain in facts.pains[:2]])
    said = vary.pick("audience", f"They say: {pains}", f"What they bring up themselves: {pains}") if pains else ""
    return _joined([f"{capital(vary.pick('for', 'for', 'written for', 'it is for'))} {facts.persona}", said])


def _structure(facts: BriefFacts) -> list[str]:
    steps = [_opening(facts.channel), "The problem, so that the reader nods", _PROOF_STEPS[_family(facts.angle)]]
    if facts.products:
        steps.append(f"Where {facts.products[0]} comes in")
    steps.append("One next step")
    if facts.word_count:
        steps.append(f"Length: about {facts.word_count} words in all")
    if facts.keyword:
        steps.append(f"Use “{facts.keyword}” in the title, in the first paragraph and in one heading")
    steps += [f"For orientation, a piece that worked: {quoted(example)}" for example in facts.reference_examples[:2]]
    return [sentence(step) for step in steps]


def _family(angle: str) -> str:
    plain = readable(angle).casefold()
    return next((family for family, cues in _FAMILIES if any(cue in plain for cue in cues)), "other")


def _kind(facts: SuggestionFacts | BriefFacts) -> str:
    """The artifact with its channel, unless it is said already: "case study on LinkedIn", "LinkedIn post"."""
    kind, channel = readable(facts.artifact_type), readable(facts.channel)
    is_said = not channel or channel.casefold() in kind.casefold() or kind.casefold() == "newsletter"
    return kind if is_said else f"{kind} {on_channel(facts.channel)}"


def _subject(facts: SuggestionFacts | BriefFacts) -> str:
    """What it is about: the keyword, else the product, else a short quote, else what the audience does all day."""
    quote = next((quoted(pain) for pain in facts.pains if len(pain.split()) <= _SHORT_QUOTE), "")
    return facts.keyword or next(iter(facts.products), "") or quote or "the daily work"


def _joined(parts: Sequence[str]) -> str:
    return " ".join(sentence(part) for part in parts if part)
