"""The offline model: deterministic, no key, no network. It composes from facts and extracts by rules.

It never says what it was not given, and no text can talk it into anything: documents are read, not obeyed. Its
extraction is precise rather than complete; a hosted model finds more of what is said between the lines.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from refleqt_core.context.asking import UNPROVEN
from refleqt_core.errors import InvalidInput
from refleqt_core.outputs.wording import BriefFacts, MapFacts, SuggestionFacts, facts_of
from refleqt_core.ports.llm import Answer, Prompt, Unsatisfied, Usage

from .answers import satisfied
from .offline_composer import brief, execution_map, suggestion
from .offline_extraction import extract
from .offline_labels import labels
from .offline_scoring import log_probabilities

T = TypeVar("T")


class OfflineLLM:
    """An `LLM` for the five tasks of Refleqt; the same prompt gives the same answer, in any process."""

    model = "offline-2"

    def complete(self, prompt: Prompt, schema: type[T]) -> Answer[T]:
        """See `LLM.complete`. Facts that a task cannot be done with raise `InvalidInput`."""
        task = _TASKS.get(prompt.task)
        if task is None:
            raise InvalidInput(f"{self.model} cannot do '{prompt.task}'; it can do: {', '.join(sorted(_TASKS))}")
        written = task(prompt)
        try:
            value = satisfied(schema, written)
        except InvalidInput as error:
            said = f"the answer to '{prompt.task}' is no {schema.__name__}: {error}"
            raise Unsatisfied(said, self._usage(prompt, written)) from error
        return Answer(value=value, usage=self._usage(prompt, written))

    def score(self, prompt: Prompt, options: Sequence[str]) -> list[float]:
        """See `LLM.score`; the likelihood is that of a language model made from the prompt's facts and documents."""
        return log_probabilities(prompt, options)

    def _usage(self, prompt: Prompt, written: Any) -> Usage:
        """Words instead of tokens: nothing is cut into tokens here."""
        read = (prompt.instructions, str(prompt.facts), *(document.text for document in prompt.documents))
        return Usage(
            model=self.model, tokens_in=sum(len(text.split()) for text in read), tokens_out=len(str(written).split())
        )


def _extract(prompt: Prompt) -> dict[str, Any]:
    documents = [document.text for document in prompt.documents if document.label != UNPROVEN]
    if len(documents) != 1:
        raise InvalidInput(f"'extract_context' reads one document, {len(documents)} were given")
    known = {group: prompt.facts.get(group, ()) for group in ("competitors", "products", "people")}
    return extract(documents[0], known)


def _label(prompt: Prompt) -> dict[str, Any]:
    missing = [name for name in ("artifact_type", "tags") if name not in prompt.facts]
    if missing or not prompt.documents:
        raise InvalidInput(f"'categorize_entry' reads a title and needs the facts: {', '.join(missing) or 'none more'}")
    facts, texts = prompt.facts, [document.text for document in prompt.documents]
    return labels(facts["artifact_type"], facts.get("usual_category"), facts["tags"], texts)


_TASKS: Mapping[str, Callable[[Prompt], dict[str, Any]]] = {
    "extract_context": _extract,
    "categorize_entry": _label,
    "write_suggestion": lambda prompt: suggestion(satisfied(SuggestionFacts, facts_of(prompt))),
    "write_map": lambda prompt: execution_map(satisfied(MapFacts, facts_of(prompt))),
    "write_brief": lambda prompt: brief(satisfied(BriefFacts, facts_of(prompt))),
}
