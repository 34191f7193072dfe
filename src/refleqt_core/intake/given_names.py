"""What people call things by: labels, tags, types of their own."""

from ..errors import Fault, InvalidInput
from .address_rules import Problem


def name_problem(name: str, longest: int) -> Problem | None:
    """What is wrong with a name, None for nothing: it is blank, too long, or holds what nobody sees.

    Controls, zero-width and right-to-left marks make two names that look the same, or one that is read otherwise.
    """
    if not name.strip():
        return Problem("it is blank", "Write something")
    if len(name) > longest:
        return Problem(f"it has {len(name):,} characters, more than {longest}", "Shorten it")
    if not name.isprintable():
        return Problem("it holds characters that cannot be seen", "Leave them out")
    return None


def given_name(said: str, longest: int, *, source: str, field: str) -> str:
    """The name with its white space tidied; one that `name_problem` finds wrong raises `InvalidInput`."""
    name = " ".join(said.split())
    problem = name_problem(name, longest)
    if problem:
        raise InvalidInput([Fault(source, None, field, problem.problem, f"{problem.remedy}.", name[:longest])])
    return name
