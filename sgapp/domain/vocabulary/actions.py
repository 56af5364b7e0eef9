"""Where an agreed action stands, and whether the adult agrees with it."""

from sgapp.domain.vocabulary._code import Code, CodeList

ACTION_STATUSES = CodeList(
    "the action's status",
    "DOMAIN annex §2",
    (
        Code("proposed", "Proposed"),
        Code("agreed", "Agreed"),
        Code("in_progress", "In progress"),
        Code("done", "Done", hint="Write what shows it."),
        Code("overdue", "Overdue", hint="Shown from the due date; nobody sets it."),
        Code("declined", "Declined", hint="Write the reason."),
    ),
)

ADULT_AGREEMENT = CodeList(
    "the adult's agreement",
    "DOMAIN annex §2 (an action needs the adult's agreement); §3, Making Safeguarding Personal",
    (
        Code("agrees", "Agrees"),
        Code("does_not_agree", "Does not agree"),
        Code("not_asked", "Not asked", hint="Say why. “Not asked” never means “has no wish”."),
        Code("unable_to_say", "Unable to say"),
    ),
)
