"""The server process of the HTTP face."""

import socket
from collections.abc import Callable
from contextlib import closing

from refleqt_adapters.container import open_refleqt
from refleqt_adapters.settings import Settings
from refleqt_core.errors import InvalidInput

from .app import create_app

GRACE_SECONDS = 20
"""How long requests under way may take when the server is told to stop."""


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
        announce(_url(listener))
        uvicorn.Server(config).run(sockets=[listener])


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as error:
        raise InvalidInput(
            f"cannot listen on {host} port {port}: {error}; choose others with --host, --port"
        ) from error


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
