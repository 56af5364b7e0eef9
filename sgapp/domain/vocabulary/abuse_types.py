"""The ten types of abuse and neglect, and the tags that say more. A concern may have several of each."""

from sgapp.domain.vocabulary._code import Code, CodeList

ABUSE_TYPES = CodeList(
    "types of abuse",
    "Care Act 2014 statutory guidance, chapter 14; DOMAIN annex §1",
    (
        Code("physical", "Physical"),
        Code("domestic", "Domestic"),
        Code("sexual", "Sexual"),
        Code("psychological", "Psychological"),
        Code("financial_material", "Financial or material"),
        Code("modern_slavery", "Modern slavery"),
        Code("discriminatory", "Discriminatory"),
        Code("organisational", "Organisational"),
        Code("neglect", "Neglect and acts of omission"),
        Code("self_neglect", "Self-neglect"),
    ),
)

_GENERAL = "DOMAIN annex §1, general knowledge"

ABUSE_TAGS = CodeList(
    "tags",
    "DOMAIN annex §1",
    (
        Code("coercive_control", "Coercive control", source=_GENERAL),
        Code("economic_abuse", "Economic abuse", source=_GENERAL),
        Code("tech_abuse", "Tech abuse", source=_GENERAL),
        Code("carer_strain", "Carer strain", source=_GENERAL),
        Code("hoarding", "Hoarding", source=_GENERAL),
        Code("forced_marriage", "Forced marriage"),
        Code("honour_based", "“Honour”-based"),
        Code("fgm", "FGM"),
        Code("hate_or_mate_crime", "Hate or mate crime"),
        Code("cuckooing", "Cuckooing"),
        Code("radicalisation", "Radicalisation"),
    ),
)
