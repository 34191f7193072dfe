"""Exports and the feed as a client meets them: who may read what, and what is told when nothing has changed."""

import csv
import io
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar
from openpyxl import load_workbook
from starlette.testclient import TestClient

from refleqt_adapters.container import Container, open_refleqt
from refleqt_adapters.settings import Settings
from refleqt_core.access import FEED, WHOLE_FEED
from refleqt_core.intake.calendar import CalendarEntry
from refleqt_core.intake.drafts import EntryDraft, OnboardingForm
from refleqt_core.ports import where
from refleqt_core.values import BusinessId, Money
from refleqt_http.access_log import HIDDEN, WithoutTokens
from refleqt_http.app import RESOURCES, create_app

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.fixture
def refleqt() -> Iterator[Container]:
    with open_refleqt(Settings.in_memory(clock="simulated", clock_start=NOW)) as container:
        yield container


@pytest.fixture
def business(refleqt: Container) -> BusinessId:
    """A business with an entry that has a date and one that has none."""
    made = BusinessId(refleqt.onboarding().complete(OnboardingForm(name="Brine", slug="brine")).id)
    for draft in (
        EntryDraft(external_id="A", title="Tips", artifact_type="email", publish_at=NOW + timedelta(days=3)),
        EntryDraft(external_id="B", title="=idea", artifact_type="blog_copy"),
    ):
        refleqt.calendar().save(made, draft)
    return made


@pytest.fixture
def anonymous(refleqt: Container) -> TestClient:
    return TestClient(create_app(refleqt))


def token(refleqt: Container, business: BusinessId, role: str, **more: Any) -> str:
    return refleqt.tokens().issue(business, role=role, **more)[0]


@pytest.fixture
def client(refleqt: Container, business: BusinessId) -> TestClient:
    held = {"Authorization": f"Bearer {token(refleqt, business, 'member')}"}
    return TestClient(create_app(refleqt), headers=held)


def path(refleqt: Container, business: BusinessId, role: str = FEED) -> str:
    return f"/v1/calendar/feed.ics?token={token(refleqt, business, role)}"


def test_whoever_has_the_address_reads_the_dated_entries(refleqt, business, anonymous):
    answer = anonymous.get(path(refleqt, business))
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/calendar")
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["last-modified"] == "Mon, 02 Mar 2026 08:00:00 GMT"
    calendar = Calendar.from_ical(answer.content)
    assert [str(event["SUMMARY"]) for event in calendar.events] == ["Tips"]
    assert str(calendar["X-WR-CALNAME"]) == "Brine"


PRIVATE = EntryDraft(
    external_id="P",
    title="Menu",
    artifact_type="email",
    status="planned",
    campaign="Spring",
    publish_at=NOW + timedelta(days=4),
    notes="Ask the bank",
    owner="Mira",
    team=("Bo",),
    production_cost=Money(minor=12345, currency="EUR"),
    channel="email",
    paid_budget=Money(minor=67890, currency="EUR"),
)


def test_a_feed_tells_no_notes_no_people_and_no_money(refleqt, business, anonymous):
    refleqt.calendar().save(business, PRIVATE)
    told = anonymous.get(path(refleqt, business)).text.replace("\r\n ", "")
    assert "Campaign: Spring" in told
    for private in ("Ask the bank", "Mira", "Bo", "123.45", "12345", "678.90", "67890", "X-REFLEQT-ENTRY"):
        assert private not in told, private


def test_a_feed_that_was_made_to_tell_all_does(refleqt, business, anonymous):
    refleqt.calendar().save(business, PRIVATE)
    whole, plain = path(refleqt, business, WHOLE_FEED), path(refleqt, business)
    answer = anonymous.get(whole)
    told = answer.text.replace("\r\n ", "")
    assert all(each in told for each in ("Ask the bank", "Mira", "123.45", "678.90", "X-REFLEQT-ENTRY"))
    assert anonymous.get(plain).headers["etag"] != answer.headers["etag"]


