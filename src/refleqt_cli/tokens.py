"""``refleqt token``: bearer tokens for the HTTP face."""

from typing import TYPE_CHECKING, Annotated

import typer

from .groups import RUN, WithDefault
from .output import AsJson, print_json, print_page
from .session import At, session

if TYPE_CHECKING:
    from refleqt_core.access import ApiToken

group = typer.Typer(cls=WithDefault, help="Bearer tokens of the HTTP interface.")


def register(app: typer.Typer) -> None:
    """The app has the group."""
    app.add_typer(group, name="token", rich_help_panel=RUN)


@group.command("list")
def list_tokens(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the tokens of the business; the secrets themselves are kept nowhere."""
    with session(ctx).at_business() as at:
        found, now = _tokens(at), at.container.clock().now()
    if as_json:
        print_json([_public(token) for token in found])
        return
    from .ids import short
    from .tables import hint, row, table
    from .words import day

    made = table("id", "role", "*label", "made", "expires", "state")
    for token in found:
        state = "revoked" if token.revoked_at else "expired" if token.expires_at <= now else "holds"
        days = day(token.created_at), day(token.expires_at)
        row(made, short(token.id), token.role, token.label, *days, state, style=None if state == "holds" else "dim")
    print_page(made if found else hint("There is no token yet: refleqt token new"))


@group.command("new")
def new(
    ctx: typer.Context,
    role: Annotated[str, typer.Option(help="One of: owner, member, creator, reviewer, operator.")] = "owner",
    days: Annotated[int, typer.Option(min=1, max=3650, help="How long it holds.")] = 90,
    label: Annotated[str, typer.Option(help="What it is for.")] = "",
    as_json: AsJson = False,
) -> None:
    """Make a token. It is shown this once."""
    with session(ctx).at_business() as at:
        secret, token = at.container.tokens().issue(at.id, role=role, label=label, days=days)
    if as_json:
        print_json({"token": secret, **_public(token)})
        return
    from rich.text import Text

    from .tables import hint
    from .words import day

    print_page(Text(secret, overflow="fold", no_wrap=False))
    print_page(hint(f"Speaks for {at.business.slug} as {role} until {day(token.expires_at)}. It is not shown again."))


@group.command("revoke")
def revoke(
    ctx: typer.Context,
    id: Annotated[str, typer.Argument(metavar="ID", help="The token's id, or a part of it.")],
    as_json: AsJson = False,
) -> None:
    """Make a token hold no longer."""
    from .ids import short, the_one
    from .tables import hint

    with session(ctx).at_business() as at:
        token = at.container.tokens().revoke(the_one(_tokens(at), id, "token").id)
    if as_json:
        print_json(_public(token))
    else:
        print_page(hint(f"Token {short(token.id)} holds no longer."))


def _tokens(at: At) -> "list[ApiToken]":
    from refleqt_core.access import ApiToken
    from refleqt_core.ports import where

    with at.container.store().platform() as tx:
        return tx.find(ApiToken, *where(for_business=at.id), order="-created_at")


def _public(token: "ApiToken") -> dict[str, object]:
    names = ("id", "role", "label", "for_business", "created_at", "expires_at", "revoked_at")
    return {name: getattr(token, name) for name in names}
