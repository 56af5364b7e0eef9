"""Words that must not stand where the wrong person may read them: in a message, on a printed rota, on a lock screen.

Whole words count, with their endings. A list can never be whole: whoever writes reads it once more as the one who is feared.
Source: DOMAIN annex §0.8 and §5 ("no outbound message mentions safeguarding"); the guide, operational example 2.
"""

import re
from collections.abc import Iterable

#: Beginnings of words; what follows the beginning does not matter ("abus": abuse, abusive, abused).
_BEGINNINGS = (
    "abus", "assault", "advocat", "bruis", "bully", "coerc", "confidential", "controlling", "counsel", "court", "danger",
    "disclos", "domestic", "emergenc", "enquir", "escap", "evidence", "exploit", "frighten", "harass", "harm", "hurt", "idva",
    "incident", "injunct", "injur", "investigat", "marac", "neglect", "perpetrat", "police", "protect", "rape", "referr",
    "refuge", "report", "risk", "safeguard", "scared", "secret", "sexual", "shelter", "slavery", "solicitor", "stalk",
    "strangl", "suicid", "threat", "unsafe", "victim", "violen", "weapon")
#: Whole words only, because longer ones are harmless.
_WHOLE = ("999", "101", "afraid", "alone", "concern", "concerns", "council", "crime", "dash", "fear", "hit", "hits",
          "leave her", "leave him", "plan", "safe", "safely", "safety", "social services", "social work", "social worker")
_PATTERN = re.compile(rf"(?<!\w)(?:(?:{'|'.join(_BEGINNINGS)})\w*|(?:{'|'.join(map(re.escape, _WHOLE))})(?!\w))", re.IGNORECASE)
#: A name of fewer letters is a word of its own too often.
_SHORTEST = 2


def telling(text: str, names: Iterable[str] = ()) -> tuple[str, ...]:
    """The words of a text that give it away, as they stand there, each once: of the list, and parts of these names."""
    found = [m.group(0) for m in _PATTERN.finditer(text)]
    parts = {part for name in names for part in re.findall(r"[^\W_]+(?:[-'’][^\W_]+)*", name) if len(part) >= _SHORTEST}
    for part in sorted(parts):
        found += [m.group(0) for m in re.finditer(rf"(?<!\w){re.escape(part)}(?:['’]s)?(?!\w)", text, re.IGNORECASE)]
    return tuple(dict.fromkeys(found))
