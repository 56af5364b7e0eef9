"""Where a mark on the skin is and what it is like: what can be seen, and never what it came from or how old it is.

A shape that says what made it (“like a hand”) is no shape here. Left and right are the person's own.
"""

from sgapp.domain.vocabulary._code import Code, CodeList

_SOURCE = "DOMAIN annex §4, mark on body"
HEAD, ARM, TRUNK, LEG = "Head and neck", "Arm and hand", "Trunk", "Leg and foot"

#: Sites that only one view of the figure shows, and those that have no side.
FRONT_ONLY = frozenset({"face", "chest", "abdomen", "groin", "hip", "shin", "foot"})
BACK_ONLY = frozenset({"upper_back", "lower_back", "base_of_spine", "buttock", "calf", "heel"})
MIDDLE_ONLY = frozenset({"groin", "base_of_spine"})

SITES = CodeList(
    "the place of a mark",
    _SOURCE,
    (
        Code("head", "Head", group=HEAD),
        Code("face", "Face", group=HEAD),
        Code("neck", "Neck", group=HEAD),
        Code("shoulder", "Shoulder", group=ARM),
        Code("upper_arm", "Upper arm", group=ARM),
        Code("elbow", "Elbow", group=ARM),
        Code("forearm", "Forearm", group=ARM),
        Code("wrist", "Wrist", group=ARM),
        Code("hand", "Hand", group=ARM),
        Code("chest", "Chest", group=TRUNK),
        Code("abdomen", "Abdomen", group=TRUNK),
        Code("groin", "Groin", group=TRUNK),
        Code("upper_back", "Upper back", group=TRUNK),
        Code("lower_back", "Lower back", group=TRUNK),
        Code("base_of_spine", "Base of the spine", group=TRUNK),
        Code("hip", "Hip", group=LEG),
        Code("buttock", "Buttock", group=LEG),
        Code("thigh", "Thigh", group=LEG),
        Code("knee", "Knee", group=LEG),
        Code("shin", "Shin", group=LEG),
        Code("calf", "Calf", group=LEG),
        Code("ankle", "Ankle", group=LEG),
        Code("foot", "Foot", group=LEG),
        Code("heel", "Heel", group=LEG),
    ),
)

SIDES = CodeList(
    "the side of a mark", _SOURCE, (Code("left", "Left"), Code("right", "Right"), Code("middle", "Middle"))
)

BODY_VIEWS = CodeList("the view of the figure", _SOURCE, (Code("front", "Front"), Code("back", "Back")))

MARK_SHAPES = CodeList(
    "the shape of a mark",
    _SOURCE,
    (
        Code("round", "Round"),
        Code("oval", "Oval"),
        Code("long_thin", "Long and thin"),
        Code("curved", "Curved"),
        Code("spots", "Several small spots"),
        Code("irregular", "Irregular"),
    ),
)

MARK_COLOURS = CodeList(
    "the colours of a mark",
    _SOURCE,
    (
        Code("red", "Red"),
        Code("purple", "Purple"),
        Code("blue", "Blue"),
        Code("brown", "Brown"),
        Code("yellow", "Yellow"),
        Code("green", "Green"),
        Code("black", "Black"),
        Code("pale", "Pale"),
        Code("other", "Other colour"),
    ),
)
