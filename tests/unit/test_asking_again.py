"""How often, and after what waits, a service is asked again."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refleqt_adapters.asking_again import Patience, Refusal, asked_wait
from refleqt_core.errors import InvalidInput, RefleqtError, Unavailable

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def busy(wait: float | None = None) -> Refusal:
    return Refusal(error=Unavailable("busy"), passing=True, wait=wait)


class Asked:
    """Is busy so many times, then answers."""

    def __init__(self, *refusals: Refusal):
        self.refusals = list(refusals)
        self.times = 0

    def __call__(self) -> str | Refusal:
        self.times += 1
        return self.refusals.pop(0) if self.refusals else "done"


@given(
    attempts=st.integers(1, 12),
    troubles=st.integers(0, 14),
    longest=st.floats(0.5, 100),
    chance=st.floats(0, 1, exclude_max=True),
    asked=st.none() | st.floats(0, 200),
)
def test_it_is_asked_no_more_often_than_said_and_no_wait_is_much_longer_than_said(
    attempts: int, troubles: int, longest: float, chance: float, asked: float | None
) -> None:
    waits: list[float] = []
    patience = Patience(attempts=attempts, longest_wait=longest, sleep=waits.append, chance=lambda: chance)
    request = Asked(*[busy(asked)] * troubles)
    try:
        answered = patience.ask(request) == "done"
    except Unavailable:
        answered = False
    too_long = asked is not None and asked > longest and troubles > 0
    assert answered == (troubles < attempts and not too_long)
    assert request.times == (1 if too_long else min(troubles + 1, attempts))
    assert len(waits) == request.times - 1 and all(0 <= wait <= 1.25 * longest for wait in waits)


@given(chance=st.floats(0, 1, exclude_max=True))
def test_a_wait_is_at_least_what_the_service_asks_for_and_never_twice_as_long(chance: float) -> None:
    waits: list[float] = []
    Patience(sleep=waits.append, chance=lambda: chance).ask(Asked(busy(8.0)))
    assert 8 <= waits[0] < 16


def test_callers_that_were_refused_together_come_back_apart() -> None:
    waits: list[float] = []
    for chance in (0.1, 0.6, 0.9):
        Patience(sleep=waits.append, chance=lambda chance=chance: chance).ask(Asked(busy()))  # type: ignore[misc]
    assert waits == pytest.approx([0.95, 0.7, 0.55])


def test_a_refusal_that_does_not_pass_is_raised_at_once() -> None:
    request = Asked(Refusal(error=InvalidInput("no"), passing=False))
    with pytest.raises(InvalidInput):
        Patience(sleep=lambda _: pytest.fail("waited")).ask(request)
    assert request.times == 1


def test_the_error_carries_nothing_of_what_lay_beneath_it() -> None:
    def request() -> Refusal:
        try:
            raise ValueError("sk-hunter2")
        except ValueError:
            return busy()

    with pytest.raises(RefleqtError) as caught:
        Patience(attempts=2, sleep=lambda _: None).ask(request)
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        (" 120 ", 120.0),
        ("0", 0.0),
        (format_datetime(NOON + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(NOON - timedelta(days=1), usegmt=True), 0.0),
        (None, None),
        ("", None),
        ("soon", None),
        ("-3", None),
        ("nan", None),
        ("²", None),
    ],
)
def test_a_wait_is_asked_for_as_a_number_or_a_date(header: str | None, seconds: float | None) -> None:
    assert asked_wait(header, now=NOON.timestamp) == seconds


@given(st.text())
def test_any_header_names_a_wait_or_none(header: str) -> None:
    wait = asked_wait(header)
    assert wait is None or wait >= 0
