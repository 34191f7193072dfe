"""The typed endpoints: what is read, what is refused and how, before any use case is called."""

import json
import logging
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from starlette.testclient import TestClient

from refleqt_adapters.clock.simulated import SimulatedClock, SimulatedIds
from refleqt_adapters.store.memory import MemoryStore
from refleqt_core import errors
from refleqt_core.access import TokenService
from refleqt_core.values import BusinessId
from refleqt_http import endpoints
from refleqt_http.app import create_app
from refleqt_http.auth import BUYERS, Caller
from refleqt_http.bodies import Count, Day, Flag, Identity, Input, Limit, LongText, Moment, MoneyBody, Output, Target
from refleqt_http.endpoints import LARGEST_BODY, Resource
from refleqt_http.problems import OF_ERRORS, PROBLEMS

NOW = datetime(2026, 3, 1, tzinfo=UTC)
BUSINESS = BusinessId(uuid4())
ERRORS: list[Exception] = [
    errors.InvalidInput("write it otherwise"),
    errors.NotFound("there is no such thing"),
    errors.Conflict("somebody was quicker"),
    errors.NotAllowed("not you"),
    errors.Unavailable("db.internal:5432 says: password 'hunter2' is wrong"),
    errors.NeedsReview("a person has to look"),
    errors.MissingDependency("litellm", "hosted"),
    RuntimeError("password is hunter2"),
]

things = Resource("things", "For these tests.")


class ThingBody(Input):
    name: LongText
    count: Count = 0
    price: MoneyBody | None = None
    due: Moment | None = None
    target: Target | None = None
    urgent: Flag = False


class ThingOut(Output):
    name: str
    count: int
    asked_by: str


class ThingQuery(Input):
    limit: Limit = 50
    tag: tuple[str, ...] = ()


@attrs.frozen
class Thing:
    name: str
    count: int
    asked_by: str


@things.get("/things", gives=list[ThingOut])
def list_things(caller: Caller, query: ThingQuery) -> list[Thing]:
    """Lists."""
    return [Thing(tag, query.limit, str(caller.business_id)) for tag in query.tag]


@things.post("/things", gives=ThingOut)
def make_thing(caller: Caller, body: ThingBody) -> Thing:
    """Makes."""
    return Thing(body.name, body.count, caller.name)


@things.get("/things/{thing_id}", gives=ThingOut)
def read_thing(caller: Caller, thing_id: Identity) -> Thing:
    """Reads."""
    return Thing(thing_id.hex, 1, caller.name)


@things.get("/things/best", gives=ThingOut)
def read_best_thing(caller: Caller) -> Thing:
    """Reads the best one."""
    return Thing("best", 1, caller.name)


@things.patch("/things/{thing_id}", gives=ThingOut)
def change_thing(caller: Caller, thing_id: Identity, body: ThingBody) -> Thing:
    """Changes."""
    return Thing(body.name, body.count, thing_id.hex)


@things.post("/sales", gives=ThingOut, roles=BUYERS)
def buy_thing(caller: Caller) -> Thing:
    """Buys."""
    return Thing("bought", 1, caller.name)


@things.get("/errors/{number}", gives=ThingOut)
def fail(caller: Caller, number: Limit) -> Thing:
    """Fails."""
    raise ERRORS[number - 1]


@things.get("/broken", gives=ThingOut)
def break_promise(caller: Caller) -> dict[str, str]:
    """Gives what it did not promise."""
    return {"name": "hunter2"}


@things.get("/thread", gives=ThingOut, roles=None)
def name_thread(_refleqt: Any) -> Thing:
    """Says where it runs."""
    return Thing(threading.current_thread().name, threading.get_ident(), "")


@attrs.frozen
class Wired:
    """What the endpoints ask a container for."""

    tokens: Callable[[], TokenService]


@pytest.fixture(scope="module")
def clock() -> SimulatedClock:
    return SimulatedClock(NOW)


@pytest.fixture(scope="module")
def tokens(clock: SimulatedClock) -> TokenService:
    return TokenService(store=MemoryStore(), clock=clock, ids=SimulatedIds(clock, seed=1))


