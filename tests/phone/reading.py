"""How hard a text is to read: the Flesch–Kincaid grade, a school year of the United States; grade 5 is ten to eleven years.

Written here in some lines, because the library for it brings eight packages along, of which one fetches word lists from the
network when it is first used. Syllables are counted by rule with a list of exceptions; the test of this file says how well.
Source: Kincaid et al. 1975, Derivation of new readability formulas, Research Branch Report 8-75.
"""

import re

_WORD = re.compile(r"[A-Za-z0-9]+(?:['’][A-Za-z]+)?")
_END = re.compile(r"(?<=[.!?])[”\"’]?\s+")
#: What the rules get wrong.
_SYLLABLES = {"area": 3, "being": 2, "client": 2, "doing": 2, "earlier": 3, "every": 2, "everybody": 4,
              "everywhere": 3, "examine": 3, "going": 2, "idea": 3, "notices": 3, "people": 2, "photographs": 3, "quiet": 2,
              "science": 2, "seeing": 2, "somebody": 3, "someone": 2, "something": 2, "somewhere": 2, "usual": 3,
              "everything": 3, "created": 3}
_NUMBERS = {"2": 1, "3": 1, "5": 1, "6": 1, "12": 1, "55": 3, "999": 3}


def words(text: str) -> list[str]:
    return _WORD.findall(text)


def sentences(text: str) -> list[str]:
    """The sentences of a text; one without an end, such as a label, is one too."""
    return [part for part in _END.split(text) if words(part)]


def syllables(word: str) -> int:
    """How many syllables a word has, as it is spoken; a number as it is read out, digit by digit where nobody knows better."""
    low = word.lower().replace("’", "'")
    if low[0].isdigit():
        return _NUMBERS.get(low, len(low))
    low = re.sub(r"'(s|t|re|ve|ll|d|m)$", "", low)
    if low in _SYLLABLES:
        return _SYLLABLES[low]
    bare = re.sub(r"(?<=[^aeiouytd])ed$|(?<=[aeiouy])ed$", "", low)  # passed, stayed; not started
    bare = re.sub(r"(?<=[^aeiouylscxzg])es$|(?<=[aeiouy]l)es$", "", bare) if len(bare) > 3 else bare  # comes; not places
    bare = re.sub(r"(?<=[^aeiouyl])e(?=(ment|ly|less|ful)?$)|(?<=[aeiouy])e$|(?<=[aeiouy]l)e$", "", bare)  # time; not table
    return max(1, len(re.findall(r"[aeiouy]+", bare)))


def grade(texts: list[str]) -> float:
    """The Flesch–Kincaid grade of some running texts together. Raises ZeroDivisionError where there is none."""
    each = [sentence for text in texts for sentence in sentences(text)]
    all_words = [word for sentence in each for word in words(sentence)]
    return 0.39 * len(all_words) / len(each) + 11.8 * sum(map(syllables, all_words)) / len(all_words) - 15.59
