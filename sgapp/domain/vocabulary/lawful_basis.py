"""Data-protection bases, conditions and what lifts the duty of confidence: choices for whoever decides.

The product records the decider's own choice and reason and never says which is right. Not legal advice.
"""

from sgapp.domain.vocabulary._code import Code, CodeList

_EA = "UK GDPR Art 6(1)(ea), in force 5 February 2026; ICO guidance 23 March 2026; DOMAIN annex §0.2, §3"

ARTICLE_6 = CodeList(
    "the lawful basis",
    "UK GDPR Art 6(1); DOMAIN annex §3",
    (
        Code(
            "6(1)(ea)",
            "6(1)(ea) recognised legitimate interest – safeguarding",
            source=_EA,
            hint="No balancing test, but write why it is necessary. The right to object applies.",
        ),
        Code("6(1)(c)", "6(1)(c) legal obligation", hint="A notice to CQC, the DBS duty, a court order."),
        Code("6(1)(d)", "6(1)(d) vital interests", hint="Life at risk."),
        Code("6(1)(e)", "6(1)(e) public task", hint="Local authority or NHS; rarely a private provider."),
        Code("6(1)(f)", "6(1)(f) legitimate interests", hint="Needs a balancing test."),
        Code(
            "6(1)(a)",
            "6(1)(a) consent",
            hint="Seldom the right basis; the adult's agreement is recorded apart.",
        ),
    ),
)

ARTICLE_9 = CodeList(
    "the condition for special category data",
    "UK GDPR Art 9(2); DOMAIN annex §3",
    (
        Code(
            "9(2)(g)",
            "9(2)(g) substantial public interest: safeguarding",
            source="UK GDPR Art 9(2)(g); DPA 2018 Sch 1 para 18; DOMAIN annex §3",
            hint="With Schedule 1 paragraph 18. Choose the limb.",
        ),
        Code(
            "9(2)(h)",
            "9(2)(h) provision of social care",
            source="UK GDPR Art 9(2)(h); DPA 2018 Sch 1 para 2; DOMAIN annex §3",
            hint="With Schedule 1 paragraph 2.",
        ),
        Code(
            "9(2)(b)",
            "9(2)(b) social protection",
            source="UK GDPR Art 9(2)(b); DPA 2018 Sch 1 para 1; DOMAIN annex §3",
            hint="With Schedule 1 paragraph 1, which needs a policy document.",
        ),
        Code("9(2)(c)", "9(2)(c) vital interests", hint="When the person cannot give consent."),
        Code("9(2)(f)", "9(2)(f) legal claims"),
    ),
)

PARAGRAPH_18_LIMBS = CodeList(
    "the limb of paragraph 18",
    "DPA 2018 Sch 1 para 18; DOMAIN annex §3",
    (
        Code("consent_cannot_be_given", "Consent cannot be given"),
        Code("cannot_reasonably_be_obtained", "Consent cannot reasonably be obtained"),
        Code("asking_would_prejudice_protection", "Asking would prejudice protection"),
    ),
)

#: Said beside the limbs when consent was refused or withdrawn. Source: DOMAIN annex §3.
REFUSAL_AND_PARAGRAPH_18 = (
    "A free refusal by someone with capacity does not plainly fit any of these. "
    "Think of another condition, or ask your data protection officer."
)

ARTICLE_10 = CodeList(
    "the condition for data about suspected offences",
    "UK GDPR Art 10; DPA 2018 s10(5) and Sch 1; DOMAIN annex §3",
    (
        Code("none_described", "No suspected offence is described"),
        Code("sch1_para_18", "Schedule 1 paragraph 18, safeguarding"),
        Code("sch1_para_10", "Schedule 1 paragraph 10, preventing or detecting unlawful acts"),
        Code("sch1_para_1", "Schedule 1 paragraph 1, social protection", hint="Needs a policy document."),
        Code("sch1_para_30", "Schedule 1 paragraph 30, vital interests"),
        Code("sch1_para_33", "Schedule 1 paragraph 33, legal claims"),
        Code("advice_sought", "Not settled, advice sought", hint="Say from whom."),
    ),
)

CONFIDENTIALITY_BASES = CodeList(
    "what lifts the duty of confidence",
    "DOMAIN annex §3",
    (
        Code("consent", "Consent"),
        Code("law_or_court_order", "Law or court order"),
        Code(
            "overriding_public_interest",
            "Overriding public interest",
            source="DOMAIN annex §3, general knowledge",
        ),
        Code("best_interests", "Best interests", source="DOMAIN annex §3, general knowledge"),
    ),
)
