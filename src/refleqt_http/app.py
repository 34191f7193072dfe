"""The HTTP face as one Starlette application over one wired Refleqt."""

import json
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from . import (
    activities,
    activity_types,
    attribution,
    brand_assets,
    briefs,
    calendar,
    calendar_comments,
    calendar_export,
    calendar_feeds,
    calendar_imports,
    calendar_month,
    calendar_patterns,
    calendar_templates,
    campaigns,
    findings,
    health,
    human_pages,
    jobs,
    llm,
    maps,
    onboarding,
    profile,
    search,
    suggestions,
    utm,
    vent_themes,
    vents,
)
from .endpoints import Resource, routes
from .headers import SecurityHeaders
from .openapi import document
from .problems import on_http_exception

if TYPE_CHECKING:
    from refleqt_adapters.container import Container

RESOURCES: tuple[Resource, ...] = (
    profile.resource,
    onboarding.resource,
    brand_assets.resource,
    calendar_patterns.resource,
    calendar_imports.resource,
    calendar.resource,
    calendar_export.resource,
    calendar_feeds.resource,
    calendar_month.resource,
    calendar_comments.resource,
    calendar_templates.resource,
    campaigns.resource,
    utm.resource,
    vents.resource,
    vent_themes.resource,
    activities.resource,
    activity_types.resource,
    search.resource,
    findings.resource,
    suggestions.resource,
    maps.resource,
    briefs.resource,
    attribution.resource,
    llm.resource,
    jobs.resource,
    health.resource,
)


@cache
def openapi_document() -> dict[str, Any]:
    """The OpenAPI 3.1 document of all resources."""
    return document(
        RESOURCES,
        title="Refleqt",
        version=version("refleqt"),
        description="The closed loop of marketing: context in, recommendations out, results back into what is believed."
        " A bearer token speaks for one business; there is no other way to name one.",
    )


@cache
def _openapi_json() -> bytes:
    return json.dumps(openapi_document(), ensure_ascii=False).encode()


async def openapi(_request: Request) -> Response:
    """The document, as it is served."""
    return Response(_openapi_json(), media_type="application/json")


def create_app(refleqt: "Container", resources: Iterable[Resource] = RESOURCES) -> Starlette:
    """The application; it uses ``refleqt`` until the caller closes that."""
    app = Starlette(
        routes=[
            Route(calendar_export.FEED_PATH, calendar_export.feed),  # no entry is named feed.ics
            *routes(operation for resource in resources for operation in resource.operations),
            Route("/openapi.json", openapi),
            Route("/", human_pages.home),
            Route("/problems", human_pages.problems),
            Route("/problems/{name}", human_pages.problem),
        ],
        middleware=[Middleware(SecurityHeaders)],
        exception_handlers={HTTPException: on_http_exception},
    )
    app.router.redirect_slashes = False  # a redirected POST loses its body or its token with many clients
    app.state.refleqt = refleqt
    return app