@pytest.fixture(scope="module")
def anonymous(tokens: TokenService) -> Iterator[TestClient]:
    with TestClient(create_app(Wired(tokens=lambda: tokens), [things])) as client:
        yield client


@pytest.fixture
def client(anonymous: TestClient, tokens: TokenService) -> TestClient:
    """An owner's."""
    return with_token(anonymous, tokens.issue(BUSINESS, label="tests")[0])


def with_token(client: TestClient, secret: str) -> TestClient:
    return TestClient(client.app, headers={"Authorization": f"Bearer {secret}"})


def faults(response: Any) -> dict[str, str]:
    assert response.status_code == 422, response.text
    return {fault["field"]: fault["problem"] for fault in response.json()["faults"]}


# --- reading --------------------------------------------------------------------------------------------------------


def test_a_handler_is_given_the_caller_and_the_checked_body(client: TestClient):
    answer = client.post("/things", json={"name": "lamp", "count": 3})
    assert (answer.status_code, answer.json()) == (200, {"name": "lamp", "count": 3, "asked_by": "tests"})


def test_all_faults_of_a_body_are_named_with_their_paths(client: TestClient):
    body = {"count": -1, "price": {"minor": 1.5, "currency": "euro"}, "colour": "red"}
    assert set(faults(client.post("/things", json=body))) == {
        "name",
        "count",
        "price.minor",
        "price.currency",
        "colour",
    }


def test_faults_do_not_repeat_what_was_sent(client: TestClient):
    assert "hunter2" not in client.post("/things", json={"name": "x", "count": "hunter2"}).text


def test_a_repeated_query_parameter_is_a_list(client: TestClient):
    assert [thing["name"] for thing in client.get("/things?tag=a&tag=b").json()] == ["a", "b"]


@pytest.mark.parametrize("query", ["limit=0", "limit=1.0", "limit=+1", "limit=１", "limit=1&limit=2", "size=3"])
def test_a_query_is_as_strict_as_a_body(client: TestClient, query: str):
    assert faults(client.get(f"/things?{query}"))


@pytest.mark.parametrize("id", ["x", "0" * 32, "{00000000-0000-0000-0000-000000000000}"])
def test_an_id_is_written_in_one_way(client: TestClient, id: str):
    assert list(faults(client.get(f"/things/{id}"))) == [None]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Count, "true"),
        (Count, '"3"'),
        (Count, "2147483648"),
        (Target, "true"),
        (Target, "NaN"),
        (Target, "Infinity"),
        (Flag, "1"),
        (Flag, '"true"'),
        (LongText, '"a\\u0000b"'),
        (LongText, '""'),
        (Moment, "1767225600"),
        (Moment, '"1767225600"'),
        (Moment, '"2026-01-01T00:00:00"'),
        (Moment, '"0001-01-01T00:00:00+23:59"'),
        (Day, "0"),
        (Day, '"2026-01-01T00:00:00"'),
        (Day, '"0001-01-01"'),
    ],
)
def test_a_value_of_another_kind_is_refused(kind: Any, text: str):
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_json(text)


def test_a_number_without_a_fraction_is_whole():
    assert TypeAdapter(Count).validate_json("3.0") == 3


@given(st.datetimes(datetime(1971, 1, 1), datetime(2199, 1, 1)), st.integers(-23, 23))
def test_a_moment_is_kept_in_utc(naive: datetime, hours: int):
    sign = "-" if hours < 0 else "+"
    read = TypeAdapter(Moment).validate_json(f'"{naive.isoformat()}{sign}{abs(hours):02}:00"')
    assert (read, read.tzinfo) == (naive.replace(tzinfo=UTC) - timedelta(hours=hours), UTC)


# --- refusals -------------------------------------------------------------------------------------------------------


def test_a_body_that_is_not_json_by_its_header_is_refused(client: TestClient):
    answer = client.post("/things", content=b"{}", headers={"Content-Type": "text/plain"})
    assert (answer.status_code, answer.json()["type"]) == (415, "/problems/wrong-media-type")


