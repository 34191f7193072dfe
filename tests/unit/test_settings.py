"""A wrong setting is refused at the start, and says nothing that is secret."""

import pytest
from pydantic import ValidationError

from refleqt_adapters.settings import Settings


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg", "postgresql+psycopg2"])
def test_every_usual_form_of_a_database_url_means_the_same_driver(scheme: str) -> None:
    url = Settings.model_validate({"database_url": f"{scheme}://u:p@host/db"}).database_url
    assert url is not None and url.get_secret_value() == "postgresql+psycopg://u:p@host/db"


@pytest.mark.parametrize("url", ["sqlite:///x", "nonsense", "mysql://u:hunter2@host/db"])
def test_another_database_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ValidationError, match="postgresql://") as refused:
        Settings.model_validate({"database_url": url})
    assert "hunter2" not in str(refused.value)


def test_what_joins_a_transaction_lies_where_the_store_does() -> None:
    with pytest.raises(ValidationError, match="memory"):
        Settings.in_memory(store="postgres")
