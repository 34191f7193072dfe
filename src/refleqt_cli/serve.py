"""``refleqt serve``: the HTTP face."""

from typing import Annotated

import typer

from .groups import RUN
from .output import say
from .session import session


def register(app: typer.Typer) -> None:
    """The app has the command."""
    app.command("serve", rich_help_panel=RUN)(serve)


def serve(
    ctx: typer.Context,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port to listen on; 0 takes a free one.")] = 8000,
) -> None:
    """Serve the HTTP interface until Ctrl-C."""
    from refleqt_http.server import serve as serve_http

    serve_http(session(ctx).settings(), host, port, announce=lambda url: say(f"Listening on {url}; Ctrl-C ends."))
