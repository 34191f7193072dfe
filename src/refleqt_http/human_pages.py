"""The few pages that a person reads: where the interface is described, and what each kind of problem means."""

from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from .problems import NOT_FOUND, PROBLEMS, Refused, problem_response

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<h1>{title}</h1>
{content}
</html>
"""

HOME = _PAGE.format(
    title="Refleqt",
    content="""<p>The closed loop of marketing, over HTTP. Every operation, its input and its answers are described in
<a href="/openapi.json">openapi.json</a> (OpenAPI 3.1), which tools such as Swagger UI, Redoc or a client generator
read.</p>
<p>Requests need a bearer token, which the owner of this server makes with <code>refleqt token</code>:</p>
<pre>curl -H "Authorization: Bearer $TOKEN" http://localhost:8000/v1/calendar</pre>
<p>Errors are problem documents (RFC 9457); <a href="/problems">what each kind means</a>.</p>""",
)


async def home(_request: Request) -> Response:
    """Where the interface is described."""
    return HTMLResponse(HOME)


async def problems(_request: Request) -> Response:
    """Every kind of problem."""
    rows = "".join(
        f'<dt><a href="{kind.uri}">{kind.status} {escape(kind.title)}</a></dt><dd>{escape(kind.meaning)}</dd>'
        for kind in PROBLEMS.values()
    )
    return HTMLResponse(_PAGE.format(title="Problems", content=f"<dl>{rows}</dl>"))


async def problem(request: Request) -> Response:
    """What the type URI of a problem document points to."""
    kind = PROBLEMS.get(request.path_params["name"])
    if kind is None:
        return problem_response(Refused(NOT_FOUND, "there is no such kind of problem; see /problems"))
    content = f"<p>Status {kind.status}. {escape(kind.meaning)}</p>"
    return HTMLResponse(_PAGE.format(title=escape(kind.title), content=content))
