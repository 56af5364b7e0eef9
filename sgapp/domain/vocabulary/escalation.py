"""Where a matter goes when nobody answers or the answer is not accepted. It moves up the same working day.

If the risk rises at any stage: 999 or the emergency duty team. Each step keeps person, time and promise.
"""

from sgapp.domain.vocabulary._code import Code, CodeList

ESCALATION_STAGES = CodeList(
    "the stage of escalation",
    "DOMAIN annex §2, escalation",
    (
        Code("stage_1", "Ring the duty desk and send it again", short="1", hint="Lead to duty desk."),
        Code("stage_2", "Registered manager to team manager", short="2"),
        Code("stage_3", "Nominated individual to head of service, and the commissioner", short="3"),
        Code("stage_4", "Safeguarding Adults Board's policy", short="4"),
    ),
)

CLOSING_BASES = CodeList(
    "why the case may close",
    "DOMAIN annex §2 (agency outcome, or escalation exhausted and the manager's signature)",
    (
        Code("agency_outcome", "The agency's outcome is known"),
        Code(
            "nothing_shared_reviewed",
            "Nothing was shared, and it was looked at again",
            source="DOMAIN annex §2 (internal action with a review date)",
        ),
        Code("escalation_exhausted", "Escalation is exhausted and the manager has signed"),
    ),
)
