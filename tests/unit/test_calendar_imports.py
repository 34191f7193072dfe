"""Calendars of other tools come in once, change what they speak of alone, are remembered, and can be taken back."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from starlette.testclient import TestClient

from refleqt_adapters.calendar_files import Said, said_of, unconfirmed
from refleqt_adapters.container import Container, open_refleqt
from refleqt_adapters.imported import Imported
from refleqt_adapters.settings import Settings
from refleqt_core.errors import InvalidInput
from refleqt_core.intake.calendar import CalendarEntry
from refleqt_core.intake.drafts import OnboardingForm
from refleqt_core.values import BusinessId
from refleqt_http.app import create_app

NOTION = ("Name,Status,Platform,Publish date", "Ovens,In progress,LinkedIn,2026-03-02", "Stoves,Done,Blog,2026-03-03")


@pytest.fixture
def refleqt() -> Iterator[Container]:
    with open_refleqt(Settings.in_memory()) as container:
        yield container


def business(refleqt: Container, slug: str = "brine", time_zone: str = "Europe/Amsterdam") -> BusinessId:
    form = OnboardingForm(name=slug.title(), slug=slug, time_zone=time_zone)
    return BusinessId(refleqt.onboarding().complete(form).id)


@pytest.fixture
def brine(refleqt: Container) -> BusinessId:
    return business(refleqt)


def write(folder: Path, *lines: str, name: str = "plan.csv") -> Path:
    path = folder / name
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def take(refleqt: Container, business_id: BusinessId, path: Path, said: Said | None = None) -> Imported:
    plan = refleqt.calendar_files().plan(business_id, path, said)
    return refleqt.importer().import_calendar(business_id, plan)


def counts(done: Any) -> tuple[int, int, int, int]:
    return done.new, done.changed, done.unchanged, done.rejected


def entries(refleqt: Container, business_id: BusinessId) -> dict[str, CalendarEntry]:
    return {entry.title: entry for entry in refleqt.calendar().find(business_id)}


def test_the_same_file_again_changes_nothing_and_a_changed_row_its_entry(
    refleqt: Container, brine: BusinessId, tmp_path: Path
):
    path = write(tmp_path, *NOTION)
    assert counts(take(refleqt, brine, path)) == (2, 0, 0, 0)
    assert counts(take(refleqt, brine, path)) == (0, 0, 2, 0)
    write(tmp_path, *NOTION[:2], NOTION[2].replace("03-03", "03-09"))
    assert counts(take(refleqt, brine, path)) == (0, 1, 1, 0)
    assert f"{entries(refleqt, brine)['Stoves'].publish_at:%Y-%m-%d %H:%M}" == "2026-03-08 23:00"


def test_a_changed_title_is_another_entry(refleqt: Container, brine: BusinessId, tmp_path: Path):
    take(refleqt, brine, write(tmp_path, *NOTION))
    assert counts(take(refleqt, brine, write(tmp_path, NOTION[0], NOTION[1].replace("Ovens", "Pans")))) == (1, 0, 0, 0)
    assert set(entries(refleqt, brine)) == {"Ovens", "Stoves", "Pans"}


def test_what_the_file_does_not_speak_of_stays(refleqt: Container, brine: BusinessId, tmp_path: Path):
    take(refleqt, brine, write(tmp_path, *NOTION))
    entry = entries(refleqt, brine)["Ovens"]
    refleqt.calendar().edit(brine, entry.id, {"owner": "Ann", "artifact_type": "case_study", "angle": "roi"})
    take(refleqt, brine, write(tmp_path, *(line.replace("In progress", "Review") for line in NOTION)))
    after = entries(refleqt, brine)["Ovens"]
    assert (after.owner, after.artifact_type, after.angle, after.status) == ("Ann", "case_study", "roi", "in_review")


def test_what_was_confirmed_is_remembered_for_these_columns_in_any_order(
    refleqt: Container, brine: BusinessId, tmp_path: Path
):
    files = refleqt.calendar_files()
    path = write(tmp_path, *NOTION)
    assert not files.plan(brine, path).is_settled
    with pytest.raises(InvalidInput, match=r"Publish date.*nobody has confirmed(?s:.*)refleqt calendar import"):
        refleqt.importer().import_file(brine, path)
    take(refleqt, brine, path, said_of(columns=["Status=notes"], unused=["Publish date"]))
    again = write(tmp_path, "platform,NAME,publish-date,Status", "Blog,Pans,2026-04-01,a remark", name="again.csv")
    plan = files.plan(brine, again)
    assert plan.is_settled
    assert plan.fields == {"NAME": "title", "Status": "notes", "platform": "channel"}
    assert counts(refleqt.importer().import_file(brine, again)) == (1, 0, 0, 0)
    assert not files.plan(business(refleqt, "other"), again).is_settled, "another business has confirmed nothing"
    said = files.plan(brine, again, said_of(columns=["Status=status"]))
    assert (said.is_settled, said.fields["Status"]) == (True, "status"), "what is said needs no confirmation"


def test_a_column_is_confirmed_by_saying_what_it_holds_and_the_others_are_not(
    refleqt: Container, brine: BusinessId, tmp_path: Path
):
    path = write(tmp_path, *NOTION)
    files = refleqt.calendar_files()
    some = files.plan(brine, path, said_of(columns=["Name=title", "Platform=channel"]))
    assert not some.is_settled
    open_ones = [(fault.field, fault.remedy) for fault in unconfirmed(some).faults]
    assert [column for column, _ in open_ones] == ["Publish date"], "Status is our own name"
    assert all(remedy.endswith(f"refleqt calendar import {path} --yes") for _, remedy in open_ones)
    every = ["Name=title", "Platform=channel", "Status=status"]
    assert files.plan(brine, path, said_of(columns=every, unused=["Publish date"])).is_settled


def test_a_table_without_a_title_asks_for_one_and_not_for_a_confirmation(
    refleqt: Container, brine: BusinessId, tmp_path: Path
):
    plan = refleqt.calendar_files().plan(brine, write(tmp_path, "Status,Platform", "Done,Blog"))
    (fault,) = unconfirmed(plan).faults
    assert "title" in fault.problem and "--map 'COLUMN=title'" in fault.remedy and "--yes" not in fault.remedy


# Files that are no tables

ICAL = (
    "BEGIN:VCALENDAR|VERSION:2.0|PRODID:x|BEGIN:VEVENT|UID:u1|DTSTAMP:20260301T000000Z|DTSTART:20260302T090000Z"
    "|SUMMARY:Webinar on ovens|END:VEVENT|BEGIN:VJOURNAL|UID:diary|END:VJOURNAL|END:VCALENDAR|".replace("|", "\r\n")
)
WXR = """<rss xmlns:wp="http://wordpress.org/export/1.2/"><channel><link>https://example.com</link>
<item><title>Weigh it</title><wp:post_id>7</wp:post_id><wp:post_date_gmt>2026-08-03 08:00:00</wp:post_date_gmt>
<wp:post_name>weigh-it</wp:post_name><wp:status>publish</wp:status><wp:post_type>post</wp:post_type></item>
</channel></rss>"""
GHOST = (
    '{"db": [{"data": {"posts": [{"id": "1", "title": "Bins", "slug": "bins", "type": "post", "status": "draft"}]}}]}'
)
OTHERS = [("ical", "feed.ics", ICAL), ("wordpress", "site.xml", WXR), ("ghost", "blog.json", GHOST)]


@pytest.mark.parametrize(("kind", "name", "content"), OTHERS)
def test_any_calendar_is_planned_and_read_without_a_trace_and_imported_once(
    refleqt: Container, brine: BusinessId, tmp_path: Path, kind: str, name: str, content: str
):
    path = write(tmp_path, content, name=name)
    files = refleqt.calendar_files()
    plan = files.plan(brine, path)
    assert (plan.kind, plan.is_settled, plan.guesses) == (kind, True, ())
    assert len(files.read(plan).items) == 1
    assert entries(refleqt, brine) == {} and refleqt.calendar().imports(brine) == []
    written: list[int] = []
    done = refleqt.importer().import_calendar(brine, plan, writing=written.append)
    assert (done.kind, counts(done), written) == (kind, (1, 0, 0, 0), [1])
    assert counts(refleqt.importer().import_file(brine, path)) == (0, 0, 1, 0)


@pytest.mark.parametrize(("kind", "name", "content"), OTHERS)
def test_what_is_said_of_columns_is_refused_for_a_file_without_any(
    refleqt: Container, brine: BusinessId, tmp_path: Path, kind: str, name: str, content: str
):
    said = said_of(columns=["a=title"], unused=["b"], dates="dmy", sheet="x", defaults=["status=idea"])
    with pytest.raises(InvalidInput) as caught:
        refleqt.calendar_files().plan(brine, write(tmp_path, content, name=name), said)
    assert [fault.field for fault in caught.value.faults] == ["map", "unmap", "dates", "sheet", "default"]
    assert all(kind in fault.problem and "Leave" in fault.remedy for fault in caught.value.faults)


def test_a_text_has_no_sheet(refleqt: Container, brine: BusinessId, tmp_path: Path):
    with pytest.raises(InvalidInput, match="no sheets"):
        refleqt.calendar_files().plan(brine, write(tmp_path, *NOTION), said_of(sheet="Plan"))


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("team.yaml", "members:\n- name: Ann\n", "team"),
        ("vents.jsonl", "{}", "vents"),
        ("us.json", '{"identity": {"name": "x"}}', "onboarding"),
        ("paid.csv", "date,campaign,ad_id,impressions,clicks,cost,currency\n", ""),
    ],
)
def test_what_is_no_calendar_is_refused_and_says_how_it_comes_in(
    refleqt: Container, brine: BusinessId, tmp_path: Path, name: str, content: str, kind: str
):
    path = write(tmp_path, content, name=name)
    with pytest.raises(InvalidInput, match="no calendar") as caught:
        refleqt.calendar_files().plan(brine, path)
    assert kind in caught.value.faults[0].problem
    assert caught.value.faults[0].remedy == f"Import it with: refleqt import {path}"


def test_words_dates_and_defaults_are_remembered_with_the_columns(
    refleqt: Container, brine: BusinessId, tmp_path: Path
):
    path = write(tmp_path, "Name,Status,Publish date", "Ovens,With legal,03/04/2026")
    said = said_of(dates="mdy", defaults=["artifact_type=email"], values=["status:With legal=in_review"])
    take(refleqt, brine, path, said)
    write(tmp_path, "Name,Status,Publish date", "Pans,with LEGAL,05/06/2026")
    assert counts(refleqt.importer().import_file(brine, path)) == (1, 0, 0, 0)
    pans = entries(refleqt, brine)["Pans"]
    assert (pans.status, pans.artifact_type, f"{pans.publish_at:%m-%d}") == ("in_review", "email", "05-05")


def test_our_own_columns_need_no_question(refleqt: Container, brine: BusinessId, tmp_path: Path):
    path = write(tmp_path, "external_id,title,artifact_type,publish_at", "a,Ovens,email,2026-03-02T09:00")
    assert counts(refleqt.importer().import_file(brine, path)) == (1, 0, 0, 0)
    assert f"{entries(refleqt, brine)['Ovens'].publish_at:%H:%M}" == "08:00", "it is local time"


def test_what_is_said_of_columns_has_to_be_of_the_file(refleqt: Container, brine: BusinessId, tmp_path: Path):
    path = write(tmp_path, *NOTION)
    with pytest.raises(InvalidInput, match=r"no column 'Titel'(?s:.*)The file has: Name"):
        refleqt.calendar_files().plan(brine, path, said_of(columns=["Titel=title"]))


@pytest.mark.parametrize(
    "said",
    [{"columns": ["Title"]}, {"columns": ["=x"]}, {"dates": "ymd"}, {"defaults": ["x="]}, {"values": ["status:x"]}],
)
def test_what_is_said_badly_is_a_fault(said: dict[str, Any]):
    with pytest.raises(InvalidInput) as caught:
        said_of(**said)
    assert all(fault.remedy for fault in caught.value.faults)


def test_a_field_that_is_said_of_one_column_is_taken_from_another(
    refleqt: Container, brine: BusinessId, tmp_path: Path
):
    path = write(tmp_path, "Name,Headline,Type", "a,b,Email")
    plan = refleqt.calendar_files().plan(brine, path, said_of(columns=["Headline=title"]))
    assert plan.fields == {"Headline": "title", "Type": "artifact_type"}


def test_a_whole_import_is_taken_back(refleqt: Container, brine: BusinessId, tmp_path: Path):
    take(refleqt, brine, write(tmp_path, *NOTION))
    before = entries(refleqt, brine)
    take(refleqt, brine, write(tmp_path, *NOTION[:1], "Ovens,Done,Blog,2026-05-01", "Pans,Idea,Blog,2026-05-02"))
    latest = refleqt.calendar().imports(brine)[0]
    refleqt.calendar().undo_import(brine, latest.id)
    after = entries(refleqt, brine)
    assert set(after) == set(before)
    assert (after["Ovens"].status, after["Ovens"].publish_at) == (before["Ovens"].status, before["Ovens"].publish_at)


# HTTP


@pytest.fixture
def client(refleqt: Container, brine: BusinessId) -> TestClient:
    secret, _ = refleqt.tokens().issue(brine, label="anna")
    return TestClient(create_app(refleqt), headers={"Authorization": f"Bearer {secret}"})


def post(client: TestClient, lines: Sequence[str], preview: bool = False, **query: Any) -> Any:
    path = "/v1/calendar/imports/preview" if preview else "/v1/calendar/imports"
    headers = {"Content-Type": "text/csv"}
    return client.post(path, params=query, content="\n".join(lines).encode(), headers=headers)


def test_a_preview_says_what_the_columns_are_and_what_is_wrong_and_keeps_nothing(
    client: TestClient, refleqt: Container, brine: BusinessId
):
    answer = post(client, [*NOTION, "Pans,Cooked,Blog,soon"], preview=True, name="plan.csv").json()
    assert [column["field"] for column in answer["columns"]] == ["title", "status", "channel", "publish_at"]
    assert (answer["rows"], answer["is_settled"]) == (2, False)
    assert [(fault["source"], fault["row"], fault["field"]) for fault in answer["faults"]] == [
        ("plan.csv", 4, "Status"), ("plan.csv", 4, "Publish date"),
    ]  # fmt: skip
    assert entries(refleqt, brine) == {}


def test_an_import_over_http_is_confirmed_once_listed_and_undone(
    client: TestClient, refleqt: Container, brine: BusinessId
):
    refused = post(client, NOTION, name="plan.csv")
    assert refused.status_code == 422
    assert {fault["source"] for fault in refused.json()["faults"]} == {"plan.csv"}
    assert "confirmed=true" in refused.json()["faults"][0]["remedy"]
    done = post(client, NOTION, name="plan.csv", confirmed="true", map=["Status=status", "Name=title"]).json()
    assert (done["new"], done["read"], done["rejected_rows"]) == (2, 2, [])
    assert post(client, NOTION, name="plan.csv").json()["unchanged"] == 2, "now it is known"
    listed = client.get("/v1/calendar/imports").json()["items"]
    assert [each["new"] for each in listed] == [0, 2]
    assert client.post(f"/v1/calendar/imports/{done['id']}/undo").json() == {"removed": 2, "restored": 0, "kept": 0}
    assert entries(refleqt, brine) == {}


def test_rejected_rows_are_told_with_their_reasons(client: TestClient, refleqt: Container, brine: BusinessId):
    rows = [*NOTION, "Pans,Cooked,Blog,2026-03-04"]
    assert post(client, rows, confirmed="true").status_code == 422
    done = post(client, rows, confirmed="true", skip_bad_rows="true").json()
    assert (done["new"], done["rejected"]) == (2, 1)
    assert done["rejected_rows"][0]["row"] == 4
    assert done["rejected_rows"][0]["text"] == "Pans,Cooked,Blog,2026-03-04"
    (fault,) = done["rejected_rows"][0]["faults"]
    assert (fault["source"], fault["row"], fault["field"], fault["value"]) == ("calendar", 4, "Status", "Cooked")


def test_a_workbook_comes_in_over_http_and_what_is_none_is_refused(client: TestClient, tmp_path: Path):
    made = Workbook()
    for line in NOTION:
        made.active.append(line.split(","))
    made.save(tmp_path / "plan.xlsx")
    headers = {"Content-Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
    query = {"confirmed": "true", "name": "plan.xlsx"}
    content = (tmp_path / "plan.xlsx").read_bytes()
    assert client.post("/v1/calendar/imports", params=query, content=content, headers=headers).json()["new"] == 2
    refused = client.post("/v1/calendar/imports", params=query, content=b"PK no", headers=headers)
    assert refused.status_code == 422
    assert refused.json()["faults"][0]["source"] == "plan.xlsx"
    assert str(tmp_path) not in refused.text and "/tmp" not in refused.text


def test_imports_of_another_business_cannot_be_seen_or_undone(client: TestClient, refleqt: Container):
    done = post(client, NOTION, confirmed="true").json()
    secret, _ = refleqt.tokens().issue(business(refleqt, "other"), label="eve")
    eve = TestClient(create_app(refleqt), headers={"Authorization": f"Bearer {secret}"})
    assert eve.get("/v1/calendar/imports").json()["items"] == []
    assert eve.post(f"/v1/calendar/imports/{done['id']}/undo").status_code == 404


MEDIA = {"ical": "text/calendar", "wordpress": "application/xml", "ghost": "application/json"}


@pytest.mark.parametrize(("kind", "name", "content"), OTHERS)
def test_any_calendar_is_previewed_and_imported_over_http(
    client: TestClient, refleqt: Container, brine: BusinessId, kind: str, name: str, content: str
):
    sent: dict[str, Any] = {"params": {"name": name}, "content": content, "headers": {"Content-Type": MEDIA[kind]}}
    seen = client.post("/v1/calendar/imports/preview", **sent).json()
    assert (seen["kind"], seen["rows"], seen["is_settled"], seen["columns"]) == (kind, 1, True, [])
    assert entries(refleqt, brine) == {}
    done = client.post("/v1/calendar/imports", **sent).json()
    assert (done["new"], done["file_name"], done["passed_over"]) == (1, name, int(kind == "ical"))
    assert client.post("/v1/calendar/imports", **sent).json()["unchanged"] == 1


def test_what_is_no_calendar_is_refused_over_http_by_its_own_name(client: TestClient):
    headers = {"Content-Type": "application/json"}
    content = '{"identity": {"name": "x"}}'
    refused = client.post("/v1/calendar/imports", params={"name": "us.json"}, content=content, headers=headers)
    assert refused.status_code == 422
    (fault,) = refused.json()["faults"]
    assert (fault["source"], fault["remedy"]) == ("us.json", "Import it with: refleqt import us.json")
    mapped = {"name": "feed.ics", "map": "a=title"}
    refused = client.post(
        "/v1/calendar/imports", params=mapped, content=ICAL, headers={"Content-Type": "text/calendar"}
    )
    assert [fault["field"] for fault in refused.json()["faults"]] == ["map"]


def test_what_is_remembered_is_listed_and_forgotten_by_its_own_business_alone(
    client: TestClient, refleqt: Container, brine: BusinessId, tmp_path: Path
):
    path = write(tmp_path, *NOTION)
    take(refleqt, brine, path)
    (known,) = client.get("/v1/calendar/imports/mappings").json()["items"]
    assert known["columns"]["Name"] == "title"
    secret, _ = refleqt.tokens().issue(business(refleqt, "other"), label="eve")
    eve = TestClient(create_app(refleqt), headers={"Authorization": f"Bearer {secret}"})
    at = f"/v1/calendar/imports/mappings/{known['id']}"
    assert (eve.get("/v1/calendar/imports/mappings").json()["items"], eve.delete(at).status_code) == ([], 404)
    assert refleqt.calendar_files().plan(brine, path).is_settled
    assert client.delete(at).json()["id"] == known["id"]
    assert client.delete(at).status_code == 404
    assert not refleqt.calendar_files().plan(brine, path).is_settled, "it is asked about again"
