"""What `refleqt doctor` tries, part by part. Whatever it writes it removes again."""

import io
import os
import platform
import shutil
import sys
import tempfile
import wave
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Event as Signal
from threading import Thread
from typing import TYPE_CHECKING
from uuid import uuid4

from refleqt_core.errors import InvalidInput, NotFound, RefleqtError, Unavailable

from .session import Session
from .words import counted, duration, size

if TYPE_CHECKING:
    from refleqt_adapters.container import Container
    from refleqt_adapters.settings import Settings

OLDEST_PYTHON = (3, 11)
LEAST_FREE = 500_000_000
LONGEST_JOB = timedelta(hours=2)
"""What trains may run so long; nothing else does."""

LARGEST_DRIFT = timedelta(seconds=5)
HEARD_WITHIN = 5.0

REMEDIES = {
    "memory": "Install refleqt again.",
    "minilm": "Install refleqt again.",
    "static": "Name the folder of another model in REFLEQT_EMBEDDER_PATH.",
    "sentence_transformers": "Name the folder of another model in REFLEQT_EMBEDDER_PATH.",
    "litellm": "Name another model in REFLEQT_EMBEDDER_MODEL.",
}
"""For an embedder that takes what is alike for unlike."""

UNPROTECTED = """
select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attname = 'business_id' and not a.attisdropped
where n.nspname = 'public' and c.relkind = 'r' and not c.relrowsecurity order by 1
"""
ROLE = "select rolname, rolsuper or rolbypassrls from pg_roles where rolname = current_user"


