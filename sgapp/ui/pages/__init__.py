"""One folder a page: `page.py` draws it, `state.py` remembers it. Pages put themselves on the list by their template."""

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import reflex as rx

from sgapp.phone.words import say

#: The title of the one page that search engines and shoulders may see.
APP_TITLE = say("app.title")


@dataclass(frozen=True, slots=True)
class Page:
    """A page as Reflex is told of it. `on_load` events run each time it opens, after the gate."""

    route: str
    title: str
    draw: Callable[[], rx.Component]
    on_load: tuple[Any, ...]


PAGES: dict[str, Page] = {}


def add_page(route: str, title: str, draw: Callable[[], rx.Component], on_load: Sequence[Any]) -> None:
    """Put a page on the list. Raises ValueError for a route that is taken."""
    if route in PAGES:
        raise ValueError(f"two pages claim {route}")
    PAGES[route] = Page(route, title, draw, tuple(on_load))


def load_pages() -> None:
    """Import `<page>/page.py` of every folder here, so that each puts itself on the list."""
    for found in pkgutil.iter_modules(__path__):
        if found.ispkg:
            importlib.import_module(f"{__name__}.{found.name}.page")


def register_pages(app: rx.App) -> None:
    """Tell Reflex of every page on the list."""
    load_pages()
    for page in PAGES.values():
        app.add_page(page.draw, route=page.route, title=page.title, on_load=list(page.on_load), image="")
