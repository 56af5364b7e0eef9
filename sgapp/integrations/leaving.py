"""Where a checkpoint may go off this machine: a folder that lies elsewhere, a web address, or a mailbox."""

import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

from sgapp.integrations.outgoing import Outgoing, Undelivered, WayOut, in_time

_SECONDS = 20
_SUBJECT = "Visit notes: checkpoint"


class WrongPlace(ValueError):
    """A place that nothing can go to, or that is on this machine for certain. The text says what to write instead."""


def places_of(setting: str, *, data: Path) -> tuple[str, ...]:
    """The places of a setting, commas between. Raises WrongPlace."""
    found = tuple(place.strip() for place in setting.split(",") if place.strip())
    for place in found:
        scheme = urlsplit(place).scheme
        if scheme not in ("", "mailto", "https", "http"):
            raise WrongPlace(f"{place} is neither a folder, a mailto: nor an https: address")
        if scheme == "http" and urlsplit(place).hostname not in ("localhost", "127.0.0.1"):
            raise WrongPlace(f"{place} could be changed on its way; use https:")
        if scheme == "" and Path(place).resolve().is_relative_to(data.resolve()):
            raise WrongPlace(f"{place} lies in SGAPP_DATA: whoever changes the one changes the other. Name a folder elsewhere")
    return found


def leave(place: str, name: str, text: str, *, mail: WayOut | None, message_id: str) -> None:
    """Take a checkpoint there. Raises Undelivered; it may then be tried again, and coming twice does no harm."""
    match urlsplit(place).scheme:
        case "mailto":
            if mail is None:
                raise Undelivered("no-mail-server")
            mail.send(Outgoing(message_id, urlsplit(place).path, text, "", _SUBJECT))
        case "https" | "http":
            in_time(lambda: _post(place, text))
        case _:
            _write(Path(place), name, text)


def _write(folder: Path, name: str, text: str) -> None:
    """Never over one that is there: a place off the machine keeps what it was given."""
    try:
        with (folder / name).open("x") as file:
            file.write(text)
    except FileExistsError:
        if (folder / name).read_text() != text:
            raise Undelivered("another-is-there", final=True) from None
    except OSError as error:
        raise Undelivered(type(error).__name__) from None


class _Stay(urllib.request.HTTPRedirectHandler):
    """A checkpoint goes where it was sent, and nowhere else."""

    def redirect_request(self, *_args: object, **_kwargs: object) -> None:
        return None


def _post(address: str, text: str) -> None:
    request = urllib.request.Request(  # noqa: S310 - the scheme was checked above
        address, data=text.encode(), method="POST", headers={"Content-Type": "application/json"})
    try:
        with urllib.request.build_opener(_Stay).open(request, timeout=_SECONDS):
            return
    except urllib.error.HTTPError as error:
        error.close()
        raise Undelivered(f"answered-{error.code}") from None
    except (urllib.error.URLError, OSError) as error:
        raise Undelivered(type(error).__name__) from None
