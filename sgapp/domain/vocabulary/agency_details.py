"""Choices in the few fields of its own that an agency asks for. Which form an agency wants is local; this is what is common."""

from sgapp.domain.vocabulary._code import Code, CodeList

_OURS = "General knowledge of what this agency asks for; DOMAIN annex §2"
_CQC = "CQC (Registration) Regulations 2009, reg 18; DOMAIN annex §2"
_MARAC = "DOMAIN annex §5 (routes to MARAC)"
_DBS = "Safeguarding Vulnerable Groups Act 2006 s35; DOMAIN annex §6"

YES_NO_NOT_KNOWN = CodeList(
    "the answer", "DOMAIN annex §3 (what was not asked is never taken for no)",
    (Code("yes", "Yes"), Code("no", "No"), Code("not_known", "Not known")),
)

CQC_NOTICES = CodeList(
    "what CQC is told of",
    _CQC,
    (
        Code("abuse_affected", "Abuse or an allegation; the person is affected"),
        Code("abuse_source", "Abuse or an allegation; the person is the source of risk"),
        Code("police_incident", "An incident reported to or looked into by the police", hint="A trigger of its own."),
        Code("injury_or_death", "A serious injury or a death"),
        Code("something_else", "Something else", hint="Write in the purpose what it is."),
    ),
)

MARAC_ROUTES = CodeList(
    "the route to MARAC",
    _MARAC,
    (
        Code("score", "The score: 14 or more “yes”"),
        Code("judgement", "Professional judgement, at any score", hint="It may raise the risk, never lower a score of 14."),
        Code("escalation", "Escalation", hint="How many reports in how many months is set locally."),
        Code("repeat", "Repeat, after an earlier MARAC"),
    ),
)

RISK_TOOLS = CodeList(
    "the checklist of risk",
    "DOMAIN annex §0.1",
    (
        Code("dash_safelives", "DASH, SafeLives, 24 questions"),
        Code("dash_police", "DASH, police, 27 questions"),
        Code("dara", "DARA"),
        Code("other_tool", "Another one"),
        Code("no_tool", "None was filled in"),
    ),
)

REFERRED_AGREEMENT = CodeList(
    "whether the adult agrees to this referral",
    "DOMAIN annex §3, §5",
    (
        Code("agrees", "Agrees"),
        Code("overridden", "Does not agree; made all the same", hint="The decision holds the reasons."),
        Code("not_asked_unsafe", "Not asked: asking would not be safe"),
        Code("not_able", "Not able to agree"),
    ),
)

ADVOCATE_KINDS = CodeList(
    "the kind of advocate",
    "Care Act 2014 ss67-68; Mental Capacity Act 2005 ss35-41; DOMAIN annex §2",
    (
        Code("care_act", "Care Act advocate"),
        Code("imca", "Independent mental capacity advocate (IMCA)"),
        Code("for_them_to_say", "For the local authority to say"),
    ),
)

FIRST_RESPONDERS = CodeList(
    "the first responder",
    "Modern Slavery Act 2015; DOMAIN annex §0.7, §2",
    (
        Code("local_authority", "Local authority"),
        Code("police", "Police"),
        Code("salvation_army", "The Salvation Army"),
        Code("other_responder", "Another first responder", hint="Name it as the recipient."),
    ),
)

NRM_AGREEMENT = CodeList(
    "consent to the National Referral Mechanism",
    "Modern Slavery Act 2015 s52; DOMAIN annex §2",
    (
        Code("consents", "The adult consents to be referred"),
        Code("duty_to_notify", "The adult does not consent: Duty to Notify"),
        Code("for_responder", "Not asked yet; the first responder asks"),
    ),
)

DBS_REMOVED = CodeList(
    "whether the person was removed",
    _DBS,
    (
        Code("removed", "Removed from regulated activity"),
        Code("would_have_been", "Would have been, had they not left"),
        Code("neither_yet", "Neither, so far", hint="A suspension alone does not bring the duty in."),
    ),
)

DBS_GROUNDS = CodeList(
    "the ground",
    _DBS,
    (
        Code("harm_test", "Harm test"),
        Code("relevant_conduct", "Relevant conduct"),
        Code("relevant_offence", "Relevant offence"),
    ),
)

REGULATORS = CodeList(
    "the regulator",
    "General knowledge of the registers; DOMAIN annex §2, §6",
    (
        Code("nmc", "Nursing and Midwifery Council"),
        Code("swe", "Social Work England"),
        Code("hcpc", "Health and Care Professions Council"),
        Code("gmc", "General Medical Council"),
        Code("gphc", "General Pharmaceutical Council"),
        Code("other_register", "Another register", hint="Name it as the recipient."),
    ),
)

ACTING_FOR = CodeList(
    "who acts for the adult",
    "Mental Capacity Act 2005; DOMAIN annex §2, §3",
    (
        Code("attorney", "An attorney"),
        Code("deputy", "A deputy"),
        Code("says_so", "Somebody who says so, not checked"),
    ),
)

PAPER_SEEN = CodeList(
    "whether the document was seen",
    "DOMAIN annex §3 (seen?)",
    (Code("seen", "Seen"), Code("not_shown", "Asked for, not shown"), Code("not_asked", "Not asked for")),
)

PIPOT_RULES = CodeList(
    "the local rule that brings it here",
    "DOMAIN annex §0.4",
    (
        Code("conduct_elsewhere", "Conduct elsewhere, for example in private life"),
        Code("all_allegations", "This area asks for every allegation"),
        Code("for_advice", "Not clear; for advice"),
    ),
)

FIRE_REASONS = CodeList(
    "why the fire service",
    _OURS,
    (
        Code("fire_now", "Fire or smoke now"),
        Code("fire_risk", "A risk of fire"),
        Code("blocked_exits", "Ways out are blocked"),
    ),
)

MONEY_SIGNS = CodeList(
    "what was noticed about the account",
    _OURS,
    (
        Code("card_with_another", "Somebody else has the card or its number"),
        Code("payments", "Payments that the adult does not know of"),
        Code("asked_by_caller", "A caller or message asked for money"),
        Code("something_else", "Something else"),
    ),
)

GP_WHEN = CodeList(
    "how soon",
    _OURS,
    (
        Code("today", "Today"),
        Code("this_week", "This week"),
        Code("for_record", "For the record"),
    ),
)
