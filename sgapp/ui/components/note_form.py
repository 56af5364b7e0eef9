"""The worker's form and her list of notes. Both live in the browser (sgapp/phone) and need no socket."""

from typing import Any

import reflex as rx

from sgapp.domain.vocabulary import CONSENT_STATES, PICKER, SAFETY_CODES
from sgapp.phone import script
from sgapp.phone.words import say

# Bundled beside the components, which import them by name. Their words come beside them when the pages are built.
for _part in ("body_figure.js", "body_lists.js", "body_map.css", "body_map.js", "body_regions.js", "device.js", "draft.js",
              "fill.js", "installed.js", "lock.js", "looks.js", "mark_words.js", "marks.js", "note.js", "nudge.js",
              "on_call.js", "other_routes.js", "outbox.js", "own_phones.js", "parts.js", "passkey.js", "plain_colours.js",
              "plain_elements.js", "plain_page.js", "plain_react.js", "reference.js", "saved.js", "seal.js", "sections.js",
              "store.js", "taken_along.js", "vault.js", "wording.js", "wording_rules.js"):
    script(_part)

#: What whoever visits can say of it, in her words. What is decided about the adult (capacity, a legal duty) is the office's.
_CONSENT = {
    "given": say("page_notes.consent_given"), "given_in_part": say("page_notes.consent_given_in_part"),
    "refused": say("page_notes.consent_refused"), "withdrawn": say("page_notes.consent_withdrawn"),
    "not_sought_raises_risk": say("page_notes.consent_not_sought_raises_risk"),
    "not_sought_urgent": say("page_notes.consent_not_sought_urgent"), "unable_to_ask": say("page_notes.consent_unable_to_ask")}


class NoteForm(rx.Component):
    """The form itself; `codes` are the lists it chooses from."""

    library = script("note_form.js")
    tag = "NoteForm"

    codes: rx.Var[dict[str, Any]]


class MyNotes(rx.Component):
    """Her own notes: references, states and times."""

    library = script("my_notes.js")
    tag = "MyNotes"


class Today(rx.Component):
    """Those she visits today, as codes; the words of one for five seconds."""

    library = script("today.js")
    tag = "Today"


class MarksShown(rx.Component):
    """Marks on the skin as the desk reads them: the figure with numbered dots, and the list in words."""

    library = script("marks_shown.js")
    tag = "MarksShown"

    marks: rx.Var[list[dict[str, Any]]]


def note_form() -> rx.Component:
    """The note form with the neutral lists built in, so that it draws without a connection."""
    codes = {
        "picker": [{"code": c.code, "label": c.label, "group": c.group} for c in PICKER],
        "safety": [{"code": c.code, "label": c.neutral or c.label, "short": c.short, "symbol": c.symbol} for c in SAFETY_CODES],
        "consent": [{"code": c.code, "label": _CONSENT[c.code]} for c in CONSENT_STATES if c.code in _CONSENT],
    }
    return NoteForm.create(codes=codes)


def my_notes() -> rx.Component:
    return MyNotes.create()


def today() -> rx.Component:
    return Today.create()
