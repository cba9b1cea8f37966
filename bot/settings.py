"""The settings, read from the environment once."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class BadSetting(ValueError):
    """A setting that cannot be; the message names it and says what is right."""


class Settings(BaseSettings):
    """Every setting of the service; each is an environment variable of the same name in capitals."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    telegram_bot_token: SecretStr | None = Field(None, description="the bot's token; unset: the terminal")
    telegram_api_base: str = Field("https://api.telegram.org", description="a Bot API server other than Telegram's own")
    database_url: str = Field(
        f"sqlite:///{ROOT / 'var' / 'ingit.db'}", description="SQLAlchemy's address of the database"
    )
    ingit_keys: SecretStr | None = Field(None, description="id:base64key, the first seals; unset: a key file in var/")
    nlu_url: str | None = Field(None, description="a Rasa server elsewhere; unset: a child of this process")
    webhook_url: str | None = Field(None, description="where Telegram shall bring updates; unset: long polling")
    webhook_secret: SecretStr | None = Field(None, description="the secret Telegram sends with each update")
    port: int = Field(8080, ge=1, le=65535, description="port of webhook, health and metrics")
    chat_burst: int = Field(10, ge=1, description="messages of one chat that are read at once")
    chat_a_minute: int = Field(20, ge=1, description="messages of one chat that are read in a minute after that")
    ingit_var: Path = Field(ROOT / "var", description="folder of the key file, logs and the database")


def settings() -> Settings:
    """The settings of this process; raises BadSetting."""
    try:
        return Settings()  # type: ignore[call-arg]
    except ValidationError as error:
        first = error.errors()[0]
        raise BadSetting(f"{str(first['loc'][0]).upper()}: {first['msg']}. See docs/settings.md.") from None
