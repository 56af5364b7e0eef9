"""When something is asked or shown: every named answer is among the listed values. The browser follows the same rule.

The browser's half is `ask` in `sgapp/phone/durable_form.js`.
"""

from collections.abc import Mapping

When = Mapping[str, tuple[str, ...]]


def holds(when: When, answers: object) -> bool:
    """Whether the answers, read as attributes, call for it. Of an answer that is a list, one value is enough."""
    return all(any(value in wanted for value in _values(getattr(answers, name))) for name, wanted in when.items())


def _values(answer: object) -> tuple[object, ...]:
    return answer if isinstance(answer, tuple) else (answer,)
