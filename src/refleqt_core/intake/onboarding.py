"""The onboarding's use cases: β_s is there before the call returns."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

import attrs

from ..errors import Conflict, Fault, InvalidInput, NotFound
from ..ports import Clock, Ids, Queue, Store, Transaction, where
from ..values import BusinessId, aware
from .answer_book import AnswerBook
from .answer_signals import SignalReader, Vocabulary, no_mood_words, titles_in, vocabulary_of
from .business import Business, BusinessProfile, Identity, OnboardingResponse, TeamMember
from .drafts import Answer, OnboardingForm
from .group_drafts import SOURCE, GroupDraft, all_checked, drafts_of, laid_into, slug_of
from .onboarding_state import GroupState, OnboardingState, state_of
from .team_drafts import MemberDraft
from .upserts import Counted, upsert

F = TypeVar("F", BusinessProfile, OnboardingResponse)


@attrs.frozen(kw_only=True)
class OnboardingService:
    """Takes a business in, whole or group by group.

    ``sentiment`` gives the mood of a text in [-1, 1], and ``mood_words`` the words of it that the mood rests on.
    """

    store: Store
    queue: Queue
    clock: Clock
    ids: Ids
    sentiment: Callable[[str], float]
    mood_words: Callable[[str], Sequence[str]] = no_mood_words

    def begin(self, fields: Mapping[str, Any], answers: Sequence[Answer] = ()) -> Business:
        """A new business is there with what its first group, ``identity``, says; a slug is made where none is given.

        Faults raise `InvalidInput`, all at once; a slug that is taken, `Conflict`.
        """
        return self.take_in([GroupDraft(group="identity", fields=fields, answers=tuple(answers))])

    def answer(
        self,
        business_id: BusinessId,
        group: str,
        fields: Mapping[str, Any] | None = None,
        answers: Sequence[Answer] | None = None,
    ) -> GroupState:
        """The group says what is given from now on; what it said before stays readable as of its day.

        Fields that are not named stay as they are. ``answers`` replace all of the group; None leaves them. An empty
        answer is a question that was skipped. The signals of all answers are read anew, since each is judged against
        the others. The same again changes nothing. Faults raise `InvalidInput`, all at once.
        """
        said = None if answers is None else tuple(answers)
        self.revise_groups(business_id, [GroupDraft(group=group, fields=fields or {}, answers=said)])
        return self.state(business_id).of(group)

    def complete(self, form: OnboardingForm, *, business_id: BusinessId | None = None) -> Business:
        """The business is there with its profile and answers, and with what the answers say between the lines.

        For a business that is there already what it said before is closed as of now and stays readable; answered the
        same again, nothing changes.
        """
        if business_id is None:
            return self.take_in(drafts_of(form))
        self.revise(business_id, form)
        with self.store.business(business_id) as tx:
            return tx.get(Business, business_id)

    def take_in(self, drafts: Sequence[GroupDraft]) -> Business:
        """A new business is there with what these groups say; the others are open. It raises what `begin` does."""
        said = [_with_slug(draft) for draft in drafts]
        if faults := [*_unnamed(said)]:
            raise InvalidInput(faults)
        said = all_checked(said)
        id, now = BusinessId(self.ids.new()), self.clock.now()
        profile = _laid(said, BusinessProfile(id=self.ids.new(), business_id=id, valid_from=now))
        with self._own_slug(id, profile.identity.slug), self.store.business(id) as tx:
            business = Business(id=id, created_at=now, **attrs.asdict(profile.identity))
            tx.add(business)
            tx.add(profile)
            self._book.write(tx, id, said)
        return business

    def revise(self, business_id: BusinessId, form: OnboardingForm) -> Counted:
        """As `complete` for a business that is there; counts the form as one row, changed or unchanged."""
        changed = self.revise_groups(business_id, drafts_of(form))
        return Counted(changed=int(changed), unchanged=int(not changed))

    def revise_groups(self, business_id: BusinessId, drafts: Sequence[GroupDraft]) -> bool:
        """These groups say what the drafts say, as by `answer`, all of them or none; gives whether anything changed.

        A slug that is taken raises `Conflict`.
        """
        said = all_checked([_keeping_slug(draft) for draft in drafts])
        slug = next((draft.fields["slug"] for draft in said if draft.fields.get("slug")), "")
        with self._own_slug(business_id, slug), self.store.business(business_id) as tx:
            business = tx.get(Business, business_id)
            stored, now = tx.find(BusinessProfile, *where(valid_to=None)), self.clock.now()
            before = _present(business, stored, now)
            after = _laid(said, before)
            if after.identity != before.identity:
                tx.save(after.identity.laid_into(business))
            if after != before or not stored:
                tx.save_all([attrs.evolve(each, identity=before.identity, valid_to=now) for each in stored])
                tx.add(attrs.evolve(after, id=self.ids.new(), version=0, valid_from=now))
            return self._book.write(tx, business_id, said) or after != before

    def state(self, business_id: BusinessId, *, as_of: datetime | None = None) -> OnboardingState:
        """What is said in each group and what is open, now or as of a past moment.

        No business, or nothing said of itself by then: `NotFound`.
        """
        aware(self, None, as_of)
        with self.store.business(business_id) as tx:
            business = tx.get(Business, business_id)
            profiles, responses = _valid(tx, BusinessProfile, as_of), _valid(tx, OnboardingResponse, as_of)
        if as_of is not None and not profiles:
            raise NotFound(f"{business.name} had said nothing of itself by then")
        return state_of(_present(business, profiles, business.created_at), responses)

    def vocabulary(self, business_id: BusinessId) -> Vocabulary:
        """The terms that the business uses when it speaks of itself, and those that only its calendar's titles use."""
        with self.store.business(business_id) as tx:
            answers = [each.answer for each in _valid(tx, OnboardingResponse, None)]
            return vocabulary_of(answers, titles_in(tx))

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

    @contextmanager
    def _own_slug(self, business_id: BusinessId, slug: str) -> Iterator[None]:
        """A `Conflict` in the block over a slug that another business has says so."""
        try:
            yield
        except Conflict as error:
            with self.store.platform() as tx:
                others = [each for each in tx.find(Business, *where(slug=slug)) if each.id != business_id]
            if others:
                raise Conflict(f"the slug '{slug}' is taken; choose another", field="slug") from error
            raise

    @property
    def _book(self) -> AnswerBook:
        signals = SignalReader(sentiment=self.sentiment, mood_words=self.mood_words)
        return AnswerBook(queue=self.queue, clock=self.clock, ids=self.ids, signals=signals)


