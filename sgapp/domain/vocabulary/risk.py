"""Levels of risk, what became of the risk, what the adult wanted, and how fast the clocks run."""

from sgapp.domain.vocabulary._code import Code, CodeList

RISK_LEVELS = CodeList(
    "the level of risk",
    "DOMAIN annex §2 (high and other clocks), §5 (judgement may raise a risk)",
    (Code("low", "Low"), Code("medium", "Medium"), Code("high", "High"), Code("immediate", "Immediate")),
)

RISK_OUTCOMES = CodeList(
    "what became of the risk",
    "Safeguarding Adults Collection SG2e; DOMAIN annex §1",
    (
        Code("remained", "Risk remained"),
        Code("reduced", "Risk reduced"),
        Code("removed", "Risk removed"),
    ),
)

MSP_ASKED = CodeList(
    "whether the adult was asked what they want",
    "Safeguarding Adults Collection SG4a; DOMAIN annex §1, §3",
    (
        Code("asked_expressed", "Yes they were asked and outcomes were expressed"),
        Code("asked_not_expressed", "Yes they were asked but no outcomes were expressed"),
        Code("not_asked", "No", hint="Never read as “has no wish”."),
        Code("dont_know", "Don't Know"),
        Code("not_recorded", "Not Recorded"),
    ),
)

#: Only with these answers is it asked whether the outcomes were achieved.
MSP_EXPRESSED: frozenset[str] = frozenset({"asked_expressed"})

MSP_ACHIEVED = CodeList(
    "whether the adult's outcomes were achieved",
    "Safeguarding Adults Collection SG4a; DOMAIN annex §1",
    (
        Code("fully", "Fully Achieved"),
        Code("partially", "Partially Achieved"),
        Code("not_achieved", "Not Achieved"),
    ),
)

PRIORITIES = CodeList(
    "the priority",
    "DOMAIN annex §2, clocks",
    (
        Code("emergency", "Emergency", hint="Danger now."),
        Code(
            "high", "High", hint="Somebody is hurt, or a member of staff may be involved, or it is not clear."
        ),
        Code("other", "Other"),
    ),
)
