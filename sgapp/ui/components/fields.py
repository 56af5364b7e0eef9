"""Form fields: native elements, a label that says it, a hint, and room for what needs mending.

Each field is one container that `durable_form` knows by `data-field`; `ask_when` hides it until other answers ask for it.
Ids are `f-{name}`; pages with two forms that share a field name tell them apart with `within`.
"""

import json
from collections.abc import Sequence
from typing import Any, Literal, Protocol

import reflex as rx


class Option(Protocol):
    """Anything with a value and a label; also what the items of a Var list need."""

    value: str
    label: str


Options = Sequence[tuple[str, str]] | rx.Var
AskWhen = dict[str, list[str]]
Within = str | rx.Var
YES_NO = (("yes", "Yes"), ("no", "No"))
YES_NO_NOT_SURE = (*YES_NO, ("not_sure", "Not sure"))


def _id(name: str, within: Within) -> str:
    return f"f-{within}-{name}" if isinstance(within, rx.Var) or within else f"f-{name}"


def _described(field_id: str, hint: str) -> str:
    return f"{field_id}-hint {field_id}-error" if hint else f"{field_id}-error"


def _notes(field_id: str, hint: str, why_asked: str) -> list[rx.Component]:
    why = [rx.el.p(why_asked, class_name="hint why-asked")] if why_asked else []
    return [*why, *([rx.el.p(hint, id=f"{field_id}-hint", class_name="hint")] if hint else [])]


def _error(field_id: str) -> rx.Component:
    return rx.el.p(id=f"{field_id}-error", class_name="field-error", custom_attrs={"hidden": True})


def _attributes(name: str, ask_when: AskWhen | None, *, many: bool = False) -> dict[str, Any]:
    found: dict[str, Any] = {"data-field": name}
    if many:
        found["data-many"] = "true"
    if ask_when:
        found["data-ask-when"] = json.dumps(ask_when)
        found["hidden"] = True  # until an answer asks for it
    return found


def _mark(required: bool) -> list[rx.Component]:
    return [rx.el.span(" needed", class_name="needed")] if required else []


def _one(control: Any, name: str, label: str, *children: Any, hint: str, required: bool, default: str | rx.Var, within: Within,
         ask_when: AskWhen | None, why_asked: str, **props: Any) -> rx.Component:
    """A label and one native control."""
    field_id = _id(name, within)
    return rx.el.div(
        rx.el.label(label, *_mark(required), html_for=field_id, class_name="field-label"),
        *_notes(field_id, hint, why_asked),
        control(*children, id=field_id, name=name, default_value=default, auto_complete="off",
                aria_describedby=_described(field_id, hint), **({"aria_required": True} if required else {}), **props),
        _error(field_id),
        class_name="field",
        custom_attrs=_attributes(name, ask_when),
    )


def text_field(name: str, label: str, *, hint: str = "", required: bool = False, default: str | rx.Var = "",
               within: Within = "", ask_when: AskWhen | None = None, why_asked: str = "", **props: Any) -> rx.Component:
    """One line of text."""
    return _one(rx.el.input, name, label, hint=hint, required=required, default=default, within=within, ask_when=ask_when,
                why_asked=why_asked, class_name="control", **({"type": "text"} | props))


def text_area(name: str, label: str, *, hint: str = "", required: bool = False, default: str | rx.Var = "",
              within: Within = "", ask_when: AskWhen | None = None, why_asked: str = "", rows: int = 3,
              **props: Any) -> rx.Component:
    """Some lines of text; it grows with what is typed where the browser can."""
    return _one(rx.el.textarea, name, label, hint=hint, required=required, default=default, within=within,
                ask_when=ask_when, why_asked=why_asked, rows=str(rows), class_name="control area", **props)


def date_time_field(name: str, label: str, *, hint: str = "", required: bool = False, default: str | rx.Var = "",
                    within: Within = "", ask_when: AskWhen | None = None, why_asked: str = "", **props: Any) -> rx.Component:
    """A day and a time as people here read the clock, sent as local "YYYY-MM-DDTHH:MM"."""
    return _one(rx.el.input, name, label, hint=hint, required=required, default=default, within=within, ask_when=ask_when,
                why_asked=why_asked, type="datetime-local", step="60", class_name="control when", **props)


def date_field(name: str, label: str, *, hint: str = "", required: bool = False, default: str | rx.Var = "",
               within: Within = "", ask_when: AskWhen | None = None, why_asked: str = "", **props: Any) -> rx.Component:
    """A day, sent as "YYYY-MM-DD"."""
    return _one(rx.el.input, name, label, hint=hint, required=required, default=default, within=within, ask_when=ask_when,
                why_asked=why_asked, type="date", class_name="control when", **props)


