"""Capacity for one decision at one time: the four abilities, their answers, and what follows.

Capacity is presumed. Care workers record what they saw and heard, never a conclusion.
"""

from sgapp.domain.vocabulary._code import Code, CodeList

_ACT = "Mental Capacity Act 2005 ss1-3; DOMAIN annex §3"

ABILITIES = CodeList(
    "the four abilities",
    _ACT,
    (
        Code("understand", "Understand the information"),
        Code("retain", "Retain it long enough to decide"),
        Code("weigh", "Use or weigh it"),
        Code("communicate", "Communicate the decision by any means"),
    ),
)

ANSWERS = CodeList(
    "the answer for an ability",
    _ACT,
    (Code("yes", "Yes"), Code("no", "No"), Code("not_assessed", "Not assessed")),
)

CAPACITY_OUTCOMES = CodeList(
    "the outcome of the assessment",
    _ACT,
    (
        Code("has_capacity", "Has capacity for this decision at this time"),
        Code("lacks_capacity", "Lacks capacity for this decision at this time"),
        Code("not_settled", "Not settled", hint="Say what is missing, and when it is looked at again."),
    ),
)

CAPACITY_KNOWN = CodeList(
    "what is known of capacity",
    _ACT,
    (
        Code("presumed", "Presumed; no reason to doubt it"),
        Code("has_capacity", "Assessed: has capacity for this decision at this time"),
        Code("lacks_capacity", "Assessed: lacks capacity for this decision at this time"),
        Code("doubted", "Doubted, not assessed yet", hint="Say why, and who will assess it and when."),
    ),
)
