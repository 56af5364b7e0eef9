"""No public function of a service stands outside the register of guards, unless it is listed here with its reason."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator

import sgapp.services
from sgapp.services.guard import REGISTER, Intention

#: Helpers without a guard of their own. Those that take a unit of work run inside a guarded service, and see
#: only what its actor may see.
UNGUARDED = {
    "cards.is_looks": "reads what a phone sealed, in the guarded delivery",
    "cards.keep_looks": "takes the unit of work of the guarded delivery; gives nothing back",
    "cards.looks_from": "reads what a phone sealed, in the guarded delivery",
    "checklists.referred": "takes a case that was already given",
    "contacts.lapse_missed": "called by the sweep; gives a number",
    "contacts.may_go_out": "takes the unit of work of the post; gives yes or no",
    "measures.gathered": "takes the unit of work of a guarded view or of the evidence pack, which scopes it",
    "sampling.audits_of": "takes the unit of work and the case of a guarded service or view, which scopes it",
    "sampling.may_not_score": "takes the unit of work and the case of a guarded service or view; gives a reason",
    "sampling.sample_of": "takes the unit of work and the case of a guarded service or view, which scopes it",
    "views.masked.masked_whole": "takes the unit of work and the case of a guarded view, which scopes it; takes names out",
    "views.measures.columns_of": "arranges figures that were already given",
    "views.measures.length": "puts a length of time into words",
    "views.measures.row": "puts a figure that was already given into words",
    "sac_counts.sac_file": "takes what a guarded service or the evidence counted; counts",
    "evidence.cqc_tags": "takes the unit of work of a guarded service or view; words for parts of a pack, no people",
    "learning.learning_of": "takes the unit of work and the case of a guarded service or view, which scopes it",
    "views.masked.people_of": "takes the unit of work and the case of a guarded service or view; names and stand-ins",
    "registers.entries_in": "reads rows off records that were already given",
    "registers.entries": "takes the walk of a guarded view or of the evidence, which scopes it",
    "registers.open_to": "names registers by what the actor may do",
    "views.masked.staff_stand_ins": "takes the unit of work of a guarded view; who works here, and as what",
    "views.sampling.month_in_words": "puts a month into words",
    "views.registers.cells": "puts a row that was already given into words",
    "views.registers.row": "puts a row that was already given into words",
    "views.registers.without_names": "takes rows that were already given; takes names out",
    "importing.day_in": "reads a day in a cell",
    "safety_plans.arrangements": "takes the unit of work of a guarded view or of the export; nothing that is restricted",
    "safety_plans.codes_in_notes": "takes the unit of work and the case of a guarded service, which scopes it",
    "safety_plans.current_plan": "takes a case that was already given, in a guarded service, in the sweep or in the post",
    "safety_plans.rules_for": "takes a case that was already given, in a guarded service or in the post; gives rules",
    "safety_plans.sensitive_names": "takes what was already given",
    "staff.reason_of": "takes the unit of work of the guarded view, for a change that was already given",
    "passkeys.account_of": "takes the unit of work of the public sign-in; checks a signature",
    "passkeys.name_of": "takes a passkey that was already given",
    "passkeys.of": "takes the unit of work and the account of a guarded service, or of the public sign-in",
    "passkeys.options": "takes the unit of work of the public sign-in; a challenge that tells of nobody",
    "second_factor.not_set_up_meanwhile": "takes the unit of work of a guarded service; only refuses",
    "second_factor.own_password": "takes the unit of work of a guarded service; the actor's own account",
    "second_factor.own_session": "takes the unit of work of a guarded service; the actor's own session",
    "exporting.columns_of": "names columns",
    "exporting.rows_of": "takes the unit of work of a guarded service, which scopes it, or of the export at the machine",
    "importing.adults_of": "takes the unit of work of a guarded service, or of the import or export at the machine",
    "importing.made_ready": "takes the unit of work of a guarded service, which scopes it, or of the import at the machine",
    "importing.none_refused": "raises what was found",
    "importing.mapped": "reads the names of columns",
    "importing.matched": "reads the names of columns",
    "importing.take_in": "takes the unit of work of a guarded service, which scopes it, or of the import at the machine",
    "staff.with_code": "takes the unit of work of the import, and stores nothing; a code for a role that reads no cases",
    "staff.no_password": "makes a password only, and forgets it",
    "staff.checked_username": "checks how a user name is spelt",
    "checkpoints.keep_apart": "writes what names nobody beside the keys",
    "checkpoints.tombstones_folder": "names a folder",
    "retention.keeping": "takes the unit of work of a guarded service or view; rules, no people",
    "retention.nobodys": "takes the unit of work of a guarded service or view, which scopes it; opaque ids",
    "retention.years_before": "reckons with days",
    "checkpoints.chain_in_words": "takes the unit of work of the guarded view; names no record",
    "second_factor.base32": "writes a secret that was already given as letters",
    "second_factor.code_now": "works out a code from a secret that was already given",
    "second_factor.is_right": "takes the unit of work of the public sign-in; compares a code",
    "sessions.asking": "takes the look of whoever asks who the bearer of a cookie is; names nobody else",
    "sessions.seen": "takes the unit of work of whoever was asked for in it; notes the time and nothing else",
    "devices.sender": "takes the look of the public intake; the signature is the permission, and opens no other door",
    "second_factor.tell_of_recovery": "takes the unit of work of the public sign-in; stores a message without content",
    "availability.away": "takes the unit of work of a guarded service; says yes or no, and not why",
    "availability.colleague": "takes the unit of work of a guarded service; names somebody who works here",
    "availability.not_available": "takes the unit of work of the guarded service that records why",
    "composing.decision_for": "takes the unit of work and the case of a guarded service",
    "strictness.second_looks": "takes the unit of work and the case of a guarded service",
    "duty.must_go_out": "takes the unit of work of a guarded service; says what is set up here",
    "intake.kept_id": "reckons an id out of an id and a digest",
    "triage.known_types": "checks codes against their list",
    "duty.without_way": "takes the unit of work of a guarded service; compares a choice with what is set up here",
    "duty.tell": "takes the unit of work of a guarded service, of the sweep or of the post; stores a message without content",
    "investigations.joined": "takes the unit of work of the guarded delivery",
    "investigations.picked_accounts": "takes the unit of work of the guarded composing, which scopes it",
    "views.next_step.next_step": "takes the unit of work and the records of the guarded views, which scope them",
    "views.next_step.said_of_cqc": "takes the unit of work and the case of the guarded views, which scope it",
    "views.case.rows": "takes the unit of work of the guarded views, which scopes it",
    "views.case.whole": "takes the unit of work of the guarded views, which scopes it",
    "who_may_know.name_anew": "takes the unit of work of the sweep; gives a number",
    "cases.known": "checks a code against its list",
    "cases.written": "checks that fields are filled in",
    "composing.check_address": "checks where a referral goes",
    "composing.letter_of": "takes a referral that was already given, and makes its letter",
    "composing.names_first": "takes the look of a guarded service, and gives nothing of it back",
    "composing.new_referral": "takes the unit of work and the case of a guarded service",
    "composing.offered_on": "takes the unit of work and the case of a guarded service or view, which scopes it",
    "devices.colleagues": "takes the unit of work of a guarded service, and keeps to the actor's branch",
    "devices.has_signed": "checks a signature",
    "devices.signed_text": "spells out what a phone signs",
    "directory.directory_of": "takes the unit of work of a guarded service or view; agencies, no people",
    "drafts.put": "takes the unit of work of a guarded service; keeps what is the actor's own",
    "duty.add_message": "takes the unit of work of the guarded service or of the sweep; gives nothing to read",
    "duty.begin_clocks": "called by the guards themselves, in the transaction of a guarded service",
    "duty.hand_to": "takes the unit of work of a guarded service or of the sweep; names who may know and nobody else",
    "duty.kept_from_who_leads": "takes the unit of work of a guarded service or of the sweep; gives yes or no",
    "duty.may_know": "takes the unit of work of a guarded service, of the sweep or of the post; gives yes or no",
    "duty.members": "takes the unit of work of a guarded service or of the sweep",
    "duty.reach_of": "takes the unit of work of a guarded service or of the sweep",
    "duty.set_reach": "takes the unit of work of the guarded service that sets one's own",
    "guard.intention": "is a guard",
    "guard.public": "is a guard",
    "guard.query": "is a guard",
    "guard.subject_of": "reads the id off a form",
    "house.house": "gives this process's house; holds no record",
    "house.now": "reads the clock",
    "intake.make_sealing_key": "takes the unit of work of the guarded service that begins a key",
    "intake.note_from": "takes the unit of work of the guarded delivery, or of whoever takes a kept note in",
    "intake.note_of": "the same, from what was read already",
    "intake.opened": "takes the unit of work of the guarded delivery, or of whoever takes a kept note in",
    "intake.seal_info": "spells out what binds a sealed note",
    "intake.seal_note": "seals with a public key; opens nothing",
    "kept.sealed_of": "takes the unit of work of a guarded service; gives ciphertext",
    "partner.desk_for_link": "takes the unit of work of a guarded service, for a referral that was already given",
    "partner.end_links": "takes the unit of work of a guarded service or of the sweep; gives nothing to read",
    "partner.expire_links": "takes the unit of work of the sweep; gives a number",
    "partner.given_to": "takes the unit of work of a guarded view, for a link that was already given",
    "partner.link_made": "takes the unit of work of a guarded service; says what was done",
    "partner.live_link": "takes the unit of work of a guarded service or view, for a referral that was already given",
    "partner.open_link": "takes the unit of work of a guarded service, for a referral that was already given",
    "partner.through": "names whoever uses a link; holds no permission",
    "partner.waiting_code": "takes the unit of work of a guarded view, for a link that was already given",
    "post.failing": "takes the unit of work of the guarded queue, the doctor or the figures; gives a number",
    "views.messages.told_of_accounts": "takes the unit of work of the guarded view of one's own account; tells her own alone",
    "post.in_trouble": "makes the condition by which guarded services and views narrow messages to what may be known",
    "duty.stage_of": "takes the unit of work of a guarded service or view, for a referral that was already given",
    "cases.exhausted": "takes the unit of work of a guarded service or view, for a referral that was already given",
    "duty.steps_of": "takes the unit of work of a guarded view, for records that were already given",
    "reviewing.may_not_review": "takes the unit of work of a guarded service, of the sweep or of the post; gives account ids",
    "rota.branch_of": "reads the branch off the actor",
    "note_schema.as_it_came": "puts a plaintext that was already opened where it can be read",
    "note_schema.speaks_up": "looks at a plaintext that was already opened",
    "sealing_keys.not_heard_from": "takes the unit of work of a guarded service; gives phones, no notes",
    "passwords.check_password": "looks at a password only",
    "passwords.hashed": "looks at a password only",
    "passwords.matches": "compares a password only",
    "passwords.sha256": "a digest",
    "sharing.lines": "splits a text",
    "strictness.as_strict": "takes the unit of work of the guarded service that made the case stricter",
    "strictness.stricter_for": "takes the unit of work of the guarded delivery",
    "sweep.late_in_words": "takes the unit of work of the guarded queue; says when the clocks were looked at",
    "triage.earlier_notes": "takes the unit of work of the guarded note view, which scopes it",
    "views.course.grid": "arranges referrals that were already given",
    "views.course.picture": "scales lanes that were already given",
    "views.course.tone": "compares two times",
    "views.course.holder_of": "takes the unit of work of a guarded view, for a record that was already given",
    "views.course.waiting_for": "lists the clocks of records that were already given",
    "views.note.note_lines": "puts a note that was already given into lines",
    "views.note.mark_lines": "puts the marks of a note that was already given into lines",
    "views.tables.tables_of": "names tables by what the actor may do",
    "views.note.safety": "puts the codes of a note that was already given into words",
}


def _public_callables() -> Iterator[tuple[str, Callable[..., object]]]:
    for info in pkgutil.walk_packages(sgapp.services.__path__, "sgapp.services."):
        module = importlib.import_module(info.name)
        for name, value in vars(module).items():
            ours = getattr(value, "__module__", "") == info.name or isinstance(value, Intention)
            if not name.startswith("_") and ours and callable(value) and not inspect.isclass(value):
                if isinstance(value, Intention) and value.work.__module__ != info.name:
                    continue
                yield f"{info.name.removeprefix('sgapp.services.')}.{name}", value


def test_every_public_service_function_is_in_the_register_or_listed_with_its_reason() -> None:
    found = list(_public_callables())  # imports every service, which fills the register
    guarded = [g.function for g in REGISTER.values()]
    stray = {name for name, value in found if not any(value is g for g in guarded)}
    assert stray - set(UNGUARDED) == set(), "guard these, or list them here and say why not"
    assert set(UNGUARDED) - stray == set(), "these are gone or guarded now; take them off the list"


def test_the_walk_finds_what_it_should() -> None:
    names = {name for name, _ in _public_callables()}
    assert {"cases.close_case", "views.queue.queue", "sessions.sign_in", "drafts.save_draft"} <= names
