"""``refleqt db``: the database, embedded or managed."""

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .groups import RUN, WithStatus
from .output import AsJson, print_json, print_page
from .session import session

if TYPE_CHECKING:
    from refleqt_adapters.postgres.embedded_server import EmbeddedServer
    from refleqt_adapters.settings import Settings

group = typer.Typer(cls=WithStatus, help="The database: start, stop, status, upgrade, url, backup.")
MANAGED = "the database is the managed one of REFLEQT_DATABASE_URL; it is not ours to start or stop"


def register(app: typer.Typer) -> None:
    """The app has the group."""
    app.add_typer(group, name="db", rich_help_panel=RUN)


@group.command("status")
def status(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Show where the database is and whether it answers; nothing is started."""
    from refleqt_core.errors import Unavailable

    settings = session(ctx).settings()
    found: dict[str, object] = {"kind": "managed" if settings.database_url else "embedded", "answers": None}
    if settings.database_url is None:
        server = _server(settings).status()
        found |= {
            "running": server.running,
            "version": server.version,
            "data_dir": server.data_dir,
            "size_bytes": server.size_bytes,
        }
    found["url"] = masked(_url(settings)) if settings.database_url or found["running"] else None
    if found["url"]:
        try:
            found["answers"] = _answer(_url(settings))
        except Unavailable as error:
            found["problem"] = str(error)
    if as_json:
        print_json(found)
    else:
        _print(found)


@group.command("start")
def start(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Start the embedded server, make its database, and bring that to the present schema."""
    from refleqt_adapters.postgres.database import embedded_database

    settings = _embedded(session(ctx).settings())
    url = embedded_database(settings.home, settings.database, fsync=settings.fsync)
    _told({"running": True, "url": masked(url)}, f"The embedded PostgreSQL runs: {masked(url)}", as_json)


@group.command("stop")
def stop(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Stop the embedded server; nothing that was committed is lost."""
    server = _server(_embedded(session(ctx).settings()))
    ran = server.status().running
    server.stop()
    said = "The embedded PostgreSQL is stopped." if ran else "The embedded PostgreSQL was not running."
    _told({"running": False, "ran": ran}, said, as_json)


@group.command("upgrade")
def upgrade(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Bring the database to the present schema; the user of the URL has to own the tables."""
    from refleqt_adapters.postgres import migrate
    from refleqt_adapters.postgres.database import create

    settings = session(ctx).settings()
    if settings.database_url is None:
        create(_server(settings).start(), settings.database)
    before = migrate.upgrade(_url(settings))
    said = "was there already" if before == migrate.HEAD else f"was {before or 'empty'} before"
    _told({"before": before, "now": migrate.HEAD}, f"The schema is {migrate.HEAD}; it {said}.", as_json)


@group.command("url")
def url(
    ctx: typer.Context,
    show_password: Annotated[bool, typer.Option("--show-password", help="Show the password too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show the URL of the database, by default without its password."""
    found = _url(session(ctx).settings())
    found = found if show_password else masked(found)
    print_json({"url": found}) if as_json else typer.echo(found)


@group.command("backup")
def backup(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write, for pg_restore.")],
    as_json: AsJson = False,
) -> None:
    """Write everything in the database to a file, with the embedded PostgreSQL's own pg_dump."""
    settings = session(ctx).settings()
    if settings.database_url is None:
        _server(settings).start()
    _dump(_url(settings), file)
    size = file.stat().st_size
    _told({"file": file, "bytes": size}, f"{file} holds the database ({size:,} bytes).", as_json)


def masked(url: str) -> str:
    """The URL with a password hidden, wherever it stands in it."""
    from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

    parts = urlsplit(url)
    place = parts.netloc
    if parts.password:
        credentials, _, host = place.rpartition("@")
        place = f"{credentials.partition(':')[0]}:***@{host}"
    pairs = [(name, "***" if name == "password" else value) for name, value in parse_qsl(parts.query)]
    query = urlencode(pairs, safe="*/", quote_via=quote)
    return urlunsplit(parts._replace(netloc=place, query=query))


def _server(settings: "Settings") -> "EmbeddedServer":
    from refleqt_adapters.postgres.embedded_server import EmbeddedServer

    return EmbeddedServer(settings.home, sync=settings.fsync)


def _embedded(settings: "Settings") -> "Settings":
    from refleqt_core.errors import InvalidInput

    if settings.database_url is not None:
        raise InvalidInput(MANAGED)
    return settings


def _url(settings: "Settings") -> str:
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    return _server(settings).superuser_url(settings.database)


def _answer(url: str) -> str:
    """What the database says of itself."""
    from contextlib import closing

    from refleqt_adapters.postgres.connections import Database

    with closing(Database(url, pool_size=1)) as database:
        return database.check()


def _dump(url: str, file: Path) -> None:
    """The file is whole, or as it was before."""
    from refleqt_adapters.postgres.embedded_programs import wheel_programs
    from refleqt_core.errors import Unavailable

    unfinished = file.with_name(f".{file.name}.unfinished")
    program = wheel_programs() / "pg_dump"
    libpq_url = url.replace("postgresql+psycopg://", "postgresql://", 1)
    try:
        command: list[str | Path] = [program, "--format=custom", f"--file={unfinished}", f"--dbname={libpq_url}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 — our own program
        if done.returncode:
            raise Unavailable(f"pg_dump gave up: {done.stderr.strip().replace(libpq_url, masked(libpq_url))}")
        unfinished.replace(file)
    except OSError as error:
        raise Unavailable(f"{file} cannot be written: {error.strerror or error}") from error
    finally:
        unfinished.unlink(missing_ok=True)


def _told(document: dict[str, object], text: str, as_json: bool) -> None:
    from rich.text import Text

    print_json(document) if as_json else print_page(Text(text))


def _print(found: dict[str, object]) -> None:
    from .marks import tick
    from .tables import facts
    from .words import size

    octets = found.get("size_bytes")
    runs = found.get("running")
    pairs: list[tuple[str, object]] = [
        ("database", f"{found['kind']} PostgreSQL {found.get('version') or ''}".rstrip()),
        ("runs", None if runs is None else tick(bool(runs))),
        ("answers", found["answers"] or found.get("problem") or "not asked; start it with: refleqt db start"),
        ("url", found["url"]),
        ("data", str(found["data_dir"]) if "data_dir" in found else None),
        ("size", size(octets) if isinstance(octets, int) else None),
    ]
    print_page(facts(pairs))
