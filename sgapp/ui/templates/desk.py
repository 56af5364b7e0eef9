"""The frame for the desk: the menu on the left of the eye from 768 px on, a bar on top of it on a phone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import reflex as rx

from sgapp.ui.components.page_parts import gone
from sgapp.ui.pages import add_page
from sgapp.ui.session import SessionState
from sgapp.ui.templates.frame import as_components, fresh_page, hide_button, main_landmark, sign_out_button, skip_link

Draw = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Group:
    """Pages that are looked at together: one entry of the menu, and a row of their own at their head."""

    label: str
    pages: tuple[tuple[str, str], ...]


#: In the order of the eye. What stands first is there before it is known who looks; the rest comes with the person.
MENU: tuple[tuple[str, str] | Group, ...] = (
    ("/desk", "Today"), ("/cases", "Cases"), ("/matters", "Staff matters"), ("/actions", "Actions"), ("/agencies", "Agencies"),
    ("/rota", "On duty"), ("/available", "Available"),
    Group("Looking back", (("/measures", "Figures"), ("/sample", "Sample"), ("/registers", "Registers"),
                           ("/learning", "Learning"), ("/minutes", "Minutes"), ("/evidence", "Evidence"))),
    Group("The office", (("/accounts", "Accounts"), ("/tables", "Tables"), ("/phones", "Phones"),
                         ("/colleagues", "Close ties"), ("/records", "Keeping"), ("/file", "Open a file"))),
    ("/told", "How I am told"))
_AT_ONCE = frozenset({"/desk", "/cases", "/actions", "/agencies", "/rota", "/told"})


def desk_page(route: str, title: str, *, here: str = "", on_load: Sequence[Any] = ()) -> Callable[[Draw], Draw]:
    """Draw a page in the desk's frame and put it on the list of pages.

    `here` is the menu entry that stands for the page ("/desk" or "/cases"; a page of its own: its route).
    Whoever is not signed in is led to the sign-in page; what the page shows, the gate and the services decide.
    """

    def frame(draw: Draw) -> Draw:
        def page() -> rx.Component:
            return rx.el.div(
                rx.el.link(rel="stylesheet", href="/desk.css", custom_attrs={"precedence": "default"}),
                skip_link(),
                fresh_page(),
                _menu(here or route),
                main_landmark(*_row(here or route), _for_those_who_may(on_load, as_components(draw())), class_name="desk-main"),
                rx.el.p(id="page-said", role="status", class_name="page-said", hidden=True),
                class_name="desk",
            )

        add_page(route, title, page, (SessionState.load_or_sign_in, SessionState.watch_session, *on_load))
        return draw

    return frame


def _for_those_who_may(on_load: Sequence[Any], drawn: list[rx.Component]) -> rx.Component:
    """What the page shows; and the plain answer for a role whose events the gate would refuse, which would wait for ever."""
    roles = [sorted(found) for event in on_load if (found := getattr(event.state, "_allowed", frozenset()))]
    if not roles:
        return rx.fragment(*drawn)
    allowed = rx.Var.create(roles[0])
    return rx.cond((SessionState.role == "") | allowed.contains(SessionState.role), rx.fragment(*drawn), gone())


def _menu(here: str) -> rx.Component:
    return rx.el.nav(
        rx.el.p("Desk", class_name="desk-name"),
        rx.el.ul(*[_entry(entry, here) for entry in MENU], class_name="desk-entries"),
        rx.el.div(
            rx.el.p("On this tablet", class_name="hint"),
            rx.el.p(rx.el.a(SessionState.name, rx.el.span(": how you sign in", class_name="sr-only"), href="/account",
                            class_name="link font-semibold"),
                    rx.el.br(), rx.el.span(SessionState.role_label, class_name="hint"), class_name="desk-who"),
            rx.el.div(sign_out_button(), hide_button(), class_name="desk-leave"),
            class_name="desk-foot",
        ),
        class_name="desk-menu",
        aria_label="Desk",
    )


def _entry(entry: tuple[str, str] | Group, here: str) -> rx.Component:
    if isinstance(entry, Group):
        return _group(entry, here)
    place, label = entry
    there = _known(place) | (SessionState.role == "") if place in _AT_ONCE else _known(place)
    return rx.cond(there, _link(place, label, current=place == here), rx.fragment())


def _group(group: Group, here: str) -> rx.Component:
    """One entry, to the first of its pages that she may see."""
    first: Any = ""
    for place, _label in reversed(group.pages):
        first = rx.cond(_known(place), place, first)
    return rx.cond(first != "", _link(first, group.label, current=here in dict(group.pages)), rx.fragment())


def _row(here: str) -> list[rx.Component]:
    """The pages that stand together with this one."""
    return [rx.el.nav(rx.el.ul(*[rx.cond(_known(place), _link(place, label, current=place == here), rx.fragment())
                                 for place, label in entry.pages], class_name="desk-row"), aria_label=entry.label)
            for entry in MENU if isinstance(entry, Group) and here in dict(entry.pages)]


def _known(place: str) -> Any:
    places: Any = SessionState.places
    return places.contains(place)


def _link(place: Any, label: str, *, current: bool) -> rx.Component:
    marked = {"aria-current": "page"} if current else {}
    return rx.el.li(rx.el.a(label, href=place, class_name="desk-entry", custom_attrs=marked))
