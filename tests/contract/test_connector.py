"""What the Connector promises, over every adapter of it."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import attrs
import pytest

from refleqt_adapters.connectors.file_export import FileExport
from refleqt_adapters.connectors.memory import MemoryConnector
from refleqt_core.errors import InvalidInput, Unavailable
from refleqt_core.ports import Connector, MetricRecord

ADS = """day,campaign,ad_id,utm_content,impressions,clicks,cost,conversions,currency
2026-03-01,spring,ad-1,,100,7,3.50,1,EUR
2026-03-02,spring,ad-1,,120,9,4.00,0,EUR
2026-03-05,spring,ad-1,,90,5,2.00,0,EUR
"""


@attrs.frozen
class Tool:
    """A connector with the numbers of `ADS`, and whether somebody has to be told that access ends."""

    connector: Connector
    grants_access: bool


def memory(_folder: Path) -> Tool:
    clicks = {date(2026, 3, 1): 7, date(2026, 3, 2): 9, date(2026, 3, 5): 5}
    records = [
        MetricRecord(source="ads", entity_kind="ad", entity_id="ad-1", metric="clicks", value=value, day=day)
        for day, value in clicks.items()
    ]
    return Tool(MemoryConnector("ads", records), grants_access=True)


def file_export(folder: Path) -> Tool:
    path = folder / "ads.csv"
    path.write_text(ADS)
    return Tool(FileExport(path), grants_access=False)


@pytest.fixture(params=[memory, file_export], ids=["memory", "file export"])
def tool(request: pytest.FixtureRequest, tmp_path: Path) -> Tool:
    make: Callable[[Path], Tool] = request.param
    return make(tmp_path)


def clicks_of(tool: Tool, start: date, end: date) -> list[float]:
    pulled = tool.connector.pull(start, end)
    return sorted(each.value for each in pulled if (each.entity_kind, each.metric) == ("ad", "clicks"))


def test_both_ends_of_the_window_are_pulled(tool: Tool) -> None:
    assert clicks_of(tool, date(2026, 3, 1), date(2026, 3, 2)) == [7, 9]


def test_days_outside_of_the_window_are_not_pulled(tool: Tool) -> None:
    assert clicks_of(tool, date(2026, 3, 3), date(2026, 3, 31)) == [5]


def test_a_window_with_nothing_in_it_is_empty(tool: Tool) -> None:
    assert list(tool.connector.pull(date(2025, 1, 1), date(2025, 12, 31))) == []


def test_every_key_comes_once(tool: Tool) -> None:
    pulled = list(tool.connector.pull(date(2026, 1, 1), date(2026, 12, 31)))
    keys = {(each.entity_kind, each.entity_id, each.metric, each.day) for each in pulled}
    assert len(keys) == len(pulled) > 0


def test_every_record_names_the_source(tool: Tool) -> None:
    pulled = tool.connector.pull(date(2026, 1, 1), date(2026, 12, 31))
    assert {each.source for each in pulled} == {tool.connector.source}


def test_a_revocation_says_what_it_rests_on(tool: Tool) -> None:
    assert tool.connector.revoke()


def test_what_was_revoked_is_not_pulled_from(tool: Tool) -> None:
    tool.connector.revoke()
    if not tool.grants_access:
        assert clicks_of(tool, date(2026, 3, 1), date(2026, 3, 1)) == [7]
        return
    with pytest.raises(Unavailable):
        tool.connector.pull(date(2026, 3, 1), date(2026, 3, 1))


def test_a_file_without_metrics_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "touches.csv"
    path.write_text("touch_id,visitor_id,occurred_at\nt-1,v-1,2026-03-01T10:00:00Z\n")
    with pytest.raises(InvalidInput, match="holds no metrics"):
        FileExport(path)
