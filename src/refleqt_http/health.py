"""Whether this server lives, and whether it can do its work."""

from typing import TYPE_CHECKING, Literal

from .bodies import Output
from .endpoints import Resource

if TYPE_CHECKING:
    from refleqt_adapters.container import Container

resource = Resource("health", "For load balancers and whoever watches the server; no token needed.")


class AliveOut(Output):
    """The process answers."""

    status: Literal["alive"] = "alive"


class ReadyOut(Output):
    """The process and what it needs answer."""

    status: Literal["ready"] = "ready"


@resource.get("/healthz", gives=AliveOut, roles=None)
def check_alive(_refleqt: "Container") -> AliveOut:
    """The process answers; nothing else is asked."""
    return AliveOut()


@resource.get("/readyz", gives=ReadyOut, roles=None)
def check_ready(refleqt: "Container") -> ReadyOut:
    """The database answers, so that requests can be served."""
    refleqt.store().check()
    return ReadyOut()
