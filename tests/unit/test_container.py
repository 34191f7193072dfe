"""Everything is wired as the settings say, and opened only when it is asked for."""

import json
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from composition import NOON
from cryptography.fernet import Fernet
from pydantic import ValidationError

from refleqt_adapters.cipher.key_file import kept_key
from refleqt_adapters.container import open_refleqt, work
from refleqt_adapters.settings import Settings
from refleqt_core.context.service import ContextService
from refleqt_core.errors import InvalidInput
from refleqt_core.intake.drafts import OnboardingForm
from refleqt_core.jobs.catalogue import CATALOGUE
from refleqt_core.ports import Job
from refleqt_core.values import BusinessId

PORTS = ("clock", "ids", "store", "vectors", "queue", "events", "blobs", "embedder", "llm", "transcriber", "escrow")
USE_CASES = (
    "tokens", "profile", "onboarding", "calendar", "vents", "activities", "performance", "tooling", "context",
    "attribution", "beliefs", "forecasts", "suggestions", "maps", "briefs", "marketplace", "recommendations",
    "importer", "comments", "campaigns", "templates", "series", "entry_pages", "months",
)  # fmt: skip


def in_memory(**changes: Any) -> Settings:
    return Settings.in_memory(**({"clock": "simulated", "clock_start": NOON} | changes))


@pytest.mark.parametrize("name", [*PORTS, *USE_CASES])
def test_every_port_and_use_case_can_be_had_in_memory(name: str) -> None:
    with open_refleqt(in_memory()) as refleqt:
        assert getattr(refleqt, name)() is not None


@pytest.mark.parametrize("name", PORTS)
def test_a_port_is_made_once(name: str) -> None:
    with open_refleqt(in_memory()) as refleqt:
        assert getattr(refleqt, name)() is getattr(refleqt, name)()


def test_all_use_cases_share_the_ports() -> None:
    with open_refleqt(in_memory()) as refleqt:
        stores = {
            id(getattr(refleqt, name)().store) for name in USE_CASES if hasattr(getattr(refleqt, name)(), "store")
        }
        assert stores == {id(refleqt.store())}


def test_two_containers_share_nothing() -> None:
    with open_refleqt(in_memory()) as one, open_refleqt(in_memory()) as other:
        one.onboarding().complete(OnboardingForm(name="Brine", slug="brine"))
        assert other.profile().businesses() == []


def test_what_was_not_asked_for_is_not_opened(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with open_refleqt(Settings(home=home)) as refleqt:
        refleqt.clock().now()
    assert not home.exists()


def test_waiting_jobs_are_done_by_the_use_cases_that_they_are_for() -> None:
    with open_refleqt(in_memory()) as refleqt:
        business = BusinessId(refleqt.onboarding().complete(OnboardingForm(name="Brine", slug="brine")).id)
        vent = refleqt.vents().write(business, "The scanners are slow")
        assert work(refleqt) == 2
        context: ContextService = refleqt.context()
        assert [hit.source_id for hit in context.search(business, "scanners")] == [vent.id]


def test_handlers_are_for_kinds_of_the_catalogue_alone() -> None:
    with open_refleqt(in_memory()) as refleqt:
        assert set(refleqt.handlers()) <= set(CATALOGUE)


def test_a_handler_refuses_a_payload_that_is_none() -> None:
    with open_refleqt(in_memory()) as refleqt:
        job = Job(kind="transcribe_audio", business_id=BusinessId(refleqt.ids().new()), payload={})
        with pytest.raises(InvalidInput, match="activity_artifact_id"):
            refleqt.handlers()["transcribe_audio"](job)


def test_a_simulated_clock_needs_a_start() -> None:
    with open_refleqt(in_memory(clock_start=None)) as refleqt, pytest.raises(InvalidInput, match="REFLEQT_CLOCK_START"):
        refleqt.clock()


def test_the_same_seed_gives_the_same_ids() -> None:
    made = []
    for seed in (1, 1, 2):
        with open_refleqt(in_memory(seed=seed)) as refleqt:
            made.append(refleqt.ids().new())
    assert made[0] == made[1] != made[2]


def test_what_is_in_the_environment_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REFLEQT_POOL_SIZE", "3")
    monkeypatch.setenv("REFLEQT_SECRET_KEYS", json.dumps(["a", "b"]))
    settings = Settings()
    assert settings.pool_size == 3
    assert [key.get_secret_value() for key in settings.secret_keys] == ["a", "b"]


def test_settings_in_memory_hold_whatever_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REFLEQT_STORE", "postgres")
    monkeypatch.setenv("REFLEQT_EMBEDDER", "minilm")
    assert (Settings.in_memory().store, Settings.in_memory().embedder) == ("memory", "memory")


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"pool_size": 0}, "pool_size"),
        ({"llm": "oracle"}, "llm"),
        ({"database": "Robert'); drop"}, "database"),
        ({"queue": "memory"}, "queue=memory"),
    ],
    ids=str,
)
def test_a_wrong_setting_is_named(wrong: dict[str, Any], named: str) -> None:
    with pytest.raises(ValidationError, match=named):
        Settings(**wrong)


def test_a_setting_that_does_not_exist_is_refused_where_it_is_given() -> None:
    with pytest.raises(ValidationError, match="sede"):
        Settings.in_memory(sede=1)


def test_secrets_are_not_shown() -> None:
    settings = Settings(database_url="postgresql://u:hunter2@h/d", llm_api_key="hunter2", secret_keys=("hunter2",))
    assert "hunter2" not in repr(settings) + str(settings.model_dump())


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings.in_memory().seed = 1


def test_a_key_is_made_once_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "home" / "secret.key"
    key = kept_key(path)
    assert kept_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]
    assert Fernet(key)


def test_a_key_that_is_there_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    path.write_text("mine\n")
    assert kept_key(path) == "mine"
    assert path.read_text() == "mine\n"


def test_all_who_race_for_the_first_key_get_the_same(tmp_path: Path) -> None:
    for attempt in range(20):
        path, start = tmp_path / str(attempt) / "secret.key", Barrier(4)

        def race(path: Path = path, wait: Callable[[], int] = start.wait) -> str:
            wait()
            return kept_key(path)

        with ThreadPoolExecutor(4) as pool:
            assert {job.result() for job in [pool.submit(race) for _ in range(4)]} == {path.read_text()}


def test_what_one_process_encrypts_the_next_can_read(tmp_path: Path) -> None:
    home = {"home": tmp_path / "home"}
    with open_refleqt(in_memory(**home)) as refleqt:
        secret = refleqt.cipher().encrypt("token")
    with open_refleqt(in_memory(**home)) as refleqt:
        assert refleqt.cipher().decrypt(secret) == "token"
