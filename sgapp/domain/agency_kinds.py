"""The agencies as kinds: the few fields of its own that each asks for, how it is reached, and what it may answer.

The product asks what the agency will ask on the telephone anyway; it fills in no form of theirs, and what an agency wants is
local. Where nobody knows yet, "not known" is an answer. Sources: DOMAIN annex §2 (agencies), §5 (routes to MARAC), §6 (DBS).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sgapp.domain.errors import FieldError, Invalid
from sgapp.domain.letter import LONGEST
from sgapp.domain.time import show_wall
from sgapp.domain.vocabulary import AGENCIES, LA_OUTCOMES, CodeList
from sgapp.domain.vocabulary import agency_details as d
from sgapp.domain.vocabulary import agency_outcomes as o

#: How many "yes" make the route by score, and the most that any checklist has. Source: DOMAIN annex §0.1, §5.
MARAC_SCORE, _MOST = 14, 27


class Entry(StrEnum):
    """How a field is filled in: a line, some lines, a whole number, a time as England's clock shows it, or one of a list."""

    LINE = "line"
    TEXT = "text"
    NUMBER = "number"
    WHEN = "when"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Detail:
    """One field of an agency's own. A name means the same field wherever it stands. `options` only with a choice.

    `asks_names`: what they ask for here is somebody's name.
    """

    name: str
    label: str
    hint: str = ""
    entry: Entry = Entry.LINE
    options: CodeList | None = None
    needed: bool = False
    asks_names: bool = False

    @property
    def typed(self) -> bool:
        """Whether it is filled in with words."""
        return self.entry in (Entry.LINE, Entry.TEXT)

    @property
    def missing(self) -> str:
        """What to do, beside the field, when it is empty."""
        if self.entry is Entry.CHOICE:
            return "Choose one."
        return "Write it, or “not known”." if self.typed else "Fill this in."


@dataclass(frozen=True, slots=True)
class AgencyKind:
    """One agency. `reached` says how it is told as a rule; `by_link` whether somebody there can confirm receipt on our page."""

    code: str
    details: tuple[Detail, ...]
    outcomes: CodeList
    reached: str
    by_link: bool = False

    @property
    def label(self) -> str:
        return AGENCIES.label(self.code)


def _line(name: str, label: str, hint: str = "", *, needed: bool = False, asks_names: bool = False) -> Detail:
    return Detail(name, label, hint, needed=needed, asks_names=asks_names)


def _text(name: str, label: str, hint: str = "", *, needed: bool = False, asks_names: bool = False) -> Detail:
    return Detail(name, label, hint, Entry.TEXT, needed=needed, asks_names=asks_names)


def _one(name: str, label: str, options: CodeList, hint: str = "", *, needed: bool = True) -> Detail:
    return Detail(name, label, hint, Entry.CHOICE, options, needed)


_LOG_NUMBER = _line("incident_number", "Incident or log number", "If one was given.")
_CALLED_AT = Detail("called_at", "Time of the call", "As your clock showed it.", Entry.WHEN)
_CRIME_NUMBER = _line("police_reference", "Police reference", "A log or crime number, if the police were told.")
_PROTECT = _text("protect_themselves", "Can they protect themselves?", "What is known of it, and what is not. Leave it empty "
                 "if nothing is known: the concern goes all the same.")
_AGREES = _one("adult_agrees_to_referral", "Does the adult agree to this referral?", d.REFERRED_AGREEMENT)
_TOOL = _one("risk_tool", "Checklist used", d.RISK_TOOLS)
_TOOL_VERSION = _line("risk_tool_version", "Its version", "As printed on it, with the year.")
_SCORE = Detail("risk_score", "Number of “yes”", "If it was filled in.", Entry.NUMBER)
_ROLE = _line("position_held", "What they do with us", "Their role, not their name again.", needed=True)
_CONTRACT = _line("contract_reference", "Contract or package", "The reference that they know it by.")
_ACTS_FOR = _one("acts_for_adult", "Who acts for the adult", d.ACTING_FOR)
_PAPER = _one("document_seen", "Was the document seen?", d.PAPER_SEEN)
_PAPER_REFERENCE = _line("document_reference", "Its reference", "The registration or case number, if it was seen.")

