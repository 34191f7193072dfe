"""An entry as a person writes it: by ``field=value``, and as a form that comes back as it was given out."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from composition import draft
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from refleqt_adapters.entry_forms import (
    changed_fields,
    read_campaign,
    read_entry_form,
    read_settings,
    setting,
    write_form,
)
from refleqt_core.errors import InvalidInput
from refleqt_core.intake.calendar import CHANNELS
from refleqt_core.intake.drafts import EntryDraft, PlanDraft
from refleqt_core.intake.entry_drafts import DRAFT_FIELDS
from refleqt_core.intake.entry_fields import entry_fields
from refleqt_core.values import Money

ZONE = "Europe/Amsterdam"


def read(*settings: str, stored: EntryDraft | None = None, clear: tuple[str, ...] = ()) -> dict[str, Any]:
    return read_settings([setting(each) for each in settings], ZONE, stored, clear)


def faults(*settings: str, clear: tuple[str, ...] = ()) -> list[tuple[str, str | None]]:
    with pytest.raises(InvalidInput) as caught:
        read(*settings, clear=clear)
    assert all(fault.problem and fault.remedy for fault in caught.value.faults)
    return [(fault.source, fault.field) for fault in caught.value.faults]


def test_there_is_a_field_for_all_that_a_draft_says() -> None:
    assert set(entry_fields()) == set(DRAFT_FIELDS)
    takes = {name: field.takes for name, field in entry_fields().items()}
    assert (takes["publish_at"], takes["review_due"], takes["paid_budget"]) == ("moment", "day", "amount")
    assert (takes["kpi_target"], takes["search_volume"], takes["featured_snippet"]) == ("number", "whole", "yes_no")
    assert (takes["core_web_vitals"], takes["plans"], takes["team"]) == ("vitals", "plans", "text")
    assert {name for name, field in entry_fields().items() if not field.can_be_empty} == {
        "external_id", "title", "artifact_type", "status",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("owner=Mira", "Mira"),
        ("title= A = B ", "A = B"),
        ("publish_at=2026-03-09 10:00", datetime(2026, 3, 9, 9, tzinfo=UTC)),
        ("publish_at=2026-03-09T10:00:00Z", datetime(2026, 3, 9, 10, tzinfo=UTC)),
        ("review_due=2026-04-09", date(2026, 4, 9)),
        ("production_cost=450", Money(minor=45_000)),
        ("production_cost=1,450.50 USD", Money(minor=145_050, currency="USD")),
        ("kpi_target=40", 40.0),
        ("search_volume=900", 900),
        ("featured_snippet=yes", True),
        ("team=Bo; Ada;", ("Bo", "Ada")),
        ("channels=email,LinkedIn", ("email", "linkedin")),
        ("secondary_kpis=clicks;clicks", ("clicks",)),
        ("artifact_type=Blog post", "blog_copy"),
        ("index_status=noindex", "noindex"),
        ("core_web_vitals=lcp=2.5; cls=0.1", {"lcp": 2.5, "cls": 0.1}),
        ("owner=", None),
        ("team=", ()),
        ("core_web_vitals=", {}),
    ],
)
def test_each_field_is_read_as_what_it_takes(said: str, value: Any) -> None:
    assert read(said) == {said.partition("=")[0]: value}


@pytest.mark.parametrize(
    "said",
    ["status=eaten", "publish_at=soon", "review_due=2026-02-30", "production_cost=much", "kpi_target=-1", "colour=red",
     "search_volume=1.5", "featured_snippet=perhaps", "title=", "plans=email", "channels=email;pigeon",
     "owner=a\0b", "linkedin.paid_budget=much", "core_web_vitals=quick", "pigeon.hook=x"],
)  # fmt: skip
def test_what_a_field_cannot_be_is_said_with_its_remedy(said: str) -> None:
    assert faults(said) == [("--set", said.partition("=")[0])]


def test_all_faults_are_told_at_once() -> None:
    assert faults("status=eaten", "kpi_target=many", clear=("title", "colour")) == [
        ("--clear", "title"), ("--clear", "colour"), ("--set", "status"), ("--set", "kpi_target"),
    ]  # fmt: skip


@pytest.mark.parametrize("said", ["owner", "", "=Mira"])
def test_a_setting_names_a_field_and_a_value(said: str) -> None:
    with pytest.raises(InvalidInput):
        setting(said)


def test_what_is_cleared_is_as_if_it_never_was() -> None:
    assert read(clear=("owner", "team", "plans", "core_web_vitals", "featured_snippet")) == {
        "owner": None, "team": (), "plans": (), "core_web_vitals": {}, "featured_snippet": False,
    }  # fmt: skip


def test_a_part_of_a_plan_changes_that_part_of_that_plan() -> None:
    email = PlanDraft(channel="email", parameters={"segment": "ops"})
    linkedin = PlanDraft(channel="linkedin", parameters={"hook": "Old", "format": "pdf"}, paid_budget=Money(minor=100))
    stored = draft(plans=(email, linkedin))
    given = read("linkedin.hook=New", "linkedin.posting_schedule=Tue 09:00", "blog.repurposing_plan=Cut", stored=stored)
    assert given["plans"] == (
        email,
        replace(linkedin, parameters={"hook": "New", "format": "pdf"}, posting_schedule=("Tue 09:00",)),
        PlanDraft(channel="blog", repurposing_plan="Cut"),
    )
    taken = read("linkedin.hook=", "linkedin.paid_budget=", stored=stored)
    assert taken["plans"] == (email, PlanDraft(channel="linkedin", parameters={"format": "pdf"}))


WORDS = st.text("abc é'\":#-[]{}|>&*!%@`~\n", min_size=1, max_size=20).map(str.strip).filter(bool)
LINES = st.text("abc é'\":#-[]{},|>&*!%@`~0123", min_size=1, max_size=20).map(str.strip).filter(bool)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
AMOUNTS = st.builds(Money, minor=st.integers(0, 10**12), currency=st.sampled_from(["EUR", "USD", "JPY"]))
PARAMETERS = st.dictionaries(
    st.text("abcdef_", min_size=1, max_size=8), LINES | st.booleans() | st.lists(LINES, max_size=2), max_size=2
)
PLANS = st.lists(
    st.builds(
        PlanDraft,
        channel=st.sampled_from(CHANNELS),
        parameters=PARAMETERS,
        posting_schedule=st.lists(st.sampled_from(["Tue 09:00", "+3d"]), unique=True, max_size=2).map(tuple),
        paid_budget=st.none() | AMOUNTS,
        repurposing_plan=st.none() | WORDS,
    ),
    max_size=3,
    unique_by=lambda plan: plan.channel,
).map(tuple)
OF_TAKES: Mapping[str, st.SearchStrategy[Any]] = {
    "moment": MOMENTS,
    "day": st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    "amount": AMOUNTS,
    "number": st.integers(0, 10**6).map(float) | st.floats(0, 1e6, allow_nan=False).map(lambda n: round(n, 3)),
    "whole": st.integers(0, 2**31 - 1),
    "yes_no": st.booleans(),
    "vitals": st.dictionaries(st.sampled_from(["lcp", "inp", "cls"]), st.integers(0, 10).map(float)),
    "plans": PLANS,
}


def strategy_of(name: str) -> st.SearchStrategy[Any]:
    field = entry_fields()[name]
    one = (
        st.sampled_from(field.allowed) if field.allowed and field.takes == "text" else OF_TAKES.get(field.takes, LINES)
    )
    if field.many and field.takes != "plans":
        return st.lists(one, max_size=3, unique=True).map(tuple)
    return one if not field.can_be_empty or field.takes in ("yes_no", "vitals", "plans") else st.none() | one


DRAFTS = st.fixed_dictionaries(
    {name: strategy_of(name) for name, field in entry_fields().items() if not field.is_short_form}
).map(lambda said: EntryDraft(**said))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(DRAFTS)
def test_a_form_that_nobody_touched_says_what_it_was_made_of(tmp_path: Path, said: EntryDraft) -> None:
    path = tmp_path / "entry.yaml"
    path.write_text(write_form(said, ZONE), encoding="utf-8")
    form = read_entry_form(path, ZONE)
    assert {name: (value, getattr(said, name)) for name, value in form.items() if value != getattr(said, name)} == {}
    assert set(form) == set(DRAFT_FIELDS) - {"external_id", "created_at", "channels", "paid_budget"}


def test_what_is_changed_in_a_form_is_all_that_changes(tmp_path: Path) -> None:
    path = tmp_path / "entry.yaml"
    path.write_text(write_form(draft(owner="Mira", image_alt_texts=("A glove", "")), ZONE))
    before = read_entry_form(path, ZONE)
    text = path.read_text().replace("owner: Mira", "owner:").replace("team:", "team: [Bo, Ada]")
    path.write_text(text.replace("url_slug:", "url_slug: wet-glove"))
    assert changed_fields(before, read_entry_form(path, ZONE)) == {
        "owner": None, "team": ("Bo", "Ada"), "url_slug": "wet-glove",
    }  # fmt: skip


def test_the_faults_of_a_form_have_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "entry.yaml"
    text = write_form(draft(), ZONE).replace("status: published", "status: eaten").replace("owner:", "ownr:")
    path.write_text(text.replace("title: Ten ways to waste less", "title:"))
    lines = path.read_text().splitlines()
    with pytest.raises(InvalidInput) as caught:
        read_entry_form(path, ZONE)
    found = {fault.field: lines[(fault.row or 0) - 1] for fault in caught.value.faults}
    assert found == {"title": "title:", "status": "status: eaten", "ownr": "ownr:"}


def test_a_campaign_keeps_what_is_not_said_and_loses_what_is_said_empty() -> None:
    first = read_campaign("Spring", {"goal": "Be found", "from": "2026-03-01", "budget": "4,500 EUR", "to": None}, None)
    assert (first.goal, first.starts_on, first.budget) == ("Be found", date(2026, 3, 1), Money(minor=450_000))
    with pytest.raises(InvalidInput) as caught:
        read_campaign("Spring", {"from": "soon", "budget": "much"}, None)
    assert [fault.source for fault in caught.value.faults] == ["--from", "--budget"]
