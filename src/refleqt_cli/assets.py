"""``refleqt assets``: the files of the visual identity."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .groups import GIVE, WithDefault
from .output import AsJson, print_json, print_page
from .session import At, session

if TYPE_CHECKING:
    from refleqt_core.intake.brand_assets import BrandAssetService
    from refleqt_core.intake.business import BrandAsset
    from refleqt_core.intake.drafts import UploadedFile

    from .tables import Rows

group = typer.Typer(cls=WithDefault, help="The files of the visual identity: logos, fonts, guidelines.")

Asset = Annotated[str, typer.Argument(metavar="ASSET", help="Its name, or its id or the beginning or end of that.")]


def register(app: typer.Typer) -> None:
    """The app has the group."""
    app.add_typer(group, name="assets", rich_help_panel=GIVE)


@group.command("list")
def list_assets(
    ctx: typer.Context,
    as_of: Annotated[str | None, typer.Option(metavar="DATE", help="Those in use at the end of that day.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the assets in use, now or on a past day."""
    from .words import read_moment

    with session(ctx).at_business() as at:
        moment = as_of and read_moment(as_of, "--as-of", at.business.time_zone, end_of_day=True)
        found = _service(at).in_use(at.id, as_of=moment or None)
    if as_json:
        print_json(found)
        return
    from .tables import hint

    print_page(_table(at, found) if found else hint("There is no asset. Add one: refleqt assets add FILE"))


@group.command("add")
def add(
    ctx: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="PNG, JPEG, GIF, WebP, AVIF, TIFF, SVG, PDF, ZIP, fonts.")
    ],
    kind: Annotated[str, typer.Option(help="logo, font, image, guideline, template or other.")] = "other",
    name: Annotated[str | None, typer.Option(help="What it is called; the file's own name where not given.")] = None,
    as_json: AsJson = False,
) -> None:
    """Keep a file as a brand asset; the same file again changes nothing."""
    with session(ctx).at_business() as at, _uploaded(file, name) as uploaded:
        _show(at, _service(at).add(at.id, uploaded, kind=kind), as_json=as_json)


@group.command("replace")
def replace(
    ctx: typer.Context,
    asset: Asset,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What takes its place.")],
    as_json: AsJson = False,
) -> None:
    """Put a file in the place of an asset, which stays readable as of its day."""
    with session(ctx).at_business() as at:
        before = _found(at, asset)
        name = before.name if Path(before.name).suffix.lower() == file.suffix.lower() else file.name
        with _uploaded(file, name) as uploaded:
            _show(at, _service(at).replace(at.id, before.id, uploaded), as_json=as_json)


@group.command("remove")
def remove(ctx: typer.Context, asset: Asset, as_json: AsJson = False) -> None:
    """Take an asset out of use; it stays readable as of its day."""
    with session(ctx).at_business() as at:
        _show(at, _service(at).remove(at.id, _found(at, asset).id), as_json=as_json)


@group.command("get")
def get(
    ctx: typer.Context,
    asset: Asset,
    to: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to; else under its name in this folder.")
    ] = None,
    as_of: Annotated[str | None, typer.Option(metavar="DATE", help="The one in use at the end of that day.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that is there.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write an asset to a file."""
    from refleqt_core.errors import Conflict

    with session(ctx).at_business() as at:
        found = _found(at, asset, as_of)
        target = to or Path(found.name)
        if target.exists() and not force:
            raise Conflict(f"{target} is there already; name another with --to, or overwrite it with --force")
        _, data = _service(at).open(at.id, found.id)
        with data, target.open("wb") as file:
            shutil.copyfileobj(data, file)
    if as_json:
        print_json({"asset": found, "file": target})
    else:
        from .tables import hint

        print_page(hint(f"{found.name} is in {target}"))


@contextmanager
def _uploaded(file: Path, name: str | None) -> "Iterator[UploadedFile]":
    """The file, open; one that cannot be read raises `InvalidInput`."""
    from refleqt_core.errors import Fault, InvalidInput
    from refleqt_core.intake.drafts import UploadedFile

    try:
        data = file.open("rb")
    except OSError as error:
        problem = f"it cannot be read: {error.strerror}"
        raise InvalidInput([Fault(str(file), None, None, problem, "Give the path of a file.")]) from error
    with data:
        yield UploadedFile(name=name or file.name, media_type="", data=data)


def _service(at: At) -> "BrandAssetService":
    return at.container.brand_assets()


def _found(at: At, said: str, as_of: str | None = None) -> "BrandAsset":
    """The asset in use of that name, or the one of that id."""
    from .ids import the_one
    from .words import read_moment

    moment = as_of and read_moment(as_of, "--as-of", at.business.time_zone, end_of_day=True)
    in_use = _service(at).in_use(at.id, as_of=moment or None)
    return the_one(in_use, said, "brand asset", name_of=lambda each: each.name)


def _show(at: At, asset: "BrandAsset", *, as_json: bool) -> None:
    if as_json:
        print_json(asset)
    else:
        print_page(_table(at, [asset]))


def _table(at: At, assets: "list[BrandAsset]") -> "Rows":
    from .tables import row, table
    from .words import day, size

    made = table("*name", "kind", "?type", ">size", "added", "?removed", "?id")
    zone = at.business.time_zone
    for each in assets:
        removed = day(each.removed_at, zone) if each.removed_at else ""
        row(made, each.name, each.kind, each.media_type, size(each.size), day(each.added_at, zone), removed, each.id)
    return made
