"""What a writer is told and what it has to give back, for suggestions, execution maps and briefs.

The facts are all that a text may rest on; `grounding` finds what does not. Words of customers and of other people's
texts travel as documents, so that nothing in them can pass for an instruction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from ..ports.llm import Document, Prompt

PAIN = "pain"
REFERENCE = "reference example"

_GROUNDING = (
    "Use only the facts and the quoted documents: no number, date, name or claim that is not in them. Write titles in "
    "sentence case."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class SuggestionFacts:
    """What is known of one planned artifact.

    ``publish_on`` is an ISO date; ``pains`` are literal quotes; both percentages are whole numbers in 0–100, the chance
    to meet the target and the business's own baseline; ``evidence`` are finished sentences; ``gap`` says what the
    calendar lacks, as a noun phrase such as "decision-stage content for operations managers".
    """

    artifact_type: str
    channel: str
    segment_name: str
    angle: str
    publish_on: str
    success_chance_percent: int
    baseline_percent: int
    keyword: str | None = None
    pains: list[str] = field(default_factory=list)
    products: list[str] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)
    gap: str | None = None
    campaign: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class MapFacts:
    """What is known of an execution map: its seed ``theme``, whom and what it is for, its artifacts in order.

    ``cost`` is readable text such as "1,150.00 EUR"; ``evidence`` are finished sentences.
    """

    theme: str
    segment_name: str
    goal: str
    artifacts: list[SuggestionFacts]
    cost: str
    evidence: list[str] = field(default_factory=list)
    competitors: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class BriefFacts:
    """What a creator may know of one artifact.

    ``voice`` has attributes in [0, 1], as in the brand voice of the profile: formality, technicality, boldness,
    playfulness. ``success_metric`` is readable text such as "at least 40 sign-ups within 30 days".
    """

    artifact_type: str
    channel: str
    persona: str
    angle: str
    success_metric: str
    keyword: str | None = None
    voice: dict[str, float] = field(default_factory=dict)
    words_we_use: list[str] = field(default_factory=list)
    words_we_avoid: list[str] = field(default_factory=list)
    pains: list[str] = field(default_factory=list)
    word_count: int | None = None
    reference_examples: list[str] = field(default_factory=list)
    products: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class SuggestionWording:
    """The words around one suggestion: a working title, why it is due now, and the artifact's outline in steps."""

    title: str
    why_now: str
    outline: list[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class ArtifactWording:
    """The words around one artifact of a map, with a note on how its angle serves the map."""

    title: str
    outline: list[str]
    angle_note: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MapWording:
    """The words around an execution map; ``artifacts`` in the order of the facts, one for each."""

    title: str
    rationale: str
    why_now: str
    artifacts: list[ArtifactWording]


@dataclass(frozen=True, kw_only=True, slots=True)
class BriefWording:
    """What a creator reads: 3–5 ``key_messages`` by priority, how to sound, what to avoid, and when it is a success."""

    headline: str
    key_messages: list[str]
    tone_guidelines: list[str]
    what_to_avoid: list[str]
    success_looks_like: str
    audience_description: str
    structure: list[str]


def suggestion_prompt(facts: SuggestionFacts) -> Prompt:
    """The prompt that a `SuggestionWording` answers (task ``write_suggestion``)."""
    return Prompt(
        task="write_suggestion",
        instructions="Write a working title, two or three sentences on why this is due now with its reasons, and an "
        f"outline of four to six steps for whoever makes the artifact. {_GROUNDING}",
        facts=_without(facts, "pains"),
        documents=_documents(PAIN, facts.pains),
    )


def map_prompt(facts: MapFacts) -> Prompt:
    """The prompt that a `MapWording` answers (task ``write_map``)."""
    artifacts = [_without(artifact, "pains") for artifact in facts.artifacts]
    pains = [_documents(f"{PAIN} {i}", artifact.pains) for i, artifact in enumerate(facts.artifacts, start=1)]
    return Prompt(
        task="write_map",
        instructions="Write a title, a rationale and a 'why now' for this marketing initiative, and for each artifact, "
        f"in the order given, a title, an outline and a note on its angle. {_GROUNDING}",
        facts={**_without(facts, "artifacts"), "artifacts": artifacts},
        documents=tuple(document for group in pains for document in group),
    )


def brief_prompt(facts: BriefFacts) -> Prompt:
    """The prompt that a `BriefWording` answers (task ``write_brief``)."""
    return Prompt(
        task="write_brief",
        instructions="Write a brief for a creator who does not know the business: three to five key messages by "
        "priority, tone guidelines, what to avoid, the audience, the structure, and what success looks like. "
        f"{_GROUNDING}",
        facts=_without(facts, "pains", "reference_examples"),
        documents=_documents(PAIN, facts.pains) + _documents(REFERENCE, facts.reference_examples),
    )


def facts_of(prompt: Prompt) -> dict[str, Any]:
    """The facts that one of the three prompts was built from, its quotes put back in their places."""
    facts = dict(prompt.facts)
    if prompt.task == "write_map":
        facts["artifacts"] = [
            {**artifact, "pains": _texts(prompt, f"{PAIN} {i}")} if isinstance(artifact, Mapping) else artifact
            for i, artifact in enumerate(prompt.facts.get("artifacts", ()), start=1)
        ]
        return facts
    if prompt.task == "write_brief":
        facts["reference_examples"] = _texts(prompt, REFERENCE)
    return {**facts, "pains": _texts(prompt, PAIN)}


def _documents(label: str, texts: Sequence[str]) -> tuple[Document, ...]:
    return tuple(Document(label=label, text=text) for text in texts)


def _texts(prompt: Prompt, label: str) -> list[str]:
    return [document.text for document in prompt.documents if document.label == label]


def _without(facts: SuggestionFacts | MapFacts | BriefFacts, *fields: str) -> dict[str, Any]:
    return {name: value for name, value in asdict(facts).items() if name not in fields}
