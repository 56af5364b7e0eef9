"""What is recorded about an allegation against staff: measures, milestones, outcomes. Source: DOMAIN annex §6."""

from sgapp.domain.vocabulary._code import Code, CodeList

_SIX = "DOMAIN annex §6"

INTERIM_MEASURES = CodeList(
    "the interim measure",
    f"{_SIX}, interim options; Acas on suspension",
    (
        Code("supervised", "Works under supervision"),
        Code("no_lone_work", "Does not work alone"),
        Code("other_clients", "Works with other people"),
        Code("office", "Works in the office"),
        Code("leave", "On leave"),
        Code("suspension", "Suspended", hint="The last resort: paid, kept short, looked at again, and no punishment."),
    ),
)

CLEARANCES = CodeList(
    "the answer on whether you may begin",
    f"{_SIX}, investigate later, only after police or the local authority agree",
    (
        Code("agreed", "They agree: we may begin"),
        Code("wait", "They ask us to wait", hint="Write until when, and whom to ring."),
        Code("theirs", "They investigate themselves"),
    ),
)

MILESTONES = CodeList(
    "the milestone",
    f"{_SIX}, milestones",
    (
        Code("risk_decision", "Decision on the risk"),
        Code("investigator", "Investigator appointed"),
        Code("interview", "Interview"),
        Code("report", "Report"),
        Code("hearing", "Hearing"),
        Code("appeal", "Appeal"),
        Code("references", "What a reference may say"),
        Code("feedback", "The person was told what came of it"),
        Code("learning", "Learning"),
    ),
)

MATTER_OUTCOMES = CodeList(
    "the outcome",
    f"{_SIX}, outcome",
    (
        Code("substantiated", "Substantiated"),
        Code("unsubstantiated", "Unsubstantiated"),
        Code("false", "False"),
        Code("unfounded", "Unfounded"),
        Code("inconclusive", "Inconclusive"),
    ),
)

DBS_DECISIONS = CodeList(
    "the decision on the DBS duty",
    f"{_SIX}, DBS",
    (
        Code("refer", "Refer: both limbs are met"),
        Code("not_met", "The duty is not met", hint="Say which limb is missing, and why you are sure."),
        Code("not_yet", "Too early to say", hint="Choose the day on which you look again."),
    ),
)

CANDOUR_STEPS = CodeList(
    "the step",
    f"{_SIX}, candour (Regulation 20)",
    (
        Code("told", "Told in person what happened"),
        Code("apology", "Said sorry"),
        Code("written", "Wrote to them afterwards"),
        Code("not_notifiable", "Not a notifiable incident", hint="Say why. Being open is owed all the same."),
    ),
)

PARTS_OF_DAY = CodeList(
    "the part of the day",
    "DOMAIN annex §6, witness accounts: asked for separately; that a request tells nothing but when is ours",
    (
        Code("morning", "the morning"),
        Code("afternoon", "the afternoon"),
        Code("evening", "the evening"),
        Code("night", "the night"),
        Code("day", "the whole day"),
    ),
)