_KINDS = (
    AgencyKind("POL999", (_LOG_NUMBER, _CALLED_AT), o.POLICE_OUTCOMES, "By telephone, at once."),
    AgencyKind("AMB", (_LOG_NUMBER, _CALLED_AT), o.AMBULANCE_OUTCOMES, "By telephone, at once."),
    AgencyKind("FIRE", (_one("fire_reason", "What it is about", d.FIRE_REASONS), _LOG_NUMBER), o.FIRE_OUTCOMES,
               "By 999 if it burns; else by the form or number for home visits.", by_link=True),
    AgencyKind("LA_ASC", (_PROTECT, _one("advocate_needed", "Would an advocate be needed?", d.YES_NO_NOT_KNOWN, needed=False)),
               LA_OUTCOMES, "By their portal or secure e-mail.", by_link=True),
    AgencyKind("EDT", (_text("cannot_wait", "Why it cannot wait for office hours", needed=True), _PROTECT, _CALLED_AT),
               LA_OUTCOMES, "By telephone, out of office hours.", by_link=True),
    AgencyKind("CHILD", (_text("children", "Which children", "Names or initials and ages, as far as known.", needed=True,
                                asks_names=True),
                         _line("children_seen", "Who saw them last, and when", "If known.", asks_names=True)),
               o.CHILD_OUTCOMES, "By their front door for children; by telephone if it is urgent.", by_link=True),
    AgencyKind("LADO", (_ROLE, _text("contact_with_children", "Their contact with children",
                                     "At work, at home or elsewhere, as far as known.", needed=True)),
               o.ALLEGATION_OUTCOMES, "By telephone or secure e-mail, before anybody is told.", by_link=True),
    AgencyKind("PIPOT", (_ROLE, _one("pipot_rule", "By which local rule", d.PIPOT_RULES),
                         _one("subject_knows", "Do they know of it?", d.YES_NO_NOT_KNOWN,
                              "They are told when the local authority or the police agree.")),
               o.ALLEGATION_OUTCOMES, "By secure e-mail to the local authority's lead.", by_link=True),
    AgencyKind("ADVOCATE", (_one("advocate_kind", "Which advocate", d.ADVOCATE_KINDS),
                            _text("difficulty", "What makes it hard for the adult to be involved",
                                  "Understanding, remembering, weighing, or saying.", needed=True),
                            _text("nobody_appropriate", "Why nobody else can support them", "Who was thought of, and why not.",
                                  needed=True)),
               o.ADVOCACY_OUTCOMES, "Asked of the local authority, which instructs.", by_link=True),
    AgencyKind("POL101", (_LOG_NUMBER, _CALLED_AT), o.POLICE_OUTCOMES, "By 101 or the police's own form."),
    AgencyKind("MARAC", (_one("marac_route", "Route", d.MARAC_ROUTES), _TOOL, _TOOL_VERSION, _SCORE, _AGREES),
               o.MARAC_OUTCOMES, "By secure e-mail to the coordinator.", by_link=True),
    AgencyKind("IDVA", (_AGREES, _one("may_be_contacted", "May the adviser contact the adult directly?", d.YES_NO_NOT_KNOWN,
                                      "How it is safe stands among the facts."), _TOOL, _SCORE),
               o.IDVA_OUTCOMES, "By secure e-mail or telephone.", by_link=True),
    AgencyKind("NRM", (_one("first_responder", "Through which first responder", d.FIRST_RESPONDERS,
                            "A homecare service is none itself."),
                       _one("nrm_consent", "Does the adult consent?", d.NRM_AGREEMENT)),
               o.NRM_OUTCOMES, "Through the first responder; never directly.", by_link=True),
    AgencyKind("CQC", (_one("cqc_notice", "What they are told of", d.CQC_NOTICES), _CRIME_NUMBER,
                       _line("safeguarding_reference", "The local authority's reference", "If there is one already.")),
               o.CQC_OUTCOMES, "By their own notification form."),
    AgencyKind("COMM", (_CONTRACT,), o.COMMISSIONER_OUTCOMES, "By secure e-mail.", by_link=True),
    AgencyKind("ICB", (_CONTRACT,), o.COMMISSIONER_OUTCOMES, "By secure e-mail.", by_link=True),
    AgencyKind("DBS", (_ROLE, _one("dbs_removed", "Removed?", d.DBS_REMOVED), _one("dbs_ground", "Ground", d.DBS_GROUNDS)),
               o.DBS_OUTCOMES, "By their own form."),
    AgencyKind("REG", (_one("register", "Which register", d.REGULATORS),
                       _line("register_number", "Registration number", "From the register itself.", needed=True)),
               o.REGULATOR_OUTCOMES, "By their own form."),
    AgencyKind("GP", (_one("gp_when", "How soon", d.GP_WHEN), _line("nhs_number", "NHS number", "If it is known.")),
               o.GP_OUTCOMES, "By telephone if it is for today; else by secure e-mail.", by_link=True),
    AgencyKind("OPG", (_ACTS_FOR, _PAPER, _PAPER_REFERENCE), o.MONEY_OUTCOMES,
               "By their own form; by telephone if it is urgent."),
    AgencyKind("DWP", (_line("appointee", "Who receives the benefits", "The appointee's name, if known.", needed=True,
                               asks_names=True),),
               o.MONEY_OUTCOMES, "By telephone."),
    AgencyKind("BANK", (_line("bank_name", "Which bank", needed=True), _one("money_sign", "What was noticed", d.MONEY_SIGNS)),
               o.MONEY_OUTCOMES, "By telephone to its team for customers at risk, or at the branch."),
)
KINDS: Mapping[str, AgencyKind] = {kind.code: kind for kind in _KINDS}


