"""Why an agency needs a fact. A fact that fits none of these has no business in the letter."""

from sgapp.domain.vocabulary._code import Code, CodeList

FACT_REASONS = CodeList(
    "why they need it",
    "The guide (the smallest set of facts that still lets the agency act); DOMAIN annex §3; the list is ours",
    (
        Code("who", "So that they know who it is about"),
        Code("shows_risk", "Shows the risk"),
        Code("own_words", "What the adult said or wants"),
        Code("cannot_protect", "Why the adult cannot keep safe alone"),
        Code("protects_now", "What keeps the adult safe now"),
        Code("safe_contact", "So that they make contact safely"),
        Code("they_asked", "They asked for it"),
    ),
)
