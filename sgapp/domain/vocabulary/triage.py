"""What the lead decides to do about a concern. The lead decides; the product keeps the reason."""

from sgapp.domain.vocabulary._code import Code, CodeList

TRIAGE_DECISIONS = CodeList(
    "the triage decision",
    "DOMAIN annex §2",
    (
        Code("emergency", "Emergency", hint="999 first, record after."),
        Code("refer", "Refer", hint="To adult social care, or to the out-of-hours team."),
        Code(
            "seek_la_advice",
            "Seek the local authority's advice, without a name",
            hint="Ask without naming or describing the person so that they could be recognised.",
        ),
        Code("refer_elsewhere", "Refer elsewhere", hint="Say to whom."),
        Code("internal_action", "Internal action, monitor", hint="Needs a reason and a day to look again."),
        Code("more_facts_needed", "More facts needed", hint="Say which, from whom, and by what day."),
        Code("not_safeguarding", "Not safeguarding", hint="Needs a reason."),
    ),
)

#: Nothing about the person leaves the organisation. Such a decision is recorded as fully as one to share.
SHARES_NOTHING: frozenset[str] = frozenset({"internal_action", "more_facts_needed", "not_safeguarding"})

#: A day to look again must be set. The annex asks it of internal action; "more facts needed" is ours, for a
#: matter that waits without a day would otherwise wait for ever.
NEEDS_REVIEW_DATE: frozenset[str] = frozenset({"internal_action", "more_facts_needed"})
