"""Small pictures of where things stand, each also readable as a list."""

from typing import Any

import reflex as rx


def _station(label: Any, state: Any, note: Any) -> rx.Component:
    said = rx.match(state, ("done", "done"), ("now", "this is next"), "still to come")
    return rx.el.li(
        rx.el.span(class_name="station-dot", aria_hidden="true"),
        rx.el.span(label, class_name="station-label"),
        rx.el.span(said, class_name="sr-only"),
        rx.el.span(note, class_name="hint station-note"),
        class_name="station",
        custom_attrs={"data-state": state},
    )


def station_line(stations: rx.Var | list[dict[str, str]], *, label: str = "The course") -> rx.Component:
    """The course of a case: a list of {label, state: done | now | todo, note}, drawn as a line of stations."""
    drawn = (
        rx.foreach(stations, lambda s: _station(s.label, s.state, s.note))
        if isinstance(stations, rx.Var)
        else rx.fragment(*[_station(s["label"], s["state"], s.get("note", "")) for s in stations])
    )
    return rx.el.ol(drawn, class_name="station-line", aria_label=label)


def timeline(entries: rx.Var, draw: Any, *, label: str = "What happened") -> rx.Component:
    """What happened, newest or oldest first as the service gave it; `draw` makes the inside of one entry."""
    return rx.el.ol(rx.foreach(entries, lambda e: rx.el.li(draw(e), class_name="moment")), class_name="moments",
                    aria_label=label)


def empty_state(title: str, text: str = "", *more: rx.Component) -> rx.Component:
    """What stands where nothing is: why, and what to do next."""
    return rx.el.div(rx.el.p(title, class_name="font-semibold"), rx.el.p(text, class_name="hint") if text else rx.fragment(),
                     *more, class_name="empty-state")


def badge_due(text: str | rx.Var, state: str | rx.Var = "later") -> rx.Component:
    """When something is due, in words; `state` is overdue, soon or later and adds the colour."""
    return rx.el.span(text, class_name="badge-due", custom_attrs={"data-state": state})


def panel(*children: rx.Component, heading: str | rx.Var = "", class_name: str = "") -> rx.Component:
    """A surface with a hairline border, and a heading if given."""
    title = [rx.el.h2(heading, class_name="panel-heading")] if isinstance(heading, rx.Var) or heading else []
    return rx.el.section(*title, *children, class_name=f"panel {class_name}".strip())


def waiting(text: str = "Loading …") -> rx.Component:
    """What stands where something is on its way."""
    return rx.el.p(text, role="status", class_name="hint waiting")