def test_the_tag_is_another_after_whatever_the_feed_tells_has_changed(refleqt, business, anonymous):
    address, calendar = path(refleqt, business), refleqt.calendar()
    entry = calendar.save(business, PRIVATE)
    tags = [anonymous.get(address).headers["etag"]]
    for change in (
        lambda: calendar.edit(business, entry.id, {"title": "Menus"}),
        lambda: calendar.edit(business, entry.id, {"publish_at": NOW + timedelta(days=9)}),
        lambda: calendar.save(business, EntryDraft(external_id="C", title="Idea", artifact_type="email")),
        lambda: calendar.edit(business, entry.id, {"publish_at": None}),
    ):
        change()
        answer = anonymous.get(address, headers={"If-None-Match": tags[-1]})
        assert answer.status_code == 200
        tags.append(answer.headers["etag"])
    assert len(set(tags)) == len(tags)


def test_what_has_not_changed_is_not_read(refleqt, business, anonymous):
    with refleqt.store().business(business) as tx:
        (entry,) = tx.find(CalendarEntry, *where(external_id="A"))
    exports, asked = refleqt.calendar_exports(), list[str]()
    tag = exports.feed(business).tag
    again = exports.feed(business, known=lambda each: not asked.append(each))
    assert (again.data, again.tag, again.changed_at, asked) == (None, tag, entry.updated_at, [tag])


