"""A mark on the skin in words: what was seen, in the order of the annex. sgapp/phone/mark_words.js says the same.

Source: DOMAIN annex §4 (exact site and side; cm; shape; colours; skin broken; swelling; the person's words; seen before).
"""

from collections.abc import Iterable

from sgapp.domain.observation import Answer, Mark
from sgapp.domain.vocabulary import BODY_VIEWS, MARK_COLOURS, MARK_SHAPES, SIDES, SITES
from sgapp.domain.vocabulary.body_sites import ARM, BACK_ONLY, FRONT_ONLY, LEG, MIDDLE_ONLY

_SKIN = {Answer.NO: "skin not broken", Answer.YES: "skin broken", Answer.NOT_SURE: "not sure whether the skin is broken"}
_SWELLING = {Answer.NO: "not swollen", Answer.YES: "swollen", Answer.NOT_SURE: "not sure whether it is swollen"}
_BEFORE = {Answer.NO: "not seen before", Answer.YES: "seen before", Answer.NOT_SURE: "not sure whether it was seen before"}


def place_in_words(mark: Mark) -> str:
    """Site, side and view as they stand inside a sentence: “left forearm, back”, “chest, left side”."""
    site, side = SITES.label_or_code(mark.site).lower(), SIDES.label_or_code(mark.side).lower()
    if mark.site in MIDDLE_ONLY:
        words = site
    elif mark.site in SITES and SITES[mark.site].group in (ARM, LEG) and mark.side != "middle":
        words = f"{side} {site}"
    else:
        words = f"{site}, {side}{'' if mark.side == 'middle' else ' side'}"
    one_view = mark.site in FRONT_ONLY | BACK_ONLY
    return words if one_view else f"{words}, {BODY_VIEWS.label_or_code(mark.view).lower()}"


def _number(value: float) -> str:
    return f"{value:g}"


def _size(mark: Mark) -> str:
    if mark.length_cm and mark.width_cm:
        return f"{_number(mark.length_cm)} by {_number(mark.width_cm)} cm"
    if mark.length_cm:
        return f"{_number(mark.length_cm)} cm long"
    return f"{_number(mark.width_cm)} cm wide" if mark.width_cm else ""


def _joined(words: Iterable[str]) -> str:
    """“red”, “red and blue”, “red, blue and green”."""
    found = list(words)
    return " and ".join([", ".join(found[:-1]), found[-1]] if len(found) > 1 else found)


def _look(mark: Mark) -> str:
    shape = MARK_SHAPES.label_or_code(mark.shape).lower()
    return ", ".join(part for part in (_size(mark), shape, _joined(MARK_COLOURS.label_or_code(c).lower() for c in mark.colours))
                     if part)


def _states(mark: Mark) -> str:
    before = _BEFORE.get(mark.seen_before, "")
    if mark.seen_before is Answer.YES and mark.seen_before_when.strip():
        before += f", {mark.seen_before_when.strip()}"
    return ", ".join(part for part in (_SKIN.get(mark.skin_broken, ""), _SWELLING.get(mark.swelling, ""), before) if part)


def mark_in_words(mark: Mark) -> str:
    """The whole mark for a list: “Left forearm, back: 3 by 2 cm, oval; skin not broken. Said by Ola: “…””."""
    place = place_in_words(mark)
    said = "; ".join(part for part in (_look(mark), _states(mark)) if part)
    words = f"{place[:1].upper()}{place[1:]}{f': {said}' if said else ''}."
    if mark.words.strip():
        words += f" Said{f' by {mark.said_by.strip()}' if mark.said_by.strip() else ''}: “{mark.words.strip()}”"
    return words


def mark_as_fact(mark: Mark) -> str:
    """The mark alone as one sentence, without what was said about it: “A mark on the left forearm, back, 3 by 2 cm.”."""
    look, states = _look(mark), _states(mark)
    return f"A mark on the {place_in_words(mark)}{f', {look}' if look else ''}{f'; {states}' if states else ''}."
