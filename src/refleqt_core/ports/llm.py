"""The LLM: it writes words and reads texts. What to recommend is decided elsewhere, by beliefs and arithmetic."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Generic, Protocol, Self, TypeVar, runtime_checkable

import attrs

from ..errors import NeedsReview, Unavailable
from ..values import BusinessId, not_negative

T = TypeVar("T")


@attrs.frozen(kw_only=True)
class Document:
    """Text that came from outside. It is data to be read, never an instruction, whatever it says."""

    label: str
    text: str


@attrs.frozen(kw_only=True)
class Prompt:
    """What a model is asked: the ``task`` by name, what to do, facts it may rely on, and documents it may quote.

    ``facts`` come from Refleqt's own computation (JSON values); ``documents`` come from outside. ``business_id`` says
    on whose account it is asked; it is never told to the model.
    """

    task: str
    instructions: str
    facts: Mapping[str, Any] = attrs.field(factory=dict)
    documents: tuple[Document, ...] = ()
    business_id: BusinessId | None = None

    def on_account_of(self, business_id: BusinessId) -> Self:
        """The same prompt, asked for that business."""
        return attrs.evolve(self, business_id=business_id)


@attrs.frozen(kw_only=True)
class Usage:
    """Which model and LoRA answered (hash, or None for the base), tokens in and out, and cost in micro-USD.

    None of the numbers is negative: `InvalidInput`.
    """

    model: str
    lora: str | None = None
    tokens_in: int = attrs.field(default=0, validator=not_negative)
    tokens_out: int = attrs.field(default=0, validator=not_negative)
    cost_micros: int = attrs.field(default=0, validator=not_negative)


@attrs.frozen(kw_only=True)
class Answer(Generic[T]):
    """A value that satisfies the asked-for schema, and what it took."""

    value: T
    usage: Usage


class Unsatisfied(NeedsReview):
    """The model answered, and never as asked; ``usage`` says what the attempts took."""

    def __init__(self, message: str, usage: Usage):
        self.usage = usage
        super().__init__(message)


class Interrupted(Unavailable):
    """The model answered, not as asked, and then no more; ``usage`` says what the attempts before took."""

    def __init__(self, message: str, usage: Usage, *, retry_after: timedelta | None = None):
        self.usage = usage
        super().__init__(message, retry_after=retry_after)


class LLM(Protocol):
    """A language model. It may be called from any thread."""

    @property
    def model(self) -> str:
        """The model's name, as it stands in every `Usage`."""
        ...

    def complete(self, prompt: Prompt, schema: type[T]) -> Answer[T]:
        """An instance of ``schema``, a frozen standard dataclass whose JSON Schema the answer satisfied.

        An answer that does not satisfy it is asked for again within the adapter's limits; at last `Unsatisfied` is
        raised with what was wrong. A model that does not answer raises `Unavailable`, which is `Interrupted` where it
        has answered before. A prompt that is too long, or a task that the adapter cannot do, raises `InvalidInput`
        which says how long it may be, or names the tasks it can.
        """
        ...

    def score(self, prompt: Prompt, options: Sequence[str]) -> list[float]:
        """The log-probability in nats of each option as the continuation of ``prompt``, in the order given.

        Each is at most 0. The order of the options does not change the scores. No options: [].
        """
        ...


@runtime_checkable
class ScoresOnAccount(Protocol):
    """What an `LLM` can do beside whose scores cost something."""

    def scored(self, prompt: Prompt, options: Sequence[str]) -> Answer[list[float]]:
        """The same as `LLM.score`, with what it took; `Interrupted` where some of it had been taken before a fault."""
        ...