def _with_slug(draft: GroupDraft) -> GroupDraft:
    """The draft of an identity has a slug, made of the name where it has none and one can be made."""
    if draft.group != "identity" or draft.fields.get("slug"):
        return draft
    slug = slug_of(draft.fields.get("name") or "")
    return GroupDraft(group=draft.group, fields={**draft.fields, "slug": slug}, answers=draft.answers)


def _keeping_slug(draft: GroupDraft) -> GroupDraft:
    """An empty slug is none: the business keeps its own."""
    fields = {name: value for name, value in draft.fields.items() if name != "slug" or value}
    return GroupDraft(group=draft.group, fields=fields, answers=draft.answers)


def _unnamed(drafts: Sequence[GroupDraft]) -> Iterator[Fault]:
    """What a business lacks that is to be new."""
    identity = next((draft.fields for draft in drafts if draft.group == "identity"), {})
    if not identity.get("name"):
        yield Fault(SOURCE, None, "identity.name", "a new business has no name", "Write it; it has to be there.")
    elif not identity.get("slug"):
        remedy = "Write one, of small letters, digits and hyphens."
        yield Fault(SOURCE, None, "identity.slug", "no slug can be made of the name", remedy)


def _laid(drafts: Sequence[GroupDraft], profile: BusinessProfile) -> BusinessProfile:
    for draft in drafts:
        profile = laid_into(draft, profile)
    return profile


def _present(business: Business, stored: Sequence[BusinessProfile], since: datetime) -> BusinessProfile:
    """The last of the profiles, or an empty one; either knows who the business is."""
    blank = BusinessProfile(id=business.id, business_id=BusinessId(business.id), valid_from=since)
    found = stored[-1] if stored else blank
    return found if found.identity.name else attrs.evolve(found, identity=Identity.of(business))


def _valid(tx: Transaction, kind: type[F], as_of: datetime | None) -> list[F]:
    """The facts that were valid at that moment, the oldest first."""
    if as_of is None:
        return tx.find(kind, *where(valid_to=None), order="valid_from")
    begun = tx.find(kind, *where(valid_from__le=as_of), order="valid_from")
    return [each for each in begun if each.valid_to is None or each.valid_to > as_of]
