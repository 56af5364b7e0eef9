"""One note. The lead reads it once, left; what she can do next stands right, the next step first."""

from typing import Any

import reflex as rx

from sgapp.domain.vocabulary import PRIORITIES
from sgapp.ui.components.durable_form import durable_form, intent_button
from sgapp.ui.components.fields import checks, choice, select_field, text_area, text_field
from sgapp.ui.components.note_form import MarksShown
from sgapp.ui.components.page_parts import codes, folded, lines, loaded_page, page_head, single
from sgapp.ui.components.pictures import panel
from sgapp.ui.pages.note.state import NoteState
from sgapp.ui.templates import desk_page

note: Any = NoteState.note  # a Var: its attributes exist in the browser


def _written() -> rx.Component:
    return panel(
        lines(note.lines),
        MarksShown.create(marks=note.marks.to(list[dict[str, Any]])),
        rx.cond(note.picker.length() > 0,
                rx.el.div(rx.el.p("Noticed", class_name="hint"),
                          rx.el.ul(rx.foreach(note.picker, rx.el.li), class_name="list-disc pl-5"), class_name="grid gap-1"),
                rx.fragment()),
        rx.cond(note.corrections.length() > 0, rx.el.div(rx.el.h3("Added later", class_name="font-semibold"),
                                                         lines(note.corrections), class_name="grid gap-2"), rx.fragment()),
        rx.el.p("Written ", note.written, " by ", note.author, ". ", note.clock, class_name="hint"),
        heading="What was written", class_name="grid gap-4 content-start")


def _danger() -> rx.Component:
    return rx.el.div(
        rx.el.p("Somebody may be in danger now", class_name="font-semibold"),
        rx.el.p("Ring 999 first, if nobody has. Then ring whoever wrote this. What you told, and whom, is written under "
                "“Danger now” on its case, which can be opened before the name is known."),
        class_name="panel panel-alert grid gap-1")


def _protect() -> rx.Component:
    """What comes first where a colleague may be involved, DOMAIN annex §6; what is looked into comes later."""
    first = ("Is the adult safe, and unhurt? Ring 999, or 101 if a crime may have been done.",
             "See that whoever it may be about does not go there, tonight first. Whoever plans visits needs no reason.",
             "Keep what may show what happened: rotas, call logs, messages. Clothing and bedding stay unwashed.",
             "Ask the colleague nothing and tell them nothing until police and council have said when.")
    return panel(rx.el.ul(*(rx.el.li(step) for step in first), class_name="list-disc pl-5 grid gap-1"),
                 heading="A colleague may be involved: protect the adult first", class_name="panel-alert grid gap-2")


def _acknowledge() -> rx.Component:
    return panel(
        rx.cond(note.nameless, rx.fragment(),
                rx.el.p("The writer then sees “seen by the office”, and nothing more.", class_name="hint")),
        intent_button("Acknowledge", intent="acknowledge-note", hidden={"note_id": NoteState.note_id}, primary=True,
                      stay=True, on_saved=NoteState.load_note),
        heading="Next: say that you have seen it", class_name="next-step grid gap-3")


def _match() -> rx.Component:
    return panel(
        durable_form(
            select_field("person_id", "Someone on the list", options=note.people),
            text_field("new_name", "or someone new: full name",
                       hint="If nobody knows the name yet: who is meant, such as “the woman at 12 Elm Road”."),
            text_field("new_reference", "Their reference, if there is one"),
            intent="match-person", form_key="match-person:" + NoteState.note_id, hidden={"note_id": NoteState.note_id},
            submit="This is who it is about", stay=True, on_saved=NoteState.load_note),
        heading="Next: say who it is about", class_name="next-step grid gap-3")


def _open() -> rx.Component:
    return panel(
        durable_form(
            checks("types", "What kind of harm may this be?", options=note.types,
                   hint="As many as fit, or none while nobody can tell. It can be changed on the case."),
            rx.cond(note.joinable.length() > 0,
                    checks("note_ids", "Take these earlier notes in too", options=note.joinable), rx.fragment()),
            intent="open-case", form_key="open-case:" + NoteState.note_id, hidden={"note_id": NoteState.note_id},
            submit="Open a case"),
        rx.cond(note.open_cases.length() > 0,
                durable_form(select_field("case_id", "or add it to an open case", options=note.open_cases),
                             intent="add-note-to-case", form_key="add-note-to-case:" + NoteState.note_id,
                             hidden={"note_id": NoteState.note_id}, submit="Add to that case"), rx.fragment()),
        heading="Next: open a case", class_name="next-step grid gap-3")


