"""Every setting of Refleqt, each with a default that works offline. ``REFLEQT_<NAME>`` in the environment sets it."""

import os
from datetime import datetime
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from .postgres.home import default_home

_KEYS_OF_PROVIDERS = {
    "openai": ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_BASE"),
    "anthropic": ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_BASE", "ANTHROPIC_BASE_URL"),
    "gemini": ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
    "mistral": ("MISTRAL_API_KEY", "MISTRAL_API_BASE"),
    "groq": ("GROQ_API_KEY", "GROQ_API_BASE"),
    "openrouter": ("OPENROUTER_API_KEY", "OPENROUTER_API_BASE"),
}
"""The variables by which LiteLLM reaches each provider; others have more ways than a key, and say themselves."""


class Settings(BaseSettings):
    """What is configured. A wrong value says at the start which one it is."""

    model_config = SettingsConfigDict(
        env_prefix="REFLEQT_", extra="forbid", frozen=True, hide_input_in_errors=True, allow_inf_nan=False
    )

    home: Path = Field(default_factory=default_home, description="Where data, blobs and keys of this machine lie.")
    database_url: SecretStr | None = Field(
        default=None, description="A managed PostgreSQL with pgvector; without it the embedded one is started."
    )
    database: str = Field(
        default="refleqt", pattern=r"^[a-z][a-z0-9_]{0,50}$", description="The database in the embedded server."
    )
    fsync: bool = Field(default=True, description="Off only for data that can be made again, such as in tests.")
    pool_size: int = Field(default=8, ge=1, description="Database connections kept open by one process.")

    store: Literal["postgres", "memory"] = "postgres"
    vector_index: Literal["pgvector", "memory"] = "pgvector"
    queue: Literal["procrastinate", "memory"] = "procrastinate"
    events: Literal["postgres", "memory"] = "postgres"
    blobs: Literal["filesystem", "memory"] = "filesystem"
    embedder: Literal["minilm", "static", "sentence_transformers", "litellm", "memory"] = "minilm"
    llm: Literal["offline", "litellm", "llama_cpp"] = "offline"
    transcriber: Literal["pocketsphinx", "whisper", "litellm", "deepgram"] = "pocketsphinx"

    llm_model: str = Field(default="openai/gpt-4o-mini", description="The model that litellm asks.")
    llm_api_base: str | None = Field(default=None, description="An OpenAI-compatible server, such as vLLM.")
    llm_api_key: SecretStr | None = None
    llm_json_mode: Literal["json_schema", "json_object"] = Field(
        default="json_schema", description="How the server takes a schema; llama.cpp's own server needs json_object."
    )
    llm_timeout: float = Field(default=60.0, gt=0, description="Seconds that litellm waits for one answer.")
    llm_price_in: float | None = Field(
        default=None, ge=0, description="US dollars per million tokens read, where litellm knows no price."
    )
    llm_price_out: float | None = Field(default=None, ge=0, description="US dollars per million tokens written.")
    llm_path: Path | None = Field(default=None, description="The GGUF file of the model that llama_cpp runs.")
    llm_context: int = Field(
        default=8192, ge=512, description="Tokens that a prompt and its answer have room for in llama_cpp."
    )
    llm_threads: int | None = Field(
        default=None, ge=1, description="Cores of llama_cpp; fewer are faster where others use them too."
    )
    llm_monthly_budget: float | None = Field(
        default=None, ge=0, description="The most that a business's questions may cost in a month, in US dollars."
    )

    embedder_path: Path | None = Field(
        default=None, description="The folder of the model that static or sentence_transformers runs."
    )
    embedder_threads: int | None = Field(
        default=None, ge=1, description="Cores of sentence_transformers, for all that PyTorch does in the process."
    )
    embedder_model: str = Field(
        default="openai/text-embedding-3-small", min_length=1, description="The model that litellm asks for vectors."
    )
    embedder_api_base: str | None = Field(
        default=None, pattern=r"^https?://[^\s@]+$", description="An OpenAI-compatible server that litellm asks."
    )
    embedder_api_key: SecretStr | None = Field(default=None, min_length=1)
    embedder_time_out: float = Field(
        default=60.0, gt=0, le=3600, description="Seconds after which a request for vectors is given up."
    )
    embedder_batch: int = Field(
        default=32, ge=1, le=2048, description="Texts that sentence_transformers or litellm takes at once."
    )
    embedder_longest: int = Field(
        default=8000, ge=100, description="Bytes that litellm sends of a text; fewer where its model reads less."
    )

    whisper_model: Path | None = Field(default=None, description="The checkpoint that whisper hears with, a .pt file.")
    transcriber_model: str | None = Field(
        default=None, min_length=1, description="What litellm (openai/whisper-1) or deepgram (nova-3) hears with."
    )
    transcriber_api_base: str | None = Field(
        default=None, pattern=r"^https?://[^\s@]+$", description="Another server that litellm or deepgram speaks to."
    )
    transcriber_api_key: SecretStr | None = Field(default=None, min_length=1)
    transcriber_time_out: float = Field(
        default=600.0, gt=0, le=3600, description="Seconds after which a request to litellm or deepgram is given up."
    )
    transcriber_language: str | None = Field(
        default=None, pattern=r"^[a-z]{2}$", description="What is spoken (ISO 639-1); without it that is detected."
    )

    secret_keys: tuple[SecretStr, ...] = Field(
        default=(), description="Fernet keys, the newest first; without any, one is made and kept in the home."
    )
    clock: Literal["system", "simulated"] = "system"
    clock_start: datetime | None = Field(default=None, description="Where a simulated clock starts.")
    seed: int = Field(default=0, description="Seeds every random choice, so that a run can be repeated.")

    @field_validator("database_url")
    @classmethod
    def _of_postgresql(cls, given: SecretStr | None) -> SecretStr | None:
        """The forms that hosts hand out all mean the same driver; the URL is not repeated, for it holds a password."""
        if given is None:
            return None
        scheme, found, rest = given.get_secret_value().partition("://")
        if not found or scheme not in ("postgres", "postgresql", "postgresql+psycopg", "postgresql+psycopg2"):
            raise ValueError("has to begin with postgresql://, as in postgresql://user:password@host/database")
        return SecretStr(f"postgresql+psycopg://{rest}")

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        """What takes part in a transaction of the store lies where the store does."""
        joined = {name: getattr(self, name) for name in ("store", "vector_index", "queue", "events")}
        if len({adapter == "memory" for adapter in joined.values()}) > 1:
            named = ", ".join(f"{name}={adapter}" for name, adapter in joined.items())
            raise ValueError(f"either all or none of these can be in memory: {named}")
        return self

    @model_validator(mode="after")
    def _something_to_hear_with(self) -> Self:
        """A transcriber that lacks something says so now, and not with the first recording."""
        missing = {
            "pocketsphinx": (),
            "whisper": () if self.whisper_model else ("whisper_model",),
            "litellm": () if self.transcriber_api_key or self.transcriber_api_base else ("transcriber_api_key",),
            "deepgram": () if self.transcriber_api_key or self.transcriber_api_base else ("transcriber_api_key",),
        }[self.transcriber]
        if missing:
            raise ValueError(f"transcriber={self.transcriber} needs {missing[0]}; set REFLEQT_{missing[0].upper()}")
        if self.transcriber == "pocketsphinx" and self.transcriber_language not in (None, "en"):
            raise ValueError("transcriber=pocketsphinx hears English only; set REFLEQT_TRANSCRIBER to another")
        return self

    @field_validator("llm_path", "whisper_model", "embedder_path", mode="before")
    @classmethod
    def _of_a_file(cls, given: object) -> object:
        """An empty path would mean the folder that a command is called in."""
        if isinstance(given, str) and not given.strip():
            raise ValueError("is empty; name what it stands for, or unset it")
        return given

    @model_validator(mode="after")
    def _something_to_write_with(self) -> Self:
        """A language model that lacks something says so now, and not with the first question."""
        if self.llm == "llama_cpp" and self.llm_path is None:
            raise ValueError("llm=llama_cpp needs a model; set REFLEQT_LLM_PATH to its GGUF file")
        if self.llm == "litellm" and not (self.llm_api_key or self.llm_api_base):
            own = _missing_key(self.llm_model)
            if own is not None:
                raise ValueError(f"llm=litellm needs a key for {self.llm_model}; set REFLEQT_LLM_API_KEY or {own}")
        return self

    @model_validator(mode="after")
    def _something_to_embed_with(self) -> Self:
        """An embedder that lacks something says so now, and not with the first text."""
        if self.embedder in ("static", "sentence_transformers"):
            if self.embedder_path is None:
                raise ValueError(f"embedder={self.embedder} needs a model; set REFLEQT_EMBEDDER_PATH to its folder")
            if not self.embedder_path.expanduser().is_dir():
                raise ValueError(f"embedder_path names no folder: '{self.embedder_path}'; set REFLEQT_EMBEDDER_PATH")
        if self.embedder == "litellm" and not (self.embedder_api_key or self.embedder_api_base):
            own = _missing_key(self.embedder_model)
            if own is not None:
                named = f"embedder=litellm needs a key for {self.embedder_model}"
                raise ValueError(f"{named}; set REFLEQT_EMBEDDER_API_KEY or {own}")
        return self

    @property
    def llm_budget_micros(self) -> int | None:
        """`llm_monthly_budget` in micro-USD."""
        return None if self.llm_monthly_budget is None else round(self.llm_monthly_budget * 1_000_000)

    @classmethod
    def in_memory(cls, **changes: object) -> "Settings":
        """Settings that need no server, no disk and no model: for embedding, tests and simulations."""
        memory = dict.fromkeys(("store", "vector_index", "queue", "events", "blobs", "embedder"), "memory")
        return cls.model_validate(memory | changes)


def _missing_key(model: str) -> str | None:
    """The variable that LiteLLM looks for the key of the model's provider in, where none of those is set."""
    provider, named, _ = model.partition("/")
    own = _KEYS_OF_PROVIDERS.get(provider if named else "openai", ())
    return own[0] if own and not any(os.environ.get(name) for name in own) else None
