"""The answers that begin a sharing decision: whether, when, and who else may be at risk."""

from sgapp.domain.vocabulary._code import Code, CodeList

SHARING = CodeList(
    "whether anything is shared",
    "DOMAIN annex §3 (record sharing and not sharing)",
    (
        Code("share", "Share"),
        Code("not_share", "Do not share", hint="Recorded as fully as a decision to share."),
    ),
)

SHARE_WHEN = CodeList(
    "when it is shared",
    "DOMAIN annex §3 (now, by, after consent)",
    (
        Code("now", "Now"),
        Code("by_date", "By a date", hint="Say what makes it safe to wait."),
        Code(
            "after_consent", "After consent", hint="Say when it is looked at again if consent does not come."
        ),
    ),
)

OTHERS_AT_HOME = CodeList(
    "whether a child or another adult at risk is in the household",
    "DOMAIN annex §2 (child in household), §7 (children and others considered)",
    (Code("yes", "Yes"), Code("no", "No"), Code("not_known", "Not known", hint="Find out, and look again.")),
)
