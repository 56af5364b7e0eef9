"""What may change because something was learned. Source: DOMAIN annex §7 (debrief)."""

from sgapp.domain.vocabulary._code import Code, CodeList

LEARNING_CHANGES = CodeList(
    "what changes",
    "DOMAIN annex §7, debrief and pack (policy, training, supervision)",
    (
        Code("policy", "A policy or procedure", hint="Which one, and where its new version is."),
        Code("training", "Training", hint="Who was trained, on what day."),
        Code("supervision", "Supervision", hint="With whom, and that it took place; not what was said in it."),
        Code("practice", "How we work day by day"),
    ),
)
