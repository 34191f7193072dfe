"""One passage put to a model: what it finds has to be proven, and what is not is asked for again."""

import json
from collections.abc import Sequence
from typing import NamedTuple

import attrs

from ..ports.llm import LLM, Document, Prompt, Unsatisfied, Usage
from ..values import BusinessId
from .extraction import ExtractedContext, Finding, KnownNames, problem_of, prompt_for

UNPROVEN = "findings without proof"
"""The label of the document that lists what is asked for again."""

MOST_AGAIN = 2
"""How often a passage's findings without proof are asked for again before they are dropped."""

_AGAIN = """You have read the document before, and these of your findings were not proven by it; each says why. Give
these findings alone once more, each with the kind it had and with a quote copied letter by letter from the document.
Leave out those that the document does not say."""


@attrs.frozen(kw_only=True)
class PassageAnswer:
    """What a model found in one passage, and the passage proves.

    ``again`` are the places in ``findings`` of those that were proven only when asked for again; ``dropped`` counts
    what never was; ``attempts`` is the number of questions; ``usages`` says what they took, empty if it was known.
    """

    findings: tuple[Finding, ...]
    again: tuple[int, ...] = ()
    sentiment: float = 0.0
    topics: tuple[str, ...] = ()
    dropped: int = 0
    attempts: int = 1
    usages: tuple[Usage, ...] = ()


class _Unproven(NamedTuple):
    finding: Finding
    problem: str


def asked(llm: LLM, passage: str, known: KnownNames, business_id: BusinessId | None = None) -> PassageAnswer:
    """What ``llm`` finds in the passage, which is clear of what talks to a model; on account of the business, if given.

    What has no proof is asked for again, `MOST_AGAIN` times at most, with the problem named; then it is dropped. The
    errors of `LLM.complete` come through, except that a second question which is never answered as asked drops the
    findings that it was about.
    """
    prompt = attrs.evolve(prompt_for(passage, known), business_id=business_id)
    first = llm.complete(prompt, ExtractedContext)
    usages = [first.usage]
    kept, open_ones = _parted(first.value.findings, passage)
    sure = len(kept)
    while open_ones and len(usages) <= MOST_AGAIN:
        try:
            answer = llm.complete(_again(prompt, open_ones), ExtractedContext)
        except Unsatisfied as error:
            usages.append(error.usage)
            break
        usages.append(answer.usage)
        fresh = [finding for finding in answer.value.findings if finding not in kept]
        mended, open_ones = _mended(open_ones, fresh, passage)
        kept += mended
    return PassageAnswer(
        findings=tuple(kept),
        again=tuple(range(sure, len(kept))),
        sentiment=first.value.sentiment,
        topics=tuple(first.value.topics),
        dropped=len(open_ones),
        attempts=len(usages),
        usages=tuple(usages),
    )


def _parted(findings: Sequence[Finding], passage: str) -> tuple[list[Finding], list[_Unproven]]:
    problems = [(finding, problem_of(finding, passage)) for finding in findings]
    proven = [finding for finding, problem in problems if problem is None]
    return proven, [_Unproven(finding, problem) for finding, problem in problems if problem is not None]


def _again(prompt: Prompt, unproven: Sequence[_Unproven]) -> Prompt:
    """The same question about the same document; what the model said of it is a document too, and no instruction."""
    listed = [
        {"kind": each.finding.kind, "text": each.finding.text, "quote": each.finding.quote, "problem": each.problem}
        for each in unproven
    ]
    document = Document(label=UNPROVEN, text=json.dumps(listed, ensure_ascii=False, indent=1))
    instructions = f"{prompt.instructions}\n{_AGAIN}"
    return attrs.evolve(prompt, instructions=instructions, documents=(*prompt.documents, document))


def _mended(
    unproven: Sequence[_Unproven], findings: Sequence[Finding], passage: str
) -> tuple[list[Finding], list[_Unproven]]:
    """For each finding the first proven one of its kind, one with its text before others, and those still without."""
    found, _ = _parted(findings, passage)
    mended, still = [], []
    for each in unproven:
        alike = [other for other in found if other.kind == each.finding.kind]
        alike.sort(key=lambda other: other.text.casefold() != each.finding.text.casefold())
        if alike:
            found.remove(alike[0])
            mended.append(alike[0])
        else:
            still.append(each)
    return mended, still
