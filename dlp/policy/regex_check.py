"""Whether a policy's regular expression is one the automaton can take and one text costs bounded time with."""

from __future__ import annotations

import re

_REFUSED = (
    (re.compile(r"(?<!\\)\(\?(?:=|!|<=|<!)"), "look-around is not supported"),
    (re.compile(r"(?<!\\)(?:\\\\)*\\[1-9]|\(\?P="), "back-references are not supported"),
    (re.compile(r"\(\?\("), "conditional groups are not supported"),
    (re.compile(r".\\b."), "\\b may stand only at the ends"),
)


def regex_fault(regex: str) -> str | None:
    """What is wrong with a regular expression, or None."""
    try:
        compiled = re.compile(regex, re.IGNORECASE)
    except re.error as error:
        return f"is not a regular expression: {error.msg}" + (f" at character {error.pos + 1}" if error.pos is not None else "")
    for refused, why in _REFUSED:
        if refused.search(regex):
            return why
    if compiled.match(""):
        return "matches empty text"
    return _automaton_fault(regex)


def _automaton_fault(regex: str) -> str | None:
    import hyperscan  # loading policies is the only time it is needed here

    flags = hyperscan.HS_FLAG_UTF8 | hyperscan.HS_FLAG_CASELESS
    try:
        hyperscan.Database().compile(expressions=[regex.encode()], ids=[0], elements=1, flags=[flags])
    except hyperscan.error as error:
        return f"is not supported: {error}"
    return None
