"""Who may speak for a business."""

from datetime import timedelta

import pytest
from composition import Composition

from refleqt_core.access import ApiToken, digest_of
from refleqt_core.errors import InvalidInput, NotAllowed, NotFound
from refleqt_core.ports import where


def test_a_token_speaks_for_its_business_in_its_role(refleqt: Composition) -> None:
    business = refleqt.business()
    secret, _ = refleqt.tokens.issue(business, role="member", label="till")
    token = refleqt.tokens.verify(secret)
    assert (token.for_business, token.role, token.label) == (business, "member", "till")


def test_only_the_digest_of_a_token_is_kept(refleqt: Composition) -> None:
    secret, token = refleqt.tokens.issue(refleqt.business())
    assert token.digest == digest_of(secret)
    with refleqt.store.platform() as tx:
        assert secret not in repr(tx.find(ApiToken))


def test_no_two_tokens_are_the_same(refleqt: Composition) -> None:
    business = refleqt.business()
    assert len({refleqt.tokens.issue(business)[0] for _ in range(20)}) == 20


def test_a_token_holds_until_its_last_moment_and_not_at_it(refleqt: Composition) -> None:
    secret, token = refleqt.tokens.issue(refleqt.business(), days=7)
    refleqt.clock.advance_to(token.expires_at - timedelta(microseconds=1))
    assert refleqt.tokens.verify(secret) == token
    refleqt.clock.advance_to(token.expires_at)
    with pytest.raises(NotAllowed):
        refleqt.tokens.verify(secret)


def test_a_revoked_token_does_not_hold(refleqt: Composition) -> None:
    secret, token = refleqt.tokens.issue(refleqt.business())
    refleqt.tokens.revoke(token.id)
    with pytest.raises(NotAllowed):
        refleqt.tokens.verify(secret)


def test_revoking_twice_keeps_the_first_moment(refleqt: Composition) -> None:
    _, token = refleqt.tokens.issue(refleqt.business())
    first = refleqt.tokens.revoke(token.id)
    refleqt.pass_days(1)
    assert refleqt.tokens.revoke(token.id) == first


def test_other_tokens_of_the_business_stay_when_one_is_revoked(refleqt: Composition) -> None:
    business = refleqt.business()
    secret, kept = refleqt.tokens.issue(business)
    refleqt.tokens.revoke(refleqt.tokens.issue(business)[1].id)
    assert refleqt.tokens.verify(secret) == kept


@pytest.mark.parametrize("secret", ["", "rq_unknown", "rq_\x00", "🦊"])
def test_an_unknown_token_is_refused(refleqt: Composition, secret: str) -> None:
    refleqt.tokens.issue(refleqt.business())
    with pytest.raises(NotAllowed):
        refleqt.tokens.verify(secret)


def test_the_digest_of_a_token_is_no_token(refleqt: Composition) -> None:
    _, token = refleqt.tokens.issue(refleqt.business())
    with pytest.raises(NotAllowed):
        refleqt.tokens.verify(token.digest)


def test_nobody_learns_why_a_token_is_refused(refleqt: Composition) -> None:
    business = refleqt.business()
    expired, _ = refleqt.tokens.issue(business, days=1)
    revoked, token = refleqt.tokens.issue(business)
    refleqt.tokens.revoke(token.id)
    refleqt.pass_days(2)
    said = set()
    for secret in (expired, revoked, "rq_unknown"):
        with pytest.raises(NotAllowed) as refused:
            refleqt.tokens.verify(secret)
        said.add(str(refused.value))
    assert len(said) == 1


def test_a_role_that_does_not_exist_is_not_given(refleqt: Composition) -> None:
    business = refleqt.business()
    with pytest.raises(InvalidInput, match="role is 'king'"):
        refleqt.tokens.issue(business, role="king")


def test_revoking_what_was_never_issued_is_not_found(refleqt: Composition) -> None:
    with pytest.raises(NotFound):
        refleqt.tokens.revoke(refleqt.ids.new())


def test_the_tokens_of_two_businesses_are_apart(refleqt: Composition) -> None:
    mine, other = refleqt.business("brine"), refleqt.business("ash")
    secret, _ = refleqt.tokens.issue(mine)
    refleqt.tokens.issue(other)
    assert refleqt.tokens.verify(secret).for_business == mine
    with refleqt.store.platform() as tx:
        assert tx.count(ApiToken, *where(for_business=other)) == 1
