"""Each passage is read once: what a model found in it is kept, and found again by all that it follows from."""

import hashlib
import json
from dataclasses import asdict

import attrs

from ..errors import Conflict, NotFound
from ..ports import LLM, Clock, Ids, Store, where
from ..values import BusinessId
from .asking import MOST_AGAIN, PassageAnswer, asked
from .extraction import ExtractedContext, Finding, KnownNames, prompt_for
from .reading import Prepared, Reading, prepared, read_by
from .records import PassageReading, SourceReading
from .sources import SourceText, source_text


@attrs.frozen(kw_only=True)
class PassageReader:
    """Reads sources passage by passage, on account of their business; what was read is never asked for again."""

    store: Store
    llm: LLM
    clock: Clock
    ids: Ids

    def read(
        self, business_id: BusinessId, source: SourceText, known: KnownNames, last: SourceReading | None
    ) -> Reading | None:
        """The source as read by the model; None where nothing that it follows from has changed since it was ``last``.

        Each answer is kept as soon as it is there, so that a reading which is broken off goes on where it was.
        """
        shown = prepared(source.text)
        if last is not None and self._is_as_read(business_id, source, known, shown, last):
            return None

        def ask(passage: str) -> PassageAnswer:
            return self._answer(business_id, source, passage, known)

        return read_by(ask, source.text, known, shown)

    def _is_as_read(
        self, business_id: BusinessId, source: SourceText, known: KnownNames, shown: Prepared, last: SourceReading
    ) -> bool:
        if (last.text_hash, last.model) != (hash_of(source), self.llm.model):
            return False
        digests = {digest_of(part.text, self.llm.model, known) for part in shown.passages}
        with self.store.business(business_id) as tx:
            return not digests or tx.count(PassageReading, *where(digest__in=sorted(digests))) == len(digests)

    def _answer(self, business_id: BusinessId, source: SourceText, passage: str, known: KnownNames) -> PassageAnswer:
        digest = digest_of(passage, self.llm.model, known)
        if (kept := self._kept(business_id, digest)) is not None:
            return kept
        answer = asked(self.llm, passage, known, business_id)
        reading = PassageReading(
            id=self.ids.new(),
            business_id=business_id,
            digest=digest,
            source_id=source.source_id,
            model=self.llm.model,
            answer=_stored(answer),
            attempts=answer.attempts,
            read_at=self.clock.now(),
        )
        try:
            with self.store.business(business_id) as tx:
                source_text(tx, source.source_type, source.source_id)
                tx.add(reading)
        except NotFound:
            return answer
        except Conflict:
            return self._kept(business_id, digest) or answer
        return answer

    def _kept(self, business_id: BusinessId, digest: str) -> PassageAnswer | None:
        with self.store.business(business_id) as tx:
            found = tx.find(PassageReading, *where(digest=digest))
        return _restored(found[0]) if found else None


def hash_of(source: SourceText) -> str:
    """The sha256 (hex) of what the source says, when, and by whom."""
    said = json.dumps([source.text, source.spoken, source.speakers])
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def digest_of(passage: str, model: str, known: KnownNames) -> str:
    """The sha256 (hex) of all that an answer follows from: the prompt, the form of its answer, and the model."""
    prompt = prompt_for(passage, known)
    asked_for = [prompt.task, prompt.instructions, sorted(ExtractedContext.__dataclass_fields__), MOST_AGAIN]
    follows_from = json.dumps([model, asked_for, prompt.facts, passage], sort_keys=True)
    return hashlib.sha256(follows_from.encode("utf-8", "surrogatepass")).hexdigest()


def _stored(answer: PassageAnswer) -> dict[str, object]:
    return {
        "findings": [asdict(finding) for finding in answer.findings],
        "again": list(answer.again),
        "sentiment": answer.sentiment,
        "topics": list(answer.topics),
        "dropped": answer.dropped,
    }


def _restored(reading: PassageReading) -> PassageAnswer:
    """What was kept; reading it again takes nothing."""
    answer = reading.answer
    return PassageAnswer(
        findings=tuple(Finding(**finding) for finding in answer["findings"]),
        again=tuple(answer["again"]),
        sentiment=answer["sentiment"],
        topics=tuple(answer["topics"]),
        dropped=answer["dropped"],
        attempts=reading.attempts,
    )