def time_field(name: str, label: str, *, hint: str = "", required: bool = False, default: str | rx.Var = "",
               within: Within = "", ask_when: AskWhen | None = None, why_asked: str = "", **props: Any) -> rx.Component:
    """A time of day, sent as "HH:MM"."""
    return _one(rx.el.input, name, label, hint=hint, required=required, default=default, within=within, ask_when=ask_when,
                why_asked=why_asked, type="time", class_name="control when", **props)


def _each(options: Options, draw: Any) -> list[Any]:
    if isinstance(options, rx.Var):
        return [rx.foreach(options, lambda o: draw(o.value, o.label))]
    return [draw(value, label) for value, label in options]


def select_field(name: str, label: str, *, options: Options, hint: str = "", required: bool = False,
                 default: str | rx.Var = "", within: Within = "", ask_when: AskWhen | None = None, why_asked: str = "",
                 empty: str = "Choose …", **props: Any) -> rx.Component:
    """One of a longer list. `empty` is the line that stands for "not chosen yet"."""
    lines = _each(options, lambda value, text: rx.el.option(text, value=value))
    return _one(rx.el.select, name, label, rx.el.option(empty, value=""), *lines, hint=hint, required=required,
                default=default, within=within, ask_when=ask_when, why_asked=why_asked, class_name="control", **props)


def _chips(kind: Literal["radio", "checkbox"], name: str, label: str, options: Options, *, hint: str, required: bool,
           default: Sequence[str] | rx.Var,
           within: Within, ask_when: AskWhen | None, why_asked: str) -> rx.Component:
    field_id = _id(name, within)

    def chip(value: Any, text: Any) -> rx.Component:
        if isinstance(default, rx.Var):
            started = default.to(list[str]).contains(value) if kind == "checkbox" else default == value
        else:
            started = isinstance(value, str) and value in default
        return rx.el.label(
            rx.el.input(type=kind, name=name, value=value, id=f"{field_id}-{value}", default_checked=started),
            rx.el.span(text),
            class_name="chip",
        )

    return rx.el.fieldset(
        rx.el.legend(label, *_mark(required), class_name="field-label"),
        *_notes(field_id, hint, why_asked),
        rx.el.div(*_each(options, chip), class_name="chips"),
        _error(field_id),
        class_name="field",
        aria_describedby=_described(field_id, hint),
        custom_attrs=_attributes(name, ask_when, many=kind == "checkbox"),
    )


def choice(name: str, label: str, *, options: Options, hint: str = "", required: bool = False, default: str | rx.Var = "",
           within: Within = "", ask_when: AskWhen | None = None, why_asked: str = "") -> rx.Component:
    """One of a few, as chips."""
    return _chips("radio", name, label, options, hint=hint, required=required,
                  default=default if isinstance(default, rx.Var) else (default,) if default else (),
                  within=within, ask_when=ask_when, why_asked=why_asked)


def checks(name: str, label: str, *, options: Options, hint: str = "", required: bool = False,
           default: Sequence[str] | rx.Var = (), within: Within = "", ask_when: AskWhen | None = None,
           why_asked: str = "") -> rx.Component:
    """Any number of a few, as chips; always sent as a list."""
    return _chips("checkbox", name, label, options, hint=hint, required=required, default=default, within=within,
                  ask_when=ask_when, why_asked=why_asked)


def yes_no(name: str, label: str, *, hint: str = "", required: bool = False, default: str = "", within: Within = "",
           ask_when: AskWhen | None = None, why_asked: str = "", not_sure: bool = False) -> rx.Component:
    """Yes or no, and with `not_sure` the honest third answer."""
    return choice(name, label, options=YES_NO_NOT_SURE if not_sure else YES_NO, hint=hint, required=required,
                  default=default, within=within, ask_when=ask_when, why_asked=why_asked)


def guidance(piece: str, text: str, source: str, *, ask_when: AskWhen | None = None) -> rx.Component:
    """A note beside a question, with its source in a quiet line. It appears, and is said politely, as answers call for it.

    `piece` names it; `ask_when` as for a field, none for always.
    """
    attributes: dict[str, Any] = {"data-guidance": piece}
    if ask_when:
        attributes |= {"data-ask-when": json.dumps(ask_when), "hidden": True}
    return rx.el.div(rx.el.p(text), rx.el.p(source, class_name="guidance-source"), class_name="guidance", role="note",
                     custom_attrs=attributes)


def guided(field: rx.Component, *pieces: rx.Component, ask_when: AskWhen | None = None) -> rx.Component:
    """A field with its guidance under it. `ask_when` is the field's own: where it is not asked, nothing of it is shown."""
    attributes: dict[str, Any] = {"data-ask-when": json.dumps(ask_when), "hidden": True} if ask_when else {}
    return rx.el.div(field, *pieces, class_name="guided", custom_attrs=attributes)
