"""What a business is told of a failed job: messages that are meant for it, and nothing of the server's inside."""

import pytest

from refleqt_core.errors import Fault, InvalidInput, NotFound, RefleqtError, Unavailable
from refleqt_core.jobs.retry import problem_of
from refleqt_http.jobs import UNTOLD, told


def raised(error: Exception, cause: Exception | None = None) -> str:
    """What the queue keeps of a job that raised ``error``, while it dealt with ``cause`` if there is one."""
    try:
        if cause is None:
            raise error
        try:
            raise cause
        except Exception as seen:
            raise error from seen
    except Exception as failed:
        return problem_of(failed)


def test_the_message_of_an_error_raised_on_purpose_is_told():
    assert told(raised(NotFound("there is no brief 7"))) == "there is no brief 7"


def test_a_message_of_several_lines_is_told_whole():
    faults = [Fault("a.csv", 2, "cost", "it is negative", "Write it"), Fault("a.csv", 3, "day", "no date", "Write it")]
    assert told(raised(InvalidInput(faults))) == "\n".join(map(str, faults))


@pytest.mark.parametrize("cause", [RuntimeError("hunter2"), NotFound("hunter2")])
def test_what_led_to_it_is_not_told(cause: Exception):
    assert told(raised(NotFound("there is no brief 7"), cause)) == "there is no brief 7"


@pytest.mark.parametrize(
    "error", [RuntimeError("hunter2"), Unavailable("hunter2 is refused"), ExceptionGroup("x", [NotFound("hunter2")])]
)
def test_of_any_other_error_only_that_there_is_one_is_told(error: Exception):
    assert told(raised(error)) == UNTOLD
    assert told(raised(error, NotFound("hunter2"))) == UNTOLD


def test_the_end_of_a_traceback_that_was_cut_is_not_taken_for_a_message():
    text = raised(RefleqtError("x" * 30_000))
    assert told(text) == UNTOLD
