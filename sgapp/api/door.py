"""Who stands at the door: the session cookie, the same-origin header, the size of what is brought."""

from ipaddress import IPv4Address, IPv6Address, ip_address
from itertools import takewhile
from typing import Annotated

from fastapi import Depends, Request
from pydantic import AfterValidator

from sgapp.domain.errors import NotPermitted, SignedOut, SomebodyElse
from sgapp.domain.permissions import Actor
from sgapp.services.house import House, house, now
from sgapp.services.sessions import actor_for, fits
from sgapp.settings import networks_in

#: The header in which a page says in whose session it was opened. A program has no page and sends none.
MARK = "x-session"


def without_nul(text: str) -> str:
    """The text. Raises ValueError for one with a NUL in it, which nobody types and PostgreSQL cannot keep."""
    if "\0" in text:
        raise ValueError("This holds a character that cannot be kept.")
    return text


#: What every text from outside passes.
Plain = AfterValidator(without_nul)


async def the_house() -> House:
    return house()


TheHouse = Annotated[House, Depends(the_house)]


def token_of(request: Request, house: House) -> str | None:
    """What the cookie of her session holds; opens what she may see."""
    return request.cookies.get(house.settings.session_cookie)


def maybe_actor(request: Request, house: TheHouse) -> Actor | None:
    return actor_for(house, token_of(request, house), now=now())


def signed_in(request: Request, actor: Annotated[Actor | None, Depends(maybe_actor)], house: TheHouse) -> Actor:
    """The actor. Raises SignedOut without a live session, SomebodyElse on a page that another person opened."""
    if actor is None:
        raise SignedOut("no session")
    mark = request.headers.get(MARK)
    if mark is not None and not fits(house, actor, token_of(request, house), mark, now=now()):
        raise SomebodyElse("another person's page")
    return actor


async def from_its_page(request: Request, house: TheHouse, _actor: Annotated[Actor, Depends(signed_in)]) -> None:
    """Refuse a change that a page sends without saying whose it is. The browser says that it is a page."""
    if request.method == "GET":
        return
    same_origin(request, house)
    if "sec-fetch-site" in request.headers and MARK not in request.headers:
        raise SomebodyElse("a page without a mark")


def same_origin(request: Request, house: TheHouse) -> None:
    """Refuse a change that another site could have made the browser send."""
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site")
    if site not in (None, "same-origin", "none"):
        raise NotPermitted("another site sent this")
    # A form without scripts names no origin, because our pages send no referrer: then the browser's own word has to be there.
    if origin is not None and not (_ours(request, origin, house) or (origin == "null" and site == "same-origin")):
        raise NotPermitted("another site sent this")


async def from_here(request: Request, house: TheHouse) -> None:
    """`same_origin` for a route. What waits for nothing is not sent to a thread."""
    same_origin(request, house)


def _ours(request: Request, origin: str, house: House) -> bool:
    return origin.partition("://")[2] == request.headers.get("host") or origin == house.settings.public_url.rstrip("/")


_BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "Mac"),
            ("Linux", "Linux"))


def browser_of(request: Request) -> str:
    """Family and system of the browser, and nothing else of what it says of itself: "Chrome, Android"."""
    said = request.headers.get("user-agent", "")
    found = [next((label for mark, label in marks if mark in said), "") for marks in (_BROWSERS, _SYSTEMS)]
    return ", ".join(filter(None, found)) or "Another program"


def address_of(request: Request, house: House) -> str:
    """Where somebody comes from: whoever is connected; behind a proxy of ours, whom it says it speaks for.

    Of several that were passed on the right-most that is none of ours counts: what stands further left anybody may have
    written. A header that holds anything but addresses counts for nothing.
    """
    peer = request.client.host if request.client else ""
    ours = networks_in(house.settings.proxies)
    try:
        passed = [_plain_address(part) for part in [*",".join(request.headers.getlist("x-forwarded-for")).split(","), peer]]
    except ValueError:
        return peer
    by_ours = list(takewhile(lambda a: any(a in network for network in ours), reversed(passed)))
    return str(passed[-1 - min(len(by_ours), len(passed) - 1)]) if by_ours else peer


def _plain_address(text: str) -> IPv4Address | IPv6Address:
    found = ip_address(text.strip())
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


SignedIn = Annotated[Actor, Depends(signed_in)]
Changes = Depends(from_here)
ItsPage = Depends(from_its_page)
