"""Checklists of risk from domestic abuse: the tools, their topics as labels, and the answers. Never the tools' own wording."""

from sgapp.domain.vocabulary._code import Code, CodeList

_SOURCE = "DOMAIN annex §0.1, §5 (Dash record: topics, not wording)"

CHECKLIST_TOPICS = CodeList(
    "the topics of the checklist",
    _SOURCE,
    (
        Code("injury_now", "Injury now"),
        Code("fear", "Fear"),
        Code("feared_act", "What they fear will happen"),
        Code("isolation", "Isolation"),
        Code("low_mood", "Low mood, thoughts of suicide"),
        Code("separation", "Separation"),
        Code("child_contact", "Contact with children"),
        Code("stalking", "Stalking, unwanted contact"),
        Code("pregnancy", "Pregnancy, a young baby"),
        Code("frequency", "How often"),
        Code("severity", "How bad"),
        Code("jealousy", "Jealousy, control"),
        Code("weapons", "Weapons"),
        Code("threats_to_kill", "Threats to kill"),
        Code("strangulation", "Strangulation"),
        Code("sexual", "Sexual harm"),
        Code("other_feared", "Another person who is feared"),
        Code("harm_to_others", "Harm to others"),
        Code("animals", "Harm to animals"),
        Code("money", "Money"),
        Code("substances_mental_health", "Drink, drugs, mental health of the source of risk"),
        Code("suicide_threats", "Threats of suicide by the source of risk"),
        Code("breached_orders", "Orders that were broken"),
        Code("police_history", "Known to the police"),
        Code("children_at_home", "Children: conflict over them", group="police"),
        Code("children_harmed", "Children: harm or threats to them", group="police"),
        Code("dependants", "Other dependants", group="police"),
    ),
)
#: How many topics each tool asks; of one that is not here no score is counted. Source: DOMAIN annex §0.1.
TOPICS_OF: dict[str, int] = {"dash_safelives": 24, "dash_police": 27}

CHECKLIST_ANSWERS = CodeList(
    "the answer", _SOURCE, (Code("yes", "Yes"), Code("no", "No"), Code("dont_know", "Don't know")))

JUDGEMENTS = CodeList(
    "your professional judgement",
    "DOMAIN annex §5 (judgement may raise risk, never lower it)",
    (
        Code("standard", "Standard"),
        Code("medium", "Medium"),
        Code("high", "High"),
    ),
)