def _answer() -> rx.Component:
    return panel(
        rx.el.p("Only the nominated individual sees this note. Those who are named in it never do.", class_name="hint"),
        durable_form(
            choice("pass_on", "What happens with it?", required=True,
                   options=(("no", "I have dealt with it"), ("yes", "The lead takes it on"))),
            text_area("what_was_done", "What was done, or why the lead takes it on", required=True),
            rx.cond(note.nameless, rx.el.p("The writer gave no name, so nobody can be told.", class_name="hint"),
                    choice("told_writer", "Does the writer know what was done?", options=(("yes", "Yes"), ("no", "No")),
                           ask_when={"pass_on": ["no"]})),
            intent="answer-speaking-up", form_key="answer-speaking-up:" + NoteState.note_id,
            hidden={"note_id": NoteState.note_id}, submit="Record it", stay=True, on_saved=NoteState.load_note),
        heading="Next: say what came of it", class_name="next-step grid gap-3")


def _named() -> rx.Component:
    return panel(
        rx.el.p("They do not see this note until you say that it is not about them. Ask first, and say it before it becomes "
                "part of a case: from then on it stays closed to them.",
                class_name="hint"),
        durable_form(
            select_field("account_id", "Who", options=note.named),
            choice("involved", "Is it about them?", options=(("yes", "Yes"), ("no", "No"))),
            text_area("reason", "How do you know?", rows=2),
            intent="settle-name", form_key="settle-name:" + NoteState.note_id, hidden={"note_id": NoteState.note_id},
            submit="Record it", stay=True, on_saved=NoteState.load_note),
        heading="A colleague's name stands in this note", class_name="grid gap-3")


def _next() -> Any:
    return rx.match(note.step, ("acknowledge", _acknowledge()), ("answer", _answer()), ("match", _match()), ("open", _open()),
                    rx.cond(note.matter_href, panel(rx.el.a("Read it with the matter", href=note.matter_href,
                                                            class_name="btn btn-primary"),
                                                    heading="Somebody was asked for this account",
                                                    class_name="next-step grid gap-3"),
                    rx.cond(note.case_href, panel(rx.el.a("Open the case", href=note.case_href, class_name="btn btn-primary"),
                                                  heading="This note is part of a case", class_name="next-step grid gap-3"),
                            rx.fragment())))


def _more() -> rx.Component:
    return rx.el.div(
        rx.cond(note.named.length() > 0, _named(), rx.fragment()),
        panel(single("Priority", note.priority), rx.el.p(note.priority_reason, class_name="hint"),
              single("Seen", note.acknowledged),
              single("Asked of the writer", note.more_needed),
              single("What came of it", note.answered),
              rx.cond(note.waits_for_call,
                      intent_button("The writer has rung", intent="more-received", hidden={"note_id": NoteState.note_id},
                                    stay=True, on_saved=NoteState.load_note), rx.fragment()),
              rx.cond(note.codes.length() > 0,
                      rx.el.div(rx.el.p("How to get back to them", class_name="hint mb-1"), codes(note.codes)), rx.fragment()),
              class_name="grid gap-3"),
        rx.cond((note.earlier.length() > 0) | (note.earlier_cases.length() > 0),
                panel(rx.cond(note.often, rx.el.p(note.often, class_name="font-semibold mb-3"), rx.fragment()),
                      _before(note.earlier_cases), _before(note.earlier), heading="This person before"), rx.fragment()),
        rx.cond(note.may_reprioritise, _others(), rx.fragment()),
        class_name="grid gap-5 content-start")


def _before(entries: Any) -> rx.Component:
    return rx.el.ul(rx.foreach(entries, lambda e: rx.el.li(
        rx.el.a(e.reference, href=e.href, class_name="link"), " ", rx.el.span(e.when, " · ", e.state, class_name="hint"))),
        class_name="grid gap-2")


def _others() -> rx.Component:
    mine = {"note_id": NoteState.note_id}
    return rx.el.div(
        folded("Change the priority", durable_form(
            choice("priority", "Priority", options=PRIORITIES.options()), text_area("reason", "Why"),
            intent="change-priority", form_key="change-priority:" + NoteState.note_id, hidden=mine, submit="Change it",
            stay=True, on_saved=NoteState.load_note)),
        rx.cond(note.nameless, rx.fragment(), folded("More facts are needed", durable_form(
            text_area("what", "What you want to know", hint="The writer sees only “please ring the office”."),
            intent="ask-for-more", form_key="ask-for-more:" + NoteState.note_id, hidden=mine, submit="Ask the writer to ring",
            stay=True, on_saved=NoteState.load_note))),
        class_name="grid gap-3")


@desk_page("/note", "Note", here="/desk", on_load=[NoteState.load_note])
def page() -> rx.Component:
    return loaded_page(
        NoteState.shown, NoteState.missing,
        page_head(rx.el.span("Note ", note.reference, " · seen ", note.seen_at), note.person,
                  rx.cond(note.reserved, rx.el.span("reserved", class_name="tag"),
                          rx.cond(note.restricted, rx.el.span("restricted", class_name="tag"), rx.fragment())),
                  rx.cond(note.kind, rx.el.span(note.kind, class_name="tag"), rx.fragment())),
        rx.cond(note.danger, _danger(), rx.fragment()),
        rx.cond(note.protect, _protect(), rx.fragment()),
        rx.el.div(_written(), rx.el.div(_next(), _more(), class_name="grid gap-5 content-start"), class_name="two-columns"))