def test_a_program_that_has_it_is_told_that_nothing_has_changed(refleqt, business, anonymous):
    address = path(refleqt, business)
    tag = anonymous.get(address).headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = anonymous.get(address, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    (entry,) = refleqt.calendar().find(business, start=NOW)
    refleqt.calendar().remove(business, entry.id)
    gone = anonymous.get(address, headers={"If-None-Match": tag, "If-Modified-Since": "Mon, 02 Mar 2026 09:00:00 GMT"})
    assert gone.status_code == 200


def test_head_tells_the_tag_alone(refleqt, business, anonymous):
    answer = anonymous.head(path(refleqt, business))
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["etag"]


@pytest.mark.parametrize("query", ["", "?token=", "?token=rq_unknown", f"?token={'x' * 600}"])
def test_without_a_token_that_holds_there_is_no_feed(refleqt, business, anonymous, query):
    answer = anonymous.get(f"/v1/calendar/feed.ics{query}")
    assert answer.status_code == 401
    assert "rq_unknown" not in answer.text


def test_a_feed_that_was_revoked_is_gone_and_so_is_an_old_one(refleqt, business, anonymous):
    secret, record = refleqt.tokens().issue(business, role=FEED)
    refleqt.tokens().revoke(record.id)
    old = token(refleqt, business, FEED, days=1)
    refleqt.clock().advance_to(NOW + timedelta(days=2))
    for each in (secret, old):
        assert anonymous.get(f"/v1/calendar/feed.ics?token={each}").status_code == 401


@pytest.mark.parametrize("role", ["owner", "member", "creator", "reviewer", "operator"])
def test_no_other_token_is_taken_in_an_address(refleqt, business, anonymous, role):
    assert anonymous.get(path(refleqt, business, role)).status_code == 403


def test_the_token_of_a_feed_reads_nothing_else(refleqt, business, anonymous):
    held = {"Authorization": f"Bearer {token(refleqt, business, WHOLE_FEED)}"}
    operations = [each for resource in RESOURCES for each in resource.operations if each.roles is not None]
    reads = [each.path for each in operations if each.method == "GET" and "{" not in each.path and not each.query]
    for address in ("/v1/calendar", "/v1/calendar/export.csv", *reads):
        assert anonymous.get(address, headers=held).status_code == 403, address
    assert not any({FEED, WHOLE_FEED} & each.roles for each in operations)


def test_another_business_has_another_feed(refleqt, business, anonymous):
    other = BusinessId(refleqt.onboarding().complete(OnboardingForm(name="Other", slug="other")).id)
    calendar = Calendar.from_ical(anonymous.get(path(refleqt, other)).content)
    assert (str(calendar["X-WR-CALNAME"]), calendar.events) == ("Other", [])


@pytest.fixture
def owner(refleqt: Container, business: BusinessId) -> TestClient:
    held = {"Authorization": f"Bearer {token(refleqt, business, 'owner')}"}
    return TestClient(create_app(refleqt), headers=held)


@pytest.mark.parametrize("whole", [False, True])
def test_an_owner_makes_an_address_that_is_shown_once_and_takes_it_back(owner, anonymous, whole):
    made = owner.post("/v1/calendar/feeds", json={"label": "phone", "whole": whole, "days": 2}).json()
    told = anonymous.get(made["path"])
    assert (told.status_code, "X-REFLEQT-ENTRY" in told.text) == (200, whole)
    assert made["expires_at"] == "2026-03-04T08:00:00Z"
    (listed,) = owner.get("/v1/calendar/feeds").json()["items"]
    assert listed == {name: value for name, value in made.items() if name != "path"}
    gone = owner.delete(f"/v1/calendar/feeds/{made['id']}").json()
    assert gone["revoked_at"] == "2026-03-02T08:00:00Z"
    assert owner.delete(f"/v1/calendar/feeds/{made['id']}").json() == gone
    assert anonymous.get(made["path"]).status_code == 401
    assert owner.get("/v1/calendar/feeds").json()["items"] == [gone]


def test_another_business_neither_sees_nor_ends_an_address(refleqt, business, owner, anonymous):
    made = owner.post("/v1/calendar/feeds", json={}).json()
    other = BusinessId(refleqt.onboarding().complete(OnboardingForm(name="Other", slug="other")).id)
    theirs = {"Authorization": f"Bearer {token(refleqt, other, 'owner')}"}
    assert anonymous.get("/v1/calendar/feeds", headers=theirs).json()["items"] == []
    assert anonymous.delete(f"/v1/calendar/feeds/{made['id']}", headers=theirs).status_code == 404
    assert anonymous.get(made["path"]).status_code == 200


def test_a_token_that_is_no_address_is_not_ended_as_one(refleqt, business, owner):
    _, record = refleqt.tokens().issue(business, role="member")
    assert owner.get("/v1/calendar/feeds").json()["items"] == []
    assert owner.delete(f"/v1/calendar/feeds/{record.id}").status_code == 404


@pytest.mark.parametrize("role", ["member", "creator", "reviewer", "operator"])
def test_only_an_owner_makes_lists_and_ends_addresses(refleqt, business, anonymous, owner, role):
    made = owner.post("/v1/calendar/feeds", json={}).json()
    held = {"Authorization": f"Bearer {token(refleqt, business, role)}"}
    assert anonymous.post("/v1/calendar/feeds", json={}, headers=held).status_code == 403
    assert anonymous.get("/v1/calendar/feeds", headers=held).status_code == 403
    assert anonymous.delete(f"/v1/calendar/feeds/{made['id']}", headers=held).status_code == 403
    assert anonymous.get(made["path"]).status_code == 200


@pytest.mark.parametrize("days", [0, 3651, 1.5, True])
def test_an_address_holds_for_a_day_to_ten_years(owner, days):
    assert owner.post("/v1/calendar/feeds", json={"days": days}).status_code == 422


def test_the_calendar_is_downloaded_as_a_table(client):
    answer = client.get("/v1/calendar/export.csv")
    assert answer.headers["content-disposition"].startswith("attachment")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["external_id"], row["title"]) for row in rows] == [("A", "Tips"), ("B", "'=idea")]


def test_the_calendar_is_downloaded_as_a_workbook(client):
    answer = client.get("/v1/calendar/export.xlsx", params={"start": "2026-03-01T00:00:00Z"})
    assert answer.headers["content-type"].endswith("spreadsheetml.sheet")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == ["A"]


def test_a_filter_that_is_none_is_refused(client):
    assert client.get("/v1/calendar/export.csv", params={"status": "gone"}).status_code == 422
    assert client.get("/v1/calendar/export.csv", params={"colour": "red"}).status_code == 422


def test_the_access_log_tells_no_token(caplog):
    log = logging.getLogger("an access log")
    log.addFilter(WithoutTokens())
    with caplog.at_level(logging.INFO, logger="an access log"):
        log.info('%s - "%s %s" %d', "127.0.0.1", "GET", "/v1/calendar/feed.ics?a=1&token=rq_secret&b=2", 200)
        log.info("asked for feed.ics?token=rq_secret")
    assert "rq_secret" not in caplog.text
    assert f"?a=1&{HIDDEN}&b=2" in caplog.text
