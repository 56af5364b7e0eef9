"""The words that one person agreed on: hidden until somebody asks, and hidden again at a tap, after a while, and as soon as the
page goes out of sight. Seen on the plan and the call.
"""

from typing import Any

import reflex as rx
from reflex.event import no_args_event_spec

from sgapp.phone import script
from sgapp.ui.components.page_parts import single

#: A call is over by then, or they are asked for again.
_STAY_SECONDS = 300


class PutAway(rx.Component):
    """The browser's side of taking them away by themselves."""

    library = script("put_away.js")
    tag = "PutAway"

    after_seconds: rx.Var[int]
    on_put_away: rx.EventHandler[no_args_event_spec]


def agreed_words(words: Any, shown: Any, *, show: Any, hide: Any) -> rx.Component:
    """A button that shows them, with what it does said beside it; then the words, and a button that takes them away."""
    there = PutAway.create(rx.el.div(
        single("The word that says: it is me, and I am well", words.safe_word),
        single("These words end the call", words.stop_phrase), single("These words mean: get help now", words.help_phrase),
        rx.el.button("Put them away", type="button", on_click=hide, class_name="btn btn-quiet justify-self-start"),
        class_name="grid gap-3", role="status"), after_seconds=_STAY_SECONDS, on_put_away=hide)
    ask = rx.el.div(
        rx.el.button("Show the agreed words", type="button", on_click=show, class_name="btn btn-quiet"),
        rx.el.p("That you looked stands on the file.", class_name="hint"), class_name="flex flex-wrap items-center gap-3")
    return rx.cond(shown, there, ask)
