"""Settings of this installation, from the environment (`CUNTONG_*`) or a `.env` file, read once at start."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """All settings, each with the default of the embedded installation.

    Attributes:
        data: Folder for everything that is kept: records, engine database, mail files, logs.
        database_url: SQLAlchemy URL of the records; empty means SQLite under `data`.
        host: Address on which the embedded engine listens.
        port: Port of the engine.
        ui_port: Port of the engine's web page.
        lang: Language of the command line; empty means from `LANG`.
        acting_as: Person id that the command line acts as, unless `--as` is given.
        smtp_url: Mail server, `smtp://[user:password@]host[:port]`, or `smtps://` for TLS from the first byte; empty
            switches mail off and writes files instead. Special characters of the password are percent-encoded.
        smtp_tls: TLS with `smtp://`: `required`, `opportunistic` (when the server offers it) or `off`; `auto` requires
            it when there is a password and the server is on another machine.
        mail_from: Sender of messages.
        engine_synchronous: SQLite `synchronous` of the embedded engine: `full` survives power loss, `normal` is faster.
        channels_file: File of the channels besides mail and files (`schemas.channel.ChannelFile`); empty means
            `channels.yaml` under `data`, when there is one.
        public_url: Address at which people reach this installation, for links in letters; empty: letters carry none.
        link_secret_file: File with the secrets that sign links in letters, one a line, the newest first; empty means
            `link.key` under `data`, made when it is first needed. All processes of an installation need the same.
        console_host: Address on which links in letters and inbound webhooks are answered.
        console_port: Port on which links in letters and inbound webhooks are answered; 0 switches it off.
        delivery_poll_seconds: How often a channel looks for letters.
        letters_every_seconds: How often letters are written for people whose hour has come.
        letter_shards: Over how many shards of people that is spread.
        audit_every_seconds: How often the auditor looks.
        heartbeat_url: Address that is called after every audit without a finding; silence there is the alarm.
        log_format: `json` or `text`.
        metrics_host: Address of the worker's Prometheus endpoint.
        metrics_port: Its port; 0 switches it off.
    """

    model_config = SettingsConfigDict(env_prefix="CUNTONG_", env_file=".env", extra="ignore", hide_input_in_errors=True)

    data: Path = Path("data")
    database_url: str = Field(default="", repr=False)
    host: str = "127.0.0.1"
    port: int = 7233
    ui_port: int = 8233
    lang: str = ""
    acting_as: str = ""
    smtp_url: str = Field(default="", repr=False)
    smtp_tls: Literal["auto", "required", "opportunistic", "off"] = "auto"
    mail_from: str = "cuntong@localhost"
    engine_synchronous: str = Field(default="full", pattern="^(full|normal)$")
    channels_file: str = ""
    public_url: str = ""
    link_secret_file: str = ""
    console_host: str = "127.0.0.1"
    console_port: int = 8600
    delivery_poll_seconds: float = Field(default=1.0, gt=0)
    letters_every_seconds: float = Field(default=60.0, ge=1)
    letter_shards: int = Field(default=2, ge=1, le=64)
    audit_every_seconds: float = Field(default=300.0, ge=1)
    heartbeat_url: str = Field(default="", repr=False)
    log_format: str = Field(default="text", pattern="^(json|text)$")
    metrics_host: str = "127.0.0.1"
    metrics_port: int = 0

    @property
    def records_url(self) -> str:
        """URL of the records database."""
        return self.database_url or f"sqlite:///{(self.data / 'records.db').resolve()}"

    @property
    def reader_lang(self) -> str:
        """Language of the person at the terminal."""
        wanted = self.lang or os.environ.get("LC_ALL") or os.environ.get("LANG") or "en"
        return "zh-CN" if wanted.lower().startswith("zh") else "en"
