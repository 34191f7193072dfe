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


@pytest.mark.parametrize("value", ["inf", "-inf", "nan"])
@pytest.mark.parametrize("name", ["llm_monthly_budget", "llm_timeout", "llm_price_in", "llm_price_out"])
def test_a_number_without_end_is_no_setting(name: str, value: str) -> None:
    with pytest.raises(ValidationError, match=name):
        Settings.in_memory(**{name: value})


@pytest.mark.parametrize("name", ["llm_path", "whisper_model"])
def test_an_empty_path_is_no_file(name: str) -> None:
    with pytest.raises(ValidationError, match="is empty"):
        Settings.in_memory(**{name: ""})


def test_a_local_model_has_to_be_named() -> None:
    with pytest.raises(ValidationError, match="REFLEQT_LLM_PATH"):
        Settings.in_memory(llm="llama_cpp")


@pytest.mark.parametrize("model", ["openai/gpt-4o-mini", "gpt-4o-mini", "anthropic/claude"])
def test_a_hosted_model_without_a_key_names_the_setting(model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_BASE", "ANTHROPIC_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ValidationError, match="REFLEQT_LLM_API_KEY"):
        Settings.in_memory(llm="litellm", llm_model=model)


@pytest.mark.parametrize(
    "changes", [{"llm_api_key": "k"}, {"llm_api_base": "http://127.0.0.1:9/v1"}, {"llm_model": "vertex_ai/gemini"}]
)
def test_a_key_a_server_or_another_way_in_is_enough(changes: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert Settings.in_memory(llm="litellm", **changes).llm == "litellm"


def test_the_variable_of_the_provider_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "k")
    assert Settings.in_memory(llm="litellm", llm_model="anthropic/claude").llm == "litellm"
