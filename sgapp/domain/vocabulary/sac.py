"""Labels of the Safeguarding Adults Collection, for counts aligned with it; the return is the authority's.

Locations (SG2b) stand in `people`, risk outcomes (SG2e) and Making Safeguarding Personal (SG4a) in `risk`.
Check the demographic rows against the year's template before use.
"""

from sgapp.domain.vocabulary._code import Code, CodeList


def _source(table: str) -> str:
    return f"Safeguarding Adults Collection {table}; DOMAIN annex §1"


SAC_AGE = CodeList(
    "age band",
    _source("SG1a"),
    (
        Code("18_64", "18-64"),
        Code("65_74", "65-74"),
        Code("75_84", "75-84"),
        Code("85_94", "85-94"),
        Code("95_plus", "95+"),
        Code("not_known", "Not Known", source="DOMAIN annex §1, general knowledge"),
    ),
)

SAC_SEX = CodeList(
    "sex", _source("SG1b"), (Code("male", "Male"), Code("female", "Female"), Code("not_known", "Not Known"))
)

SAC_ETHNICITY = CodeList(
    "ethnicity",
    _source("SG1c"),
    (
        Code("white", "White"),
        Code("mixed", "Mixed / Multiple"),
        Code("asian", "Asian / Asian British"),
        Code("black", "Black / African / Caribbean / Black British"),
        Code("other", "Other Ethnic Group"),
        Code("refused", "Refused"),
        Code("not_known", "Undeclared / Not Known"),
    ),
)

SAC_SUPPORT_REASON = CodeList(
    "primary support reason",
    _source("SG1d"),
    (
        Code("physical", "Physical Support"),
        Code("sensory", "Sensory Support"),
        Code("memory_cognition", "Support with Memory and Cognition"),
        Code("learning_disability", "Learning Disability Support"),
        Code("mental_health", "Mental Health Support"),
        Code("social", "Social Support"),
        Code("none", "No Support Reason"),
        Code("not_known", "Not Known"),
    ),
)

SAC_ACTIVITY = CodeList(
    "what is counted",
    _source("SG1f"),
    (
        Code("concerns", "Safeguarding Concerns"),
        Code("s42_enquiries", "Section 42 Enquiries"),
        Code("other_enquiries", "Other Enquiries"),
    ),
)

SAC_TYPES = CodeList(
    "type of risk",
    _source("SG2a"),
    (
        Code("physical", "Physical Abuse"),
        Code("sexual", "Sexual Abuse"),
        Code("psychological", "Psychological Abuse"),
        Code("financial_material", "Financial or Material Abuse"),
        Code("discriminatory", "Discriminatory Abuse"),
        Code("organisational", "Organisational Abuse"),
        Code("neglect", "Neglect and Acts of Omission"),
        Code("domestic", "Domestic Abuse"),
        Code("sexual_exploitation", "Sexual Exploitation"),
        Code("modern_slavery", "Modern Slavery"),
        Code("self_neglect", "Self-Neglect"),
    ),
)

SAC_SOURCES_OF_RISK = CodeList(
    "source of risk",
    _source("SG2"),
    (
        Code(
            "service_provider", "Service Provider", hint="Anyone paid to provide social care, however funded."
        ),
        Code(
            "other_known",
            "Other - Known to individual",
            hint="Also staff of the local authority, an NHS trust or a GP who assess.",
        ),
        Code("other_unknown", "Other - Unknown to individual"),
    ),
)

SAC_ASSESSMENTS = CodeList(
    "risk assessment outcome",
    _source("SG2c"),
    (
        Code("identified_action", "Risk identified and action taken"),
        Code("identified_no_action", "Risk identified and no action taken"),
        Code("inconclusive_action", "Risk Assessment inconclusive and action taken"),
        Code("inconclusive_no_action", "Risk Assessment inconclusive and no action taken"),
        Code("none_action", "No risk identified and action taken"),
        Code("none_no_action", "No risk identified and no action taken"),
        Code("ceased_at_request", "Enquiry ceased at individual's request and no action taken"),
    ),
)

SAC_LACKED_CAPACITY = CodeList(
    "whether the adult lacked capacity",
    _source("SG3a"),
    (
        Code("yes", "Yes, they lacked capacity", hint="Say whether supported by advocate, family or friend."),
        Code("no", "No, they did not lack capacity"),
        Code("dont_know", "Don't know"),
        Code("not_recorded", "Not recorded"),
    ),
)

SAC_REVIEWS = CodeList(
    "Safeguarding Adults Reviews",
    _source("SG5a"),
    (Code("died", "One or more died"), Code("none_died", "None died")),
)