def kind_of(agency: str) -> AgencyKind:
    """The kind of a code of AGENCIES. Raises UnknownCode."""
    return KINDS[AGENCIES[agency].code]


def outcomes_of(agency: str) -> CodeList:
    """What this agency may answer. Raises UnknownCode."""
    return kind_of(agency).outcomes


def outcome_label(code: str) -> str:
    """What an answer is called, whichever agency gave it; the code as it stands if no list holds it."""
    return next((kind.outcomes.label(code) for kind in _KINDS if code in kind.outcomes), code)


def all_details() -> tuple[tuple[Detail, tuple[str, ...]], ...]:
    """Every field once, with the agencies that have it: for a form on which the agency is still to be chosen."""
    found: dict[str, tuple[Detail, list[str]]] = {}
    for kind in _KINDS:
        for detail in kind.details:
            found.setdefault(detail.name, (detail, []))[1].append(kind.code)
    return tuple((detail, tuple(agencies)) for detail, agencies in found.values())


def checked_details(agency: str, values: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The agency's own fields as they are kept, in their order: pairs of name and value, the empty ones left out.

    What belongs to other agencies is dropped: a form may send it when the agency was changed. Raises UnknownCode for the
    agency, and Invalid with one FieldError for each field that needs mending.
    """
    kind = kind_of(agency)
    given = {detail.name: values.get(detail.name, "").strip() for detail in kind.details}
    errors = [FieldError(detail.name, said) for detail in kind.details if (said := _wrong(detail, given[detail.name]))]
    if not errors:
        errors = _at_odds(given)
    if errors:
        raise Invalid(*errors)
    return tuple((name, value) for name, value in given.items() if value)


def details_in_words(agency: str, details: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """The same as pairs of label and text. What was kept under a name or a code that is no more is shown as it stands."""
    known = {detail.name: detail for detail in kind_of(agency).details}
    return tuple((known[name].label, _in_words(known[name], value)) if name in known else (name, value)
                 for name, value in details)


def _wrong(detail: Detail, value: str) -> str:
    """What is wrong with one field by itself; empty if nothing is."""
    if not value:
        return detail.missing if detail.needed else ""
    if len(value) > LONGEST:
        return f"At most {LONGEST} characters; these are {len(value)}. The rest belongs to the facts."
    if detail.options is not None and value not in detail.options:
        return "Choose one."
    if detail.entry is Entry.NUMBER and not (value.isascii() and value.isdigit() and int(value) <= _MOST):
        return f"Write a whole number from 0 to {_MOST}."
    if detail.entry is Entry.WHEN and _wall(value) is None:
        return "Write the day and the time."
    return ""


def _at_odds(given: Mapping[str, str]) -> list[FieldError]:
    """Fields that cannot both be true. Nothing else is judged: professional judgement may name another route at any score."""
    if given.get("marac_route") == "score" and given.get("risk_score") and int(given["risk_score"]) < MARAC_SCORE:
        return [FieldError("risk_score", f"The route by score needs {MARAC_SCORE} or more. Mend the number or the route.")]
    return []


def _wall(value: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo is None and "T" in value else None


def _in_words(detail: Detail, value: str) -> str:
    if detail.options is not None:
        return detail.options.label_or_code(value)
    if detail.entry is Entry.WHEN and (wall := _wall(value)) is not None:
        return show_wall(wall)
    return value
