"""Team activities as a person meets them at the command line, and a program over HTTP."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner, Result

from refleqt_adapters.container import Container, open_refleqt, work
from refleqt_adapters.settings import Settings
from refleqt_cli.main import app
from refleqt_core.intake.drafts import OnboardingForm
from refleqt_core.values import BusinessId
from refleqt_http import activities as http_activities
from refleqt_http.app import create_app

ROOT = Path(__file__).parents[2]
PRICE = ROOT / "tests" / "contract" / "recordings" / "price.wav"
NOTES = (
    "Ada: Our customer is the head chef. Customers want to go home earlier.\n"
    "Bo: Our customer is whoever signs. We disagree about the price."
)
VTT = "WEBVTT\n\n00:00:01.000 --> 00:00:04.000\n<v Bo>The camera is free.\n"


class Shell:
    """The command line with a home and a database of its own."""

    def __init__(self, home: Path, database: str) -> None:
        self.environment = {
            "REFLEQT_HOME": str(home),
            "REFLEQT_DATABASE": database,
            "REFLEQT_FSYNC": "false",
            "REFLEQT_EMBEDDER": "memory",
            "COLUMNS": "110",
        }

    def run(self, *arguments: object, code: int = 0, said: str | None = None) -> Result:
        given = [str(argument) for argument in arguments]
        result = CliRunner().invoke(app, given, env=self.environment, input=said)
        assert result.exit_code == code, f"{given}: {result.output}"
        assert "Traceback" not in result.output
        return result

    def json(self, *arguments: object, said: str | None = None) -> Any:
        return json.loads(self.run(*arguments, "--json", said=said).stdout)


@pytest.fixture(scope="module")
def shell(database_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """A business that has recorded one activity with a voice and a transcript, which a worker has heard and read."""
    from refleqt_adapters.postgres.database import drop
    from refleqt_adapters.postgres.embedded_server import EmbeddedServer

    made = Shell(database_home, "activities")
    folder = tmp_path_factory.mktemp("files")
    (folder / "talk.vtt").write_text(VTT)
    (folder / "notes.txt").write_text(NOTES)
    business = ROOT / "examples" / "business"
    made.run("init", business / "onboarding.yaml", "--team", business / "team.yaml")
    made.run(
        "activities", "record", "Brand Voice Brawl", PRICE, folder / "talk.vtt", "--at", "2026-03-02T10:00",
        "--minutes", 45, "--with", "Ada:founder", "--with", "Bo", "--notes", f"@{folder / 'notes.txt'}",
        "--name", "B-1",
    )  # fmt: skip
    made.run("worker", "--until-empty")
    yield made
    drop(EmbeddedServer(database_home, sync=False).start(), "activities")


def test_the_list_says_what_each_taught(shell: Shell) -> None:
    [told] = shell.json("activities", "list", "--type", "brand voice brawl")
    assert told["activity"]["external_id"] == "B-1" and told["quality"]["confidence"] in ("high", "medium", "low")
    assert [each["state"] for each in told["files"]] == ["heard", "read"]


@pytest.mark.parametrize("seen", ["raise the price", "plan”", "0:01", "Bo", "Brand Voice Brawl", "45 minutes"])
def test_an_activity_is_shown_with_speakers_times_and_quotes(shell: Shell, seen: str) -> None:
    assert seen in shell.run("activities", "show", "B-1").stdout


def test_a_guide_is_printed_step_by_step(shell: Shell) -> None:
    shown = shell.run("activities", "types", "show", "rant round").stdout
    assert "1." in shown and "You go first" in shown


def test_an_own_type_is_made_changed_and_archived(shell: Shell) -> None:
    made = shell.json("activities", "types", "add", "Walk and Talk", "--purpose", "Air.", "--step", "Put on shoes.")
    assert (made["slug"], made["is_own"], made["guide"]) == ("walk_and_talk", True, ["Put on shoes."])
    changed = shell.json("activities", "types", "edit", "walk_and_talk", "--minutes", 20)
    assert changed["minutes"] == 20
    shell.run("activities", "types", "archive", "walk_and_talk")
    assert "walk_and_talk" not in {each["slug"] for each in shell.json("activities", "types")}


def test_who_records_an_activity_of_an_archived_type_is_told(shell: Shell) -> None:
    shell.run("activities", "types", "add", "Tea Round")
    shell.run("activities", "types", "archive", "tea_round")
    told = shell.run("activities", "record", "tea_round", "--name", "T-1", "--json")
    assert json.loads(told.stdout)["activity"]["activity_type"] == "tea_round"
    assert "'Tea Round' is archived" in " ".join(told.stderr.split())
    shell.run("activities", "delete", "T-1", "--yes")


def test_a_file_without_a_byte_is_refused_at_the_command_line(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "talk.wav").touch()
    told = shell.run("activities", "record", "rant_round", tmp_path / "talk.wav", "--name", "E-1", code=2)
    assert "empty (0 bytes)" in " ".join(told.stderr.split())
    shell.run("activities", "show", "E-1", code=3)


def test_a_misspelt_type_is_refused_with_the_nearest(shell: Shell) -> None:
    assert "rant_round" in shell.run("activities", "record", "rant_rond", code=2).output


def test_every_file_that_cannot_be_read_is_named(shell: Shell) -> None:
    refused = shell.run("activities", "record", "rant_round", "a.wav", "b.wav", code=2).output
    assert "a.wav" in refused and "b.wav" in refused


def test_notes_are_read_from_standard_input(shell: Shell) -> None:
    made = shell.json(
        "activities", "record", "rant_round", "--notes", "-", "--name", "R-1", said="Guests hate the beep."
    )
    assert made["activity"]["notes"] == "Guests hate the beep."
    shell.run("activities", "delete", "R-1", "--yes")


def test_who_says_no_type_is_asked_for_it(shell: Shell) -> None:
    said = "4\n2026-03-05\n30\nAda: founder, Bo\nBo: The beep is too loud.\nAgreed.\n\n\n"
    made = shell.json("activities", "record", "--name", "R-2", said=said)["activity"]
    assert (made["activity_type"], made["duration_minutes"]) == ("rant_round", 30)
    assert made["notes"] == "Bo: The beep is too loud.\nAgreed."
    assert [person["name"] for person in made["participants"]] == ["Ada", "Bo"]
    shell.run("activities", "delete", "R-2", "--yes")


def test_nobody_to_ask_is_told_what_to_write(shell: Shell) -> None:
    assert "activities types" in shell.run("activities", "record", code=2, said="").output


def test_an_edit_changes_what_it_names(shell: Shell) -> None:
    made = shell.json("activities", "edit", "B-1", "--title", "Spring brawl")
    assert (made["title"], made["activity"]["duration_minutes"]) == ("Spring brawl", 45)


def test_signals_show_two_quotes_side_by_side(shell: Shell) -> None:
    shown = shell.run("activities", "signals").stdout
    line = next(line for line in shown.splitlines() if "Our customer is the head chef" in line)
    assert "Our customer is whoever signs" in line and "2026-03-02" in shown


def test_signals_say_what_they_lack(shell: Shell) -> None:
    told = shell.json("activities", "signals")
    assert told["consistency"]["median_days"] is None and "three activities" in told["consistency"]["lacks"]


def test_what_was_recommended_is_followed_to_what_it_taught(shell: Shell) -> None:
    asked = shell.json("activities", "recommend")
    shell.run(
        "activities", "record", asked["recommendation_content"]["activity_type"], "--notes", NOTES, "--name", "L-1"
    )
    shell.run("worker", "--until-empty")
    [told] = [each for each in shell.json("activities", "lineage") if each["recommendation"]["id"] == asked["id"]]
    assert told["recommendation"]["user_action"] == "accepted" and told["confidence"]
    assert "accepted" in shell.run("activities", "lineage").stdout


def test_a_file_is_given_back_as_it_was(shell: Shell, tmp_path: Path) -> None:
    shell.run("activities", "file", "B-1", "price.wav", "--to", tmp_path / "back.wav")
    assert (tmp_path / "back.wav").read_bytes() == PRICE.read_bytes()


def test_hearing_again_by_the_same_model_changes_nothing(shell: Shell) -> None:
    told = shell.json("activities", "hear", "B-1")
    assert [each["transcripts"] for each in told["files"]] == [1, 1]


def test_a_deletion_asks_first(shell: Shell) -> None:
    shell.run("activities", "delete", "B-1", code=1, said="n\n")
    assert shell.json("activities", "show", "B-1")["activity"]["external_id"] == "B-1"


@pytest.fixture(scope="module")
def refleqt() -> Iterator[Container]:
    with open_refleqt(Settings.in_memory(clock="simulated", clock_start=datetime(2026, 3, 2, tzinfo=UTC))) as container:
        yield container


def client_of(refleqt: Container, slug: str) -> TestClient:
    business = BusinessId(refleqt.onboarding().complete(OnboardingForm(name=slug.title(), slug=slug)).id)
    secret, _ = refleqt.tokens().issue(business)
    return TestClient(create_app(refleqt), headers={"Authorization": f"Bearer {secret}"})


@pytest.fixture(scope="module")
def client(refleqt: Container) -> TestClient:
    return client_of(refleqt, "brinewell")


BODY = {
    "activity_type": "Rant Round",
    "external_id": "H-1",
    "participants": [{"name": "Ada"}, {"name": "Bo", "role": "sales"}],
    "notes": NOTES,
}


@pytest.fixture(scope="module")
def recorded(client: TestClient) -> dict[str, Any]:
    answer = client.post("/v1/activities", json=BODY)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_an_activity_that_is_sent_again_is_one(client: TestClient, recorded: dict[str, Any]) -> None:
    assert client.post("/v1/activities", json=BODY).json()["id"] == recorded["id"]


def test_a_recording_is_streamed_up_heard_and_fetched(
    refleqt: Container, client: TestClient, recorded: dict[str, Any]
) -> None:
    address = f"/v1/activities/{recorded['id']}/files"
    with PRICE.open("rb") as data:  # in pieces, and with a media type that is wrong
        sent = client.post(address, params={"name": "price.wav"}, content=data, headers={"Content-Type": "video/mp4"})
    assert (sent.status_code, sent.json()["state"], sent.json()["media_type"]) == (200, "waiting", "audio/wav")
    work(refleqt)
    whole = client.get(f"/v1/activities/{recorded['id']}").json()
    assert "raise the price" in " ".join(turn["text"] for turn in whole["transcript"]) and whole["context"]
    assert client.get(f"{address}/{sent.json()['id']}").content == PRICE.read_bytes()


def test_a_transcript_is_read_when_it_is_sent(client: TestClient, recorded: dict[str, Any]) -> None:
    sent = client.post(
        f"/v1/activities/{recorded['id']}/files",
        params={"name": "talk.vtt"},
        content=VTT.encode(),
        headers={"Content-Type": "text/vtt"},
    )
    assert (sent.status_code, sent.json()["state"]) == (200, "read")


@pytest.mark.parametrize(
    ("name", "content"), [("talk.wav", b""), ("talk.vtt", b"WEBVTT\n\n00:00:09.000 --> 00:00:04.000\nNo.\n")]
)
def test_of_a_file_that_is_refused_nothing_is_kept(
    refleqt: Container, client: TestClient, recorded: dict[str, Any], name: str, content: bytes
) -> None:
    address = f"/v1/activities/{recorded['id']}/files"
    sent = client.post(
        address, params={"name": name}, content=content, headers={"Content-Type": "application/octet-stream"}
    )
    assert sent.status_code == 422 and sent.json()["faults"][0]["problem"]
    assert not refleqt.blobs().exists(sha256(content).hexdigest())


def test_a_recording_may_be_larger_than_any_other_file(client: TestClient, recorded: dict[str, Any]) -> None:
    pieces = (b"RIFF\0\0\0\0WAVE" if n == 0 else b"\0" * (1 << 20) for n in range(22))
    sent = client.post(
        f"/v1/activities/{recorded['id']}/files",
        params={"name": "long.wav"},
        content=pieces,
        headers={"Content-Type": "audio/wav"},
    )
    assert sent.status_code == 200


def test_what_is_larger_than_a_recording_may_be_is_refused_before_it_is_taken(
    client: TestClient, recorded: dict[str, Any]
) -> None:
    size = str(http_activities.LARGEST_RECORDING + 1)
    sent = client.post(
        f"/v1/activities/{recorded['id']}/files",
        params={"name": "long.wav"},
        content=iter([b"x"]),
        headers={"Content-Type": "audio/wav", "Content-Length": size},
    )
    assert sent.status_code == 413


def test_recordings_can_be_asked_to_be_heard_again(client: TestClient, recorded: dict[str, Any]) -> None:
    answer = client.post(f"/v1/activities/{recorded['id']}/hearing")
    assert answer.json()["recordings"] >= 1


def test_an_edit_names_what_it_changes(client: TestClient, recorded: dict[str, Any]) -> None:
    changed = client.patch(f"/v1/activities/{recorded['id']}", json={"title": "Spring", "duration_minutes": None})
    assert (changed.json()["title"], changed.json()["notes"]) == ("Spring", NOTES)


def test_an_edit_of_what_somebody_else_changed_is_refused(client: TestClient, recorded: dict[str, Any]) -> None:
    answer = client.patch(f"/v1/activities/{recorded['id']}", json={"title": "x"}, headers={"If-Match": '"999"'})
    assert answer.status_code == 412


def test_an_unknown_type_is_refused_with_its_field(client: TestClient) -> None:
    answer = client.post("/v1/activities", json=BODY | {"activity_type": "rant_rond", "external_id": "H-2"})
    assert answer.status_code == 422 and answer.json()["faults"][0]["field"] == "activity_type"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/files?name=a.wav"),
        ("GET", "/files/00000000-0000-0000-0000-000000000001"),
    ],
)  # fmt: skip
def test_another_business_finds_nothing(refleqt: Container, recorded: dict[str, Any], method: str, path: str) -> None:
    other = client_of(refleqt, f"other-{method.lower()}-{len(path)}")
    given: dict[str, Any] = {"json": {"title": "x"}} if method == "PATCH" else {}
    if method == "POST":
        given = {"content": b"RIFF\0\0\0\0WAVE", "headers": {"Content-Type": "audio/wav"}}
    assert other.request(method, f"/v1/activities/{recorded['id']}{path}", **given).status_code == 404


def test_the_list_is_given_in_parts(client: TestClient) -> None:
    for n in range(3):
        client.post("/v1/activities", json={"activity_type": "premortem", "external_id": f"P-{n}"})
    first = client.get("/v1/activities", params={"activity_type": "premortem", "limit": 2}).json()
    rest = client.get(
        "/v1/activities", params={"activity_type": "premortem", "limit": 2, "after": first["next"]}
    ).json()
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (2, 1, None)


def test_signals_recommendation_and_lineage_are_served(client: TestClient, recorded: dict[str, Any]) -> None:
    signals = client.get("/v1/activities/signals").json()
    assert {
        "participation",
        "consistency",
        "richness",
        "preference",
        "spoken_or_written",
        "alignment",
    } <= signals.keys()
    asked = client.post("/v1/activities/recommendation").json()
    assert client.post("/v1/activities/recommendation").json()["id"] == asked["id"]
    lineage = client.get("/v1/activities/lineage").json()["items"]
    assert [each["recommendation"]["id"] for each in lineage] == [asked["id"]]


def test_types_are_served_made_changed_and_archived(client: TestClient) -> None:
    assert client.get("/v1/activity-types/rant_round").json()["guide"]
    assert client.post("/v1/activity-types", json={"name": "Walk"}).json()["is_own"] is True
    assert client.patch("/v1/activity-types/walk", json={"purpose": "Air."}).json()["purpose"] == "Air."
    assert client.delete("/v1/activity-types/walk").json()["archived_at"]
    assert client.delete("/v1/activity-types/rant_round").status_code == 409


def test_a_removed_activity_is_gone(client: TestClient) -> None:
    made = client.post("/v1/activities", json={"activity_type": "premortem", "external_id": "gone"}).json()
    assert client.delete(f"/v1/activities/{made['id']}").status_code == 200
    assert client.get(f"/v1/activities/{made['id']}").status_code == 404
