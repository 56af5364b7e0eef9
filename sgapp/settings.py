"""The environment as one typed object. Every setting is read once, here, and documented in the README."""

from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

Network = IPv4Network | IPv6Network


def networks_in(text: str) -> tuple[Network, ...]:
    """The networks of a list with commas. Raises ValueError for what is none."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


class Settings(BaseSettings):
    """What can be set from outside. Folders are made on first use; keys never lie in the data folder."""

    model_config = SettingsConfigDict(env_prefix="SGAPP_", frozen=True, extra="ignore", env_ignore_empty=True)

    data: Path = Field(default=Path("data"), description="Folder of the database and whatever else must be backed up.")
    keys: Path = Field(default=Path("keys"), description="Folder of the master key; mode 0700; never in a backup.")
    master_key: str = Field(default="", description="The master key itself, 32 bytes as hex; replaces the file in `keys`.")
    master_key_command: str = Field(default="", description="A command that prints the master key, such as from a vault.")
    database_url: str = Field(default="", description="PostgreSQL address; empty means SQLite in `data`.")
    redis_url: str = Field(default="", description="Redis address for several processes; empty means memory.")
    public_url: str = Field(default="http://localhost:8000", description="The address people type; also the allowed origin.")
    proxies: str = Field(default="", description="Networks whose X-Forwarded-For says where somebody comes from, commas "
                         "between; empty: nobody's.")
    demo_password: str = Field(default="", description="One password for every demo account; empty: made from the own key.")
    # What the demo says. Both numbers are of those that nobody has, so no provider may show them as its own.
    organisation: str = Field(default="Meadow Lane Homecare", description="The provider's name as agencies see it.")
    ring: str = Field(default="01632 960 001", description="The number agencies ring back on.")
    on_call: str = Field(default="01632 960 002", description="The number that reaches the lead on call, day and night.")
    language: str = Field(default="en", description="The catalogue of words that phones speak; read when the pages are built.")

    smtp_url: str = Field(default="", description="Mail server: smtps://user:password@host:465, or smtp:// with STARTTLS.")
    mail_from: str = Field(default="", description="Sender of e-mails; empty: notes@ the host of `public_url`.")
    notify_key: str = Field(default="", description="GOV.UK Notify API key, for text messages.")
    notify_template: str = Field(default="", description="GOV.UK Notify template that takes ((text)) and ((reference)).")
    notify_url: str = Field(default="https://api.notifications.service.gov.uk", description="Where GOV.UK Notify answers.")
    checkpoints_to: str = Field(default="", description="Where daily checkpoints of the chain go, commas between: a folder off "
                                "this machine, mailto:NAME@HOST, or an https: address.")
    backup_keys: Path | None = Field(default=None, description="Folder of the keys that open backups, one a month; empty: "
                                     "`backups` in `keys`. Copy it where the master key is copied.")
    backup_days: int = Field(default=90, ge=1, description="Days after its month for which the key of backups is kept.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="How much goes into the log; at any level by codes and ids, never anybody's words.")
    metrics_token: str = Field(default="", description="What whoever reads /metrics has to show as a bearer token; empty: "
                               "it answers on this machine only.")
    push_hosts: str = Field(default="", description="Further push services that may be posted to, host:port, commas between.")

    @cached_property
    def database(self) -> str:
        """The SQLAlchemy address of the database."""
        if self.database_url:
            scheme, sep, rest = self.database_url.partition("://")
            return f"postgresql+psycopg{sep}{rest}" if scheme in ("postgres", "postgresql") else self.database_url
        return f"sqlite:///{self.data.resolve() / 'sgapp.db'}"

    @property
    def invented(self) -> tuple[str, ...]:
        """Of the provider's name and numbers, those that say what the demo says, or nothing; by the names they are set by."""
        return tuple(f"SGAPP_{name.upper()}" for name in ("organisation", "ring", "on_call")
                     if getattr(self, name).strip() in ("", type(self).model_fields[name].default))

    @field_validator("proxies")
    @classmethod
    def _names_networks(cls, proxies: str) -> str:
        networks_in(proxies)
        return proxies

    @property
    def ways_out(self) -> frozenset[str]:
        """The channels by which somebody can be told outside the product."""
        set_up = (("push", True), ("email", bool(self.smtp_url)), ("text", bool(self.notify_key and self.notify_template)))
        return frozenset(channel for channel, on in set_up if on)

    @property
    def host(self) -> str:
        """The host name that people type, without its port."""
        return urlsplit(self.public_url).hostname or "localhost"

    @property
    def sender(self) -> str:
        return self.mail_from or f"notes@{self.host}"

    @property
    def https(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def session_cookie(self) -> str:
        """What the cookie of a session is called. Under the longer name a browser takes it from this very host and over https
        only, so that no neighbour in the same domain can lay one of his over it. Source: RFC 6265bis, 4.1.3.2.
        """
        return "__Host-sgapp_session" if self.https else "sgapp_session"