class Ill(Exception):
    """A part does not work; says what was found, and what to do."""

    def __init__(self, found: str, remedy: str) -> None:
        super().__init__(found)
        self.found, self.remedy = found, remedy


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What was found of a part; ``works`` is None for one that could not be tried."""

    part: str
    works: bool | None
    found: str
    remedy: str = ""


def examined(session: Session) -> list[Finding]:
    """A finding for every part, in an order in which each needs only those before it."""
    findings = [_tried("python", _python)]
    try:
        settings = session.settings()
    except InvalidInput as error:
        remedy = "Mend or unset the environment variable that is named."
        return [*findings, Finding(part="settings", works=False, found=str(error), remedy=remedy)]
    findings.append(_tried("home", lambda: _home(settings.home)))
    # What does not open cannot be closed either, and has been reported.
    with suppress(RefleqtError), session.open() as container:
        findings += _parts(container, settings)
    return findings


def _parts(container: "Container", settings: "Settings") -> Iterator[Finding]:
    database = _tried("database", lambda: _database(container, settings))
    yield database
    in_database: list[tuple[str, Callable[[], str]]] = [
        ("row security", lambda: _row_security(container, settings)),
        ("queue", lambda: _queue(container)),
        ("events", lambda: _events(container, settings)),
        ("vector index", lambda: _vector_index(container)),
        ("escrow", lambda: _escrow(container)),
    ]
    for part, check in in_database:
        if database.works:
            yield _tried(part, check)
        else:
            yield Finding(part=part, works=None, found="not tried, since the database does not work")
    for part, check in (
        ("embedder", lambda: _embedder(container, settings)),
        ("llm", lambda: _llm(container)),
        ("transcriber", lambda: _transcriber(container, settings)),
        ("blobs", lambda: _blobs(container)),
        ("cipher", lambda: _cipher(container)),
        ("clock", lambda: _clock(container, settings, asks_database=bool(database.works))),
    ):
        yield _tried(part, check)


def _tried(part: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(part=part, works=True, found=check())
    except Ill as ill:
        return Finding(part=part, works=False, found=ill.found, remedy=ill.remedy)
    except RefleqtError as error:
        return Finding(part=part, works=False, found=str(error))
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        remedy = "Check that it is there, that this user may write it, and that the disk has room."
        return Finding(part=part, works=False, found=f"{where}{error.strerror or error}", remedy=remedy)
    except Exception as error:
        remedy = "This is a fault of Refleqt: see 'refleqt --debug', and report it."
        return Finding(part=part, works=False, found=f"{type(error).__name__}: {error}", remedy=remedy)


def _python() -> str:
    if sys.version_info < OLDEST_PYTHON:
        raise Ill(f"Python {platform.python_version()}", "Use Python 3.11 or newer.")
    return f"Python {platform.python_version()} on {platform.system()} {platform.machine()}, {os.cpu_count()} cores"


def _home(home: Path) -> str:
    remedy = "Name another folder in REFLEQT_HOME, or with --home."
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home) as file:
            file.write(b"refleqt")
    except OSError as error:
        raise Ill(f"{home} cannot be written to: {error.strerror or error}", remedy) from error
    free = shutil.disk_usage(home).free
    if free < LEAST_FREE:
        raise Ill(f"{home} has only {size(free)} free", f"Make room, or: {remedy}")
    return f"{home}, {size(free)} free"


def _database(container: "Container", settings: "Settings") -> str:
    from refleqt_adapters.postgres import migrate

    if settings.store == "memory":
        return "in memory: what is stored is gone when the program ends"
    try:
        answer = container.store().check()
    except Unavailable as error:
        where = "the server of REFLEQT_DATABASE_URL" if settings.database_url else "its log and the disk"
        raise Ill(str(error), f"Look at {where}; 'refleqt db status' says more.") from error
    if f"schema {migrate.HEAD}" not in answer:
        raise Ill(f"{answer}, and the present schema is {migrate.HEAD}", "Run: refleqt db upgrade")
    if "pgvector None" in answer:
        raise Ill(f"{answer}: there is no pgvector", "Install pgvector there, then: CREATE EXTENSION vector")
    return f"{'managed' if settings.database_url else 'embedded'} {answer}"


def _row_security(container: "Container", settings: "Settings") -> str:
    if settings.store == "memory":
        return "kept by the memory store itself"
    with container.database().engine.connect() as connection:
        role, above = connection.exec_driver_sql(ROLE).one()
        open_tables = connection.exec_driver_sql(UNPROTECTED).scalars().all()
    if above:
        remedy = "Run 'refleqt db upgrade', and let the role be neither superuser nor BYPASSRLS."
        raise Ill(f"the role {role} sees the rows of all businesses", remedy)
    if open_tables:
        raise Ill(f"no row security on: {', '.join(open_tables)}", "Run: refleqt db upgrade")
    return f"the role {role} sees one business at a time"


def _queue(container: "Container") -> str:
    queue, now = container.queue(), container.clock().now()
    failed = queue.jobs(status="failed", limit=1000)
    running = queue.jobs(status="running", limit=1000)
    waiting = len(queue.jobs(status="waiting", limit=10_000))
    if failed:
        remedy = "See why with 'refleqt jobs list --status failed'; then 'refleqt jobs retry ID'."
        raise Ill(f"{counted(len(failed), 'job')} failed for good", remedy)
    stalled = [record for record in running if record.started_at and now - record.started_at > LONGEST_JOB]
    if stalled:
        since = duration(max(now - record.started_at for record in stalled if record.started_at))
        remedy = "Start a worker, which takes up the jobs of a dead one: refleqt worker"
        raise Ill(f"{counted(len(stalled), 'job')} under way, for {since} the longest", remedy)
    return f"{waiting:,} waiting, {len(running):,} running, none failed"


def _events(container: "Container", settings: "Settings") -> str:
    """An event is published until it is heard, since nobody can tell when a watcher has begun to listen."""
    from refleqt_core.ports import Event
    from refleqt_core.values import BusinessId

    events, nobody, heard = container.events(), BusinessId(uuid4()), Signal()

    def watch() -> None:
        for _ in events.watch(nobody, timeout=HEARD_WITHIN):
            heard.set()
            return

    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    while watcher.is_alive() and not heard.is_set():
        with container.store().business(nobody) as tx:
            events.publish(Event(business_id=nobody, topic="doctor.checked", subject="events"), tx=tx)
        heard.wait(0.05)
    watcher.join()
    if not heard.is_set():
        raise Ill(f"no event came within {HEARD_WITHIN:.0f} s", "Connect to PostgreSQL without a pooler in between.")
    return "published and heard" + (" in this process alone" if settings.events == "memory" else "")


def _vector_index(container: "Container") -> str:
    from refleqt_core.values import BusinessId

    assert container.vectors().count(BusinessId(uuid4())) == 0
    return "answers"


def _escrow(container: "Container") -> str:
    from refleqt_core.values import BusinessId

    with container.store().business(BusinessId(uuid4())) as tx:
        try:
            container.escrow().balance(uuid4(), tx=tx)
        except NotFound:
            return "answers"
    raise Ill("it knows a hold that nobody made", "Report this.")


def _embedder(container: "Container", settings: "Settings") -> str:
    """A service is asked for three vectors, which cost next to nothing."""
    import numpy as np

    embedder = container.embedder()
    vectors = embedder.embed(["the scale under the bin", "a scale below the waste bin", "quarterly tax return"])
    near, far = float(vectors[0] @ vectors[1]), float(vectors[0] @ vectors[2])
    if not np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3) or near <= far:
        raise Ill(f"{embedder.model} gives vectors that make no sense", REMEDIES[settings.embedder])
    told = f"{embedder.model}, {embedder.dimension} dimensions"
    if settings.embedder == "litellm":
        return f"{told}; all that is to be searched is sent to a service, which has answered"
    return told


def _llm(container: "Container") -> str:
    from refleqt_core.context.extraction import KnownNames
    from refleqt_core.context.reading import read

    llm = container.llm()
    reading = read(llm, "Our customers love the Tuesday mail, and nobody opens the one on Friday.", KnownNames())
    return f"{llm.model}, which read a sentence and found {counted(len(reading.findings), 'thing')}"


def _transcriber(container: "Container", settings: "Settings") -> str:
    """A service is not asked: it would want money for the answer."""
    transcriber = container.transcriber()
    heard = transcriber.transcribe(_recording(), "audio/wav")
    told = f"{settings.transcriber}: {transcriber.model}, which listened to {heard.duration:.1f} s of no speech"
    if settings.transcriber in ("litellm", "deepgram"):
        told += "; what is said will be sent to a service, whose answer and key have not been tried"
    missing = [program for program in ("ffmpeg", "ffprobe") if shutil.which(program) is None]
    if missing:
        return f"{told}; without {' and '.join(missing)} (sudo apt install ffmpeg) it reads WAV and no other format"
    return f"{told}; ffmpeg reads other formats than WAV"


def _recording() -> io.BytesIO:
    """A tone between two silences, so that there is something to listen to."""
    import numpy as np

    rate, silence = 16_000, np.zeros(8_000, np.int16)
    tone = (8_000 * np.sin(2 * np.pi * 440 * np.arange(6_400) / rate)).astype(np.int16)
    audio = io.BytesIO()
    with wave.open(audio, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.concatenate([silence, tone, silence]).tobytes())
    audio.seek(0)
    return audio


def _blobs(container: "Container") -> str:
    blobs, content = container.blobs(), os.urandom(32)
    hash = blobs.put(io.BytesIO(content))
    try:
        with blobs.open(hash) as file:
            if file.read() != content:
                raise Ill("what is read is not what was written", "Check the disk.")
    finally:
        blobs.remove(hash)
    return "written, read and removed"


def _cipher(container: "Container") -> str:
    secret, cipher = uuid4().hex, container.cipher()
    token = cipher.encrypt(secret)
    if cipher.decrypt(token) != secret or secret.encode() in token:
        raise Ill("it does not give back what it was given", "Check REFLEQT_SECRET_KEYS.")
    return "encrypts and decrypts"


def _clock(container: "Container", settings: "Settings", *, asks_database: bool) -> str:
    now = container.clock().now()
    told = f"{now:%Y-%m-%d %H:%M:%S} UTC"
    if settings.clock == "simulated":
        return f"{told}, simulated"
    if asks_database and settings.store != "memory":
        with container.database().engine.connect() as connection:
            theirs = connection.exec_driver_sql("select clock_timestamp()").scalar_one()
        drift = abs(theirs - container.clock().now())
        if drift > LARGEST_DRIFT:
            remedy = "Let both machines keep their clocks by NTP: leases and tokens depend on it."
            raise Ill(f"{told}, and the database's is {duration(drift)} off", remedy)
        return f"{told}, the database's is {duration(drift)} off"
    return told
