"""The server process of the HTTP face."""

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from refleqt_adapters.container import open_refleqt
from refleqt_adapters.settings import Settings
from refleqt_core.errors import InvalidInput

from .access_log import hide_tokens
from .app import create_app

if TYPE_CHECKING:
    import uvicorn

GRACE_SECONDS = 20
"""How long requests under way may take when the server is told to stop."""

BACKLOG = 2048
"""Connections that may wait to be taken."""


def serve(
    settings: Settings,
    host: str = "127.0.0.1",
    port: int = 8000,
    *,
    announce: Callable[[str], None] = lambda url: None,
) -> None:
    """Serves until the process is told to stop; requests under way are answered first.

    ``announce`` is given the address once it is taken; port 0 takes any that is free. A taken address, or a host that
    is none of this machine's: `InvalidInput`. No database: `Unavailable`, before anything is served.
    """
    import uvicorn

    with open_refleqt(settings) as refleqt, closing(_listener(host, port)) as listener:
        refleqt.store().check()
        config = uvicorn.Config(
            create_app(refleqt),
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        hide_tokens()  # the configuration of uvicorn's logs, which it has just made, has none
        announce(_url(listener))
        server = uvicorn.Server(config)
        with _returning_when_stopped(server):
            server.run(sockets=[listener])


def _listener(host: str, port: int) -> socket.socket:
    # asyncio turns Nagle's delay off only where the protocol is named: 0.5 ms an answer instead of 45.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except (OSError, OverflowError) as error:
        listener.close()
        raise InvalidInput(f"cannot listen on {host}, port {port}: {error}; choose --host or --port anew") from error
    return listener


@contextmanager
def _returning_when_stopped(server: "uvicorn.Server") -> Iterator[None]:
    """uvicorn stops gracefully and then raises the signal again, which would end the process before all is closed."""

    def stop(*_: object) -> None:
        server.should_exit = True

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