def test_the_media_type_may_name_a_charset(client: TestClient):
    header = {"Content-Type": "Application/JSON; charset=utf-8"}
    assert client.post("/things", content=b'{"name": "x"}', headers=header).status_code == 200


def test_a_body_that_is_no_json_is_an_invalid_input(client: TestClient):
    answer = client.post("/things", content=b'{"name": ', headers={"Content-Type": "application/json"})
    assert answer.json()["faults"][0]["remedy"] == "Send well-formed UTF-8 JSON"


@pytest.mark.parametrize("chunked", [True, False])
def test_a_body_that_is_too_large_is_refused(client: TestClient, chunked: bool):
    content = iter([b" " * LARGEST_BODY, b" "]) if chunked else b" " * (LARGEST_BODY + 1)
    answer = client.post("/things", content=content, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-large")


def test_the_largest_body_that_is_allowed_is_read(client: TestClient):
    body = b'{"name": "x"}'
    content = body + b" " * (LARGEST_BODY - len(body))
    assert client.post("/things", content=content, headers={"Content-Type": "application/json"}).status_code == 200


def test_a_method_that_a_path_lacks_is_answered_with_all_it_has(client: TestClient):
    answer = client.delete("/things")
    assert (answer.status_code, set(answer.headers["Allow"].split(", "))) == (405, {"GET", "HEAD", "POST"})
    assert answer.json()["type"] == "/problems/method-not-allowed"


@pytest.mark.parametrize("path", ["/nothing", "/things/", "/things/a/b"])
def test_an_unknown_path_is_a_problem_document(client: TestClient, path: str):
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")


def test_head_is_answered_like_get_without_a_body(client: TestClient):
    path = "/things?tag=a"
    head = client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == client.get(path).headers["Content-Length"]


def test_every_answer_carries_the_security_headers(client: TestClient):
    for path in ("/things", "/nothing"):
        assert client.get(path).headers["X-Content-Type-Options"] == "nosniff"


# --- who asks -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer  ", "Basic abc", f"Bearer {'x' * 600}"])
def test_without_a_bearer_token_nothing_is_answered(anonymous: TestClient, header: str | None):
    answer = anonymous.get("/things", headers={"Authorization": header} if header is not None else {})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="refleqt"')


def test_who_has_no_token_does_not_learn_what_is_wrong_with_the_body(anonymous: TestClient):
    answer = with_token(anonymous, "rq_unknown").post("/things", json={})
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_a_token_holds_until_it_expires(anonymous: TestClient, tokens: TokenService, clock: SimulatedClock):
    client = with_token(anonymous, tokens.issue(BUSINESS, days=1)[0])
    assert client.get("/things").status_code == 200
    clock.sleep_until(clock.now() + timedelta(days=1))
    assert client.get("/things").status_code == 401


def test_a_revoked_token_does_not_hold(anonymous: TestClient, tokens: TokenService):
    secret, token = tokens.issue(BUSINESS)
    tokens.revoke(token.id)
    assert with_token(anonymous, secret).get("/things").status_code == 401


@pytest.mark.parametrize(
    ("role", "statuses"),
    [
        ("owner", (200, 200, 200)),
        ("member", (200, 200, 403)),
        ("operator", (200, 200, 403)),
        ("reviewer", (200, 403, 403)),
        ("creator", (403, 403, 403)),
    ],
)
def test_a_role_says_who_may_read_write_and_buy(
    anonymous: TestClient, tokens: TokenService, role: str, statuses: tuple[int, ...]
):
    client = with_token(anonymous, tokens.issue(BUSINESS, role=role)[0])
    answers = [client.get("/things"), client.post("/things", json={"name": "x"}), client.post("/sales")]
    assert tuple(answer.status_code for answer in answers) == statuses


# --- problems -------------------------------------------------------------------------------------------------------


def problem_of(client: TestClient, cls: type[Exception]) -> Any:
    number = next(i for i, error in enumerate(ERRORS, start=1) if type(error) is cls)
    return client.get(f"/errors/{number}")


@pytest.mark.parametrize(
    ("cls", "status"),
    [
        (errors.InvalidInput, 422),
        (errors.NotFound, 404),
        (errors.Conflict, 409),
        (errors.NotAllowed, 403),
        (errors.Unavailable, 503),
        (errors.NeedsReview, 409),
        (errors.MissingDependency, 501),
        (RuntimeError, 500),
    ],
)
def test_every_error_has_its_status_in_a_problem_document(client: TestClient, cls: type[Exception], status: int):
    answer = problem_of(client, cls)
    problem = answer.json()
    assert answer.status_code == problem["status"] == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert problem["type"].removeprefix("/problems/") in PROBLEMS
    assert problem["title"] and problem["detail"]


def test_every_branch_of_the_error_tree_has_a_status_of_its_own_choice():
    assert set(OF_ERRORS) == set(errors.RefleqtError.__subclasses__())


def test_a_fault_of_a_use_case_keeps_its_message(client: TestClient):
    assert problem_of(client, errors.Conflict).json()["detail"] == "somebody was quicker"


def test_who_is_told_to_come_back_is_told_when(client: TestClient):
    assert int(problem_of(client, errors.Unavailable).headers["Retry-After"]) > 0


@pytest.mark.parametrize("cls", [errors.Unavailable, RuntimeError])
def test_what_an_inner_error_says_goes_to_the_log_alone(
    client: TestClient, caplog: pytest.LogCaptureFixture, cls: type[Exception]
):
    with caplog.at_level(logging.ERROR, logger="refleqt_http"):
        answer = problem_of(client, cls)
    assert "hunter2" not in answer.text + str(answer.headers)
    assert "hunter2" in caplog.text
    assert answer.json()["instance"] in caplog.text


def test_an_answer_that_breaks_its_promise_is_a_fault_of_the_server(client: TestClient):
    answer = client.get("/broken")
    assert answer.status_code == 500
    assert "hunter2" not in answer.text


# --- declaring ------------------------------------------------------------------------------------------------------


def test_handlers_run_beside_the_event_loop(anonymous: TestClient):
    assert anonymous.get("/thread").json()["count"] != threading.get_ident()
    assert "worker" in anonymous.get("/thread").json()["name"].lower()


def test_a_handler_without_a_docstring_is_refused():
    def undocumented(_caller: Caller) -> None: ...

    with pytest.raises(TypeError, match="docstring"):
        Resource("x", "y").get("/x", gives=ThingOut)(undocumented)


def test_a_problem_document_leaves_out_what_it_does_not_know(client: TestClient):
    assert set(json.loads(problem_of(client, errors.NotFound).text)) == {"type", "title", "status", "detail"}


def test_the_limit_of_a_body_is_the_one_that_is_told():
    assert endpoints.LARGEST_BODY == 1024**2


def test_a_word_in_a_path_is_tried_before_a_parameter_that_was_declared_earlier(client: TestClient):
    assert client.get("/things/best").json()["name"] == "best"
    assert client.get(f"/things/{uuid4()}").status_code == 200


def test_a_path_has_its_methods_in_one_place_even_if_two_resources_declare_them(tokens: TokenService):
    more = Resource("more", "For these tests.")

    @more.delete("/things/{thing_id}", gives=ThingOut)
    def remove_thing(caller: Caller, thing_id: Identity) -> Thing:
        """Removes."""
        return Thing("gone", 0, caller.name)

    app = create_app(Wired(tokens=lambda: tokens), [things, more])
    allowed = TestClient(app).post(f"/things/{uuid4()}").headers["Allow"]
    assert set(allowed.split(", ")) == {"GET", "HEAD", "PATCH", "DELETE"}


def test_a_thing_can_be_changed_in_part(client: TestClient):
    id = uuid4()
    assert client.patch(f"/things/{id}", json={"name": "wok"}).json() == {"name": "wok", "count": 0, "asked_by": id.hex}
