"""Column types that both databases keep alike."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time. SQLite forgets the zone, so it is put back on reading; a naive time is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without its zone was about to be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class UtcText(TypeDecorator[str]):
    """The same moment read as its ISO text, without making a date and time of it. Not written."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def result_processor(self, dialect: Any, coltype: object) -> Any:  # noqa: ARG002 - as SQLAlchemy calls it
        return _text_of_text if dialect.name == "sqlite" else _text


def _text_of_text(value: str) -> str:
    """As SQLAlchemy writes it: a day, a time, and always six digits of the second."""
    whole = value[:19] if value[19:] == ".000000" else value
    return f"{whole.replace(' ', 'T', 1)}+00:00"


def _text(value: datetime) -> str:
    return value.astimezone(UTC).isoformat()
