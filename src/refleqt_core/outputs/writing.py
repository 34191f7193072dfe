"""Has words written and believes none that do not rest on the facts: asked once more, then composed by plain rules."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import attrs

from ..errors import NeedsReview
from ..ports.llm import LLM, Prompt
from ..spending import BudgetSpent
from .grounding import ungrounded

W = TypeVar("W")

PLAIN = "plain rules"
"""Who wrote it, where no model did."""
ATTEMPTS = 2


def written(
    llm: LLM,
    prompt: Prompt,
    schema: type[W],
    compose: Callable[[], W],
    *,
    faults: Callable[[W], Sequence[str]] = lambda _: (),
) -> tuple[W, str]:
    """Words of which every number and name is among the prompt's facts, and who wrote them.

    What the model gives is asked for again with what was wrong (``faults`` says what else can be); at last ``compose``
    writes it, as it does when the budget for questions is spent. A model that does not answer raises `Unavailable`.
    """
    asked = prompt
    for _ in range(ATTEMPTS):
        try:
            answer = llm.complete(asked, schema)
        except (NeedsReview, BudgetSpent):
            break
        wrong = [f"not in the facts: {each}" for each in ungrounded(answer.value, prompt)]
        wrong += faults(answer.value)
        if not wrong:
            return answer.value, answer.usage.model
        corrected = f"{prompt.instructions} An earlier answer was refused. {'; '.join(wrong)}."
        asked = attrs.evolve(prompt, instructions=corrected)
    return compose(), PLAIN
