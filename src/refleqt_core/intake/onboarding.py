"""The onboarding's use case: β_s is there before the call returns."""

from collections.abc import Callable, Mapping, Sequence

import attrs

from ..jobs.catalogue import ExtractContext, GenerateEmbeddings, job
from ..ports import Clock, Ids, Queue, Store, Transaction, where
from ..values import BusinessId
from .business import ONBOARDING_GROUPS, Business, BusinessProfile, OnboardingResponse, TeamMember
from .drafts import OnboardingForm
from .implicit_signals import AnswerSignals, GivenAnswer, implicit_signals
from .team_drafts import MemberDraft
from .upserts import Counted, upsert

PROFILE_FIELDS = [field.name for field in attrs.fields(BusinessProfile) if field.name in OnboardingForm.__slots__]
BUSINESS_FIELDS = [field.name for field in attrs.fields(Business) if field.name in OnboardingForm.__slots__]


@attrs.frozen(kw_only=True)
class OnboardingService:
    """Takes a business in. ``sentiment`` gives the mood of a text in [-1, 1]."""

    store: Store
    queue: Queue
    clock: Clock
    ids: Ids
    sentiment: Callable[[str], float]

    def complete(self, form: OnboardingForm, *, business_id: BusinessId | None = None) -> Business:
        """The business is there with its profile and answers, and with what the answers say between the lines.

        For a business that is there already what it said before is closed as of now and stays readable; answered the
        same again, nothing changes.
        """
        given = business_id or BusinessId(self.ids.new())
        with self.store.business(given) as tx:
            business = self._business(tx, given, form, known=business_id is not None)
            self._profile(tx, business, form)
            self._answers(tx, business, form)
            return business

    def revise(self, business_id: BusinessId, form: OnboardingForm) -> Counted:
        """As `complete` for a business that is there; counts the form as one row, changed or unchanged."""
        with self.store.business(business_id) as tx:
            before = tx.get(Business, business_id)
            business = self._business(tx, business_id, form, known=True)
            said = [self._profile(tx, business, form), self._answers(tx, business, form)]
            changed = business != before or any(said)
            return Counted(changed=int(changed), unchanged=int(not changed))

    def team(self, business_id: BusinessId, members: Sequence[MemberDraft]) -> Counted:
        """These people are the team; who was in it before and is not named now is no longer active."""
        with self.store.business(business_id) as tx:
            fresh = [
                TeamMember(id=self.ids.new(), business_id=business_id, name=each.name, role=each.role, email=each.email)
                for each in members
            ]
            done = upsert(tx, TeamMember, fresh, key="name")
            named = {member.name for member in fresh}
            for left in tx.find(TeamMember, *where(active=True)):
                if left.name not in named:
                    tx.save(attrs.evolve(left, active=False))
            return done.counted

    def _business(self, tx: Transaction, given: BusinessId, form: OnboardingForm, *, known: bool) -> Business:
        fields = {name: getattr(form, name) for name in BUSINESS_FIELDS}
        if not known:
            business = Business(id=given, created_at=self.clock.now(), **fields)
            tx.add(business)
            return business
        stored = tx.get(Business, given)
        changed = attrs.evolve(stored, **fields)
        return stored if changed == stored else tx.save(changed)

    def _profile(self, tx: Transaction, business: Business, form: OnboardingForm) -> bool:
        """Whether the profile is another than it was."""
        now = self.clock.now()
        fresh = BusinessProfile(
            id=self.ids.new(),
            business_id=BusinessId(business.id),
            valid_from=now,
            **{name: getattr(form, name) for name in PROFILE_FIELDS},
        )
        for stored in tx.find(BusinessProfile, *where(valid_to=None)):
            same = attrs.evolve(fresh, id=stored.id, version=stored.version, valid_from=stored.valid_from)
            if same == stored:
                return False
            tx.save(attrs.evolve(stored, valid_to=now))
        tx.add(fresh)
        return True

    def _answers(self, tx: Transaction, business: Business, form: OnboardingForm) -> bool:
        """Whether any answer is another than it was."""
        now, owner = self.clock.now(), BusinessId(business.id)
        open_answers: dict[tuple[str, str, str], list[OnboardingResponse]] = {}
        for stored in tx.find(OnboardingResponse, *where(valid_to=None), order="position"):
            open_answers.setdefault((stored.group, stored.question, stored.answer), []).append(stored)
        signals = self._signals(form)
        fresh = []
        for group in ONBOARDING_GROUPS:
            for position, answer in enumerate(form.answers.get(group, ())):
                if same := open_answers.get((group, answer.question, answer.answer)):
                    same.pop(0)
                    continue
                fresh.append(
                    OnboardingResponse(
                        id=self.ids.new(),
                        business_id=owner,
                        group=group,
                        position=position,
                        question=answer.question,
                        answer=answer.answer,
                        signals=signals[f"{group}/{position}"].as_document(),
                        valid_from=now,
                    )
                )
        closed = [tx.save(attrs.evolve(gone, valid_to=now)) for rows in open_answers.values() for gone in rows]
        tx.add(*fresh)
        said = [response.id for response in (*closed, *fresh) if response.answer.strip()]
        for payload in (GenerateEmbeddings, ExtractContext):
            sources = [payload(source_type="onboarding", source_id=response) for response in said]
            self.queue.enqueue(*(job(each, owner) for each in sources), tx=tx)
        return bool(closed or fresh)

    def _signals(self, form: OnboardingForm) -> Mapping[str, AnswerSignals]:
        given = [
            GivenAnswer(key=f"{group}/{position}", text=each.answer, sentiment=self.sentiment(each.answer))
            for group in ONBOARDING_GROUPS
            for position, each in enumerate(form.answers.get(group, ()))
        ]
        return {each.key: each for each in implicit_signals(given)}
