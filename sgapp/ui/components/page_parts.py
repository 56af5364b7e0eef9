"""Parts that several desk pages share: the three faces of a page that loads, a labelled line, folded forms."""

from typing import Any

import reflex as rx

from sgapp.ui.components.as_asked import as_asked


def loaded_page(shown: Any, missing: Any, *content: rx.Component) -> rx.Component:
    """The page once it has come; before that a word that it is on its way; and a plain answer when there is none."""
    return rx.cond(missing, gone(), as_asked(shown, rx.el.div(*content, class_name="grid gap-5"), by_id=True))


def gone() -> rx.Component:
    """What stands where there is nothing for whoever looks: the same for what never was and for what is not theirs."""
    return rx.el.div(
        rx.el.h1("There is no such thing here", class_name="font-semibold"),
        rx.el.p("It may be under another address, or not yours to see. Nothing was changed.", class_name="hint"),
        rx.el.a("Back to today", href="/desk", class_name="btn btn-quiet"), class_name="empty-state")


def line(label: Any, text: Any, quote: Any = False) -> rx.Component:
    """A labelled line; a quotation stands behind its rule."""
    return rx.el.div(
        rx.el.dt(label, class_name="hint"),
        rx.cond(quote, rx.el.dd(rx.el.blockquote("“", text, "”", class_name="quote")), rx.el.dd(text)),
        class_name="grid gap-1",
    )


def single(label: Any, text: Any) -> rx.Component:
    """One labelled line by itself; nothing if there is no text."""
    return rx.cond(text, rx.el.dl(line(label, text)), rx.fragment())


def lines(entries: Any) -> rx.Component:
    """A list of labelled lines."""
    return rx.el.dl(rx.foreach(entries, lambda entry: line(entry.label, entry.text, entry.quote)), class_name="grid gap-3")


def folded(summary: str, *content: rx.Component, anchor: str = "", open_when: Any = None) -> rx.Component:
    """A form that is folded until wanted."""
    props: dict[str, Any] = {"id": anchor} if anchor else {}
    if open_when is not None:
        props["open"] = open_when
    return rx.el.details(rx.el.summary(summary, class_name="folded-summary"), rx.el.div(*content, class_name="folded-body"),
                         class_name="panel folded", **props)


def opens(summary: str, *content: rx.Component) -> rx.Component:
    """Something to read that opens on a tap, within a panel."""
    return rx.el.details(rx.el.summary(summary, class_name="link opens"), rx.el.div(*content, class_name="mt-3"))


def file_link(*label: Any, href: Any, class_name: str = "btn btn-quiet") -> rx.Component:
    """A link to a file of the API. It is none of the pages: without `reloadDocument` the client would look for one there."""
    return rx.el.a(*label, href=href, class_name=class_name, custom_attrs={"reloadDocument": True})


def page_head(hint: Any, title: Any, *aside: rx.Component) -> rx.Component:
    """The heading of a desk page: a hint above, the title, and what stands at its right."""
    return rx.el.header(
        rx.el.div(rx.el.p(hint, class_name="hint"), rx.el.h1(title, class_name="text-2xl font-semibold"), class_name="grow"),
        *aside, class_name="flex flex-wrap items-start gap-2")


def codes(entries: Any) -> rx.Component:
    """The coded safety options: the short code stands there, its meaning opens on a tap."""
    return rx.el.div(
        rx.foreach(entries, lambda code: rx.el.details(
            rx.el.summary(code.value, class_name="chip"), rx.el.p(code.label, class_name="hint mt-1"), class_name="code")),
        class_name="flex flex-wrap gap-2")
