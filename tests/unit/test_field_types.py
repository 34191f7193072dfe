"""What a field of a draft can hold at all, and that nothing else gets past the calendar."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from composition import Composition, draft
from hypothesis import given
from hypothesis import strategies as st

from refleqt_core.errors import InvalidInput
from refleqt_core.intake.calendar import CalendarEntry
from refleqt_core.intake.drafts import EntryDraft, PlanDraft
from refleqt_core.intake.entry_drafts import DRAFT_FIELDS
from refleqt_core.intake.field_rules import faults_of, name_of
from refleqt_core.intake.field_types import LARGEST_FLOAT, json_problem
from refleqt_core.values import Money

EAST, WEST = timezone(timedelta(hours=14)), timezone(timedelta(hours=-5))
HALF = "\ud800"


def nested(levels: int) -> dict[str, Any]:
    return {"a": nested(levels - 1)} if levels else {}


WRONG: Mapping[str, tuple[Any, ...]] = {
    "external_id": (None, 7, " ", "x" * 256, "a\0b", HALF),
    "title": (None, 7, "", "x" * 501, "a\0b", HALF, b"Waste"),
    "artifact_type": (None, 1, HALF),
    "status": (None, (), "x" * 1_000_000),
    "owner": (7, "a\0b", HALF, "x" * 501),
    "team": ("abc", ["a"], ("a", None), ("a\0",), (HALF,), None, ("x" * 501,), ("a",) * 201),
    "tags": ("abc", {"a"}, (7,)),
    "notes": ("x" * 50_001, 7, f"é{HALF}"),
    "publish_at": (
        datetime(9999, 12, 31, 23, 59, tzinfo=WEST),
        datetime(1, 1, 1, tzinfo=EAST),
        datetime(2199, 12, 31, 23, 59, tzinfo=WEST),
        datetime(1970, 1, 1, tzinfo=EAST),
        datetime(2026, 3, 2),
        date(2026, 3, 2),
        "2026-03-02T09:00:00Z",
    ),
    "campaign": ("", " ", 7, "x" * 501),
    "channels": ("blog", ["blog"], ("blog", 7)),
    "plans": (None, ["blog"], ("blog",), "blog"),
    "paid_budget": (5, Money(minor=-1), Money(minor=10**16), Money(minor=10**5_000)),
    "kpi_target": ("5", True, 10**400, float("nan"), float("inf")),
    "review_due": (datetime(2026, 3, 2, tzinfo=UTC), date(2200, 1, 1), date(1969, 12, 31), "2026-03-02"),
    "utm_source": (7, HALF),
    "primary_keyword": (" ",),
    "keyword_difficulty": (5.0, "5", True, 10**30),
    "featured_snippet": (1, None, "yes"),
    "url_slug": (HALF, 7),
    "core_web_vitals": (None, (), [("lcp", 1.0)], {"lcp": "2"}, {7: 2.0}, {"lcp": None}),
    "given": ({"title"}, frozenset({"titel"})),
}
CASES = [(field, value) for field, values in WRONG.items() for value in values]


@pytest.mark.parametrize(("field", "value"), CASES, ids=[f"{field}-{at}" for at, (field, _) in enumerate(CASES)])
def test_what_a_field_cannot_hold_is_named_and_nothing_is_saved(field: str, value: Any) -> None:
    refleqt = Composition()
    business_id = refleqt.business()
    wrong = replace(draft(), **{field: value})
    found = faults_of(wrong)
    assert [fault.field for fault in found] == [field]
    assert f"{found}".encode()
    with pytest.raises(InvalidInput):
        refleqt.calendar.save(business_id, wrong)
    assert refleqt.rows(business_id, CalendarEntry) == []


@pytest.mark.parametrize("moment", [datetime(1970, 1, 1, tzinfo=UTC), datetime(2199, 12, 31, 23, 59, 59, tzinfo=UTC)])
def test_moments_of_our_years_can_be_kept(moment: datetime) -> None:
    assert faults_of(draft(publish_at=moment, review_due=moment.date())) == []


@pytest.mark.parametrize(
    "parameters",
    [
        None, (), [("a", 1)], {"a": (1, 2)}, {"a": float("nan")}, {"a": [float("inf")]}, {7: 1}, {"": 1}, {"a\0": 1},
        {"a": HALF}, {"a": {"b": {"c": "\0"}}}, {"a": date(2026, 3, 2)}, {"a": {1}}, {"a": 10**5_000}, {"a": 1.7e308},
        {"a": Money(minor=1)}, {"a": "x" * 50_001}, {"a": [0] * 201}, nested(9),
    ],
)  # fmt: skip
def test_parameters_that_are_no_plain_json_are_refused(parameters: Any) -> None:
    wrong = draft(plans=(PlanDraft(channel="email", parameters=parameters),))
    assert [(fault.field, fault.problem[:24]) for fault in faults_of(wrong)] == [("plans", "email: of the parameters")]


def test_parameters_that_hold_themselves_are_refused() -> None:
    endless: dict[str, Any] = {}
    endless["a"] = endless
    assert json_problem(endless) is not None


def test_every_part_of_a_plan_has_its_type() -> None:
    plans = (
        PlanDraft(channel=None),  # type: ignore[arg-type]
        PlanDraft(channel=["email"]),  # type: ignore[arg-type]
        PlanDraft(channel="email", posting_schedule=["daily"]),  # type: ignore[arg-type]
        PlanDraft(channel="blog", paid_budget=5, repurposing_plan="a\0"),  # type: ignore[arg-type]
    )
    assert [fault.problem for fault in faults_of(draft(plans=plans))] == [
        "a plan: it is missing",
        "a plan: it is of the type list",
        "email: it is of the type list",
        "blog: of the budget, it is of the type int",
        "blog: it holds a NUL character",
    ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63) + 1, 2**63 - 1) | st.floats(-LARGEST_FLOAT, LARGEST_FLOAT)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.sampled_from("abc"), parts, max_size=3),
    max_leaves=5,
)  # fmt: skip


@given(st.dictionaries(st.sampled_from("abc"), JSON, max_size=3))
def test_plain_json_can_be_the_parameters_of_a_plan(parameters: dict[str, Any]) -> None:
    assert faults_of(draft(plans=(PlanDraft(channel="email", parameters=parameters),))) == []


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=9)
    | st.binary(max_size=3) | st.datetimes(timezones=st.none() | st.just(WEST)) | st.dates() | st.just(Money(minor=-1)),
    lambda parts: st.lists(parts, max_size=2) | st.tuples(parts, parts)
    | st.dictionaries(st.text(st.characters(), max_size=2), parts, max_size=2),
    max_leaves=4,
)  # fmt: skip


@given(st.sampled_from([*DRAFT_FIELDS, "given"]), ANYTHING)
def test_no_value_whatever_makes_a_rule_fail_and_every_fault_can_be_written(field: str, value: Any) -> None:
    wrong = replace(EntryDraft(external_id="E-1", title="Waste", artifact_type="design"), **{field: value})
    found = faults_of(wrong)
    assert {fault.field for fault in found} <= {field}
    assert f"{found}{name_of(wrong)}".encode()


@pytest.mark.parametrize(
    ("id", "said"),
    [("E-1", "entry 'E-1'"), (HALF, r"entry '\ud800'"), ("a\0", r"entry 'a\x00'"), (7, "an entry whose id is no text")],
)
def test_a_fault_names_the_entry_in_words_that_can_be_written(id: Any, said: str) -> None:
    assert name_of(draft(id)) == said
    assert len(name_of(draft("x" * 1_000_000))) < 300
