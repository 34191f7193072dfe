"""The free-text answers of a business as they are stored: what is said again stays, what changes is closed."""

from collections.abc import Sequence
from datetime import datetime

import attrs

from ..jobs.catalogue import ExtractContext, GenerateEmbeddings, job
from ..ports import Clock, Ids, Queue, Transaction, where
from ..values import BusinessId
from .answer_signals import SignalReader
from .business import OnboardingResponse
from .drafts import Answer
from .group_drafts import GroupDraft


@attrs.frozen(kw_only=True)
class AnswerBook:
    """Writes answers, and keeps the signals of all that hold in step with each other."""

    queue: Queue
    clock: Clock
    ids: Ids
    signals: SignalReader

    def write(self, tx: Transaction, business_id: BusinessId, drafts: Sequence[GroupDraft]) -> bool:
        """The answers of these groups are those of the drafts; gives whether any is another than it was.

        What is new and what is closed is about to be read and embedded. Closed ones keep their signals.
        """
        said = {draft.group: draft.answers for draft in drafts if draft.answers is not None}
        kept: list[OnboardingResponse] = []
        left: list[OnboardingResponse] = []
        for stored in tx.find(OnboardingResponse, *where(valid_to=None), order="position"):
            (left if stored.group in said else kept).append(stored)
        fresh: list[OnboardingResponse] = []
        now = self.clock.now()
        for group, answers in said.items():
            for position, answer in enumerate(answers):
                if (same := _same(left, group, answer)) is not None:
                    left.remove(same)
                    kept.append(same)
                else:
                    fresh.append(self._response(business_id, group, position, answer, now))
        if not left and not fresh:
            return False
        self._store(tx, business_id, kept=kept, fresh=fresh, closed=[attrs.evolve(each, valid_to=now) for each in left])
        return True

    def _store(
        self,
        tx: Transaction,
        business_id: BusinessId,
        *,
        kept: Sequence[OnboardingResponse],
        fresh: Sequence[OnboardingResponse],
        closed: Sequence[OnboardingResponse],
    ) -> None:
        before = {each.id: each for each in kept}
        read = self.signals.read([*kept, *fresh])
        tx.save_all([*closed, *(each for each in read if each.id in before and each != before[each.id])])
        tx.add(*(each for each in read if each.id not in before))
        heard = [each.id for each in (*closed, *fresh) if each.answer.strip()]
        for payload in (GenerateEmbeddings, ExtractContext):
            sources = [payload(source_type="onboarding", source_id=response) for response in heard]
            self.queue.enqueue(*(job(each, business_id) for each in sources), tx=tx)

    def _response(
        self, business_id: BusinessId, group: str, position: int, answer: Answer, now: datetime
    ) -> OnboardingResponse:
        return OnboardingResponse(
            id=self.ids.new(),
            business_id=business_id,
            group=group,
            position=position,
            question=answer.question,
            answer=answer.answer,
            valid_from=now,
        )


def _same(stored: Sequence[OnboardingResponse], group: str, answer: Answer) -> OnboardingResponse | None:
    """The first of them that says just that."""
    said = (group, answer.question, answer.answer)
    return next((each for each in stored if (each.group, each.question, each.answer) == said), None)
