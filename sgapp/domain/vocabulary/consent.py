"""Agreement to share, kept apart from the data-protection basis, and the reasons to share without it."""

from sgapp.domain.vocabulary._code import Code, CodeList

CONSENT_STATES = CodeList(
    "consent",
    "DOMAIN annex §3",
    (
        Code("given", "Given", hint="Write for what, and for whom."),
        Code("given_in_part", "Given in part", hint="Write what is agreed and what is not."),
        Code("refused", "Refused"),
        Code("withdrawn", "Withdrawn"),
        Code("not_sought_raises_risk", "Not sought – raises risk"),
        Code("not_sought_urgent", "Not sought – urgent"),
        Code("lacks_capacity_best_interests", "Lacks capacity – best interests"),
        Code("unable_to_ask", "Unable to ask"),
        Code("not_needed_legal_duty", "Not needed (legal duty)"),
    ),
)

OVERRIDE_REASONS = CodeList(
    "the reason to share without consent",
    "Social Care Institute for Excellence, from memory; DOMAIN annex §3",
    (
        Code("lacks_capacity", "Lacks capacity", hint="For this decision, at this time."),
        Code("others_at_risk", "Others at risk, including children"),
        Code("serious_crime", "Serious crime, or prevents crime"),
        Code("staff_implicated", "Staff or a position of trust implicated"),
        Code("coercion_or_duress", "Coercion or duress suspected"),
        Code("source_has_care_needs", "The alleged source of risk also has care needs"),
        Code("meets_marac_threshold", "Meets the MARAC threshold"),
        Code("court_order", "Court order"),
        Code("life_at_risk", "Emergency, life at risk"),
    ),
)
