"""File names with a place for the iteration, as in neural-style: %s, %d, %05d, {} or {:05}."""

import re
from pathlib import Path

_FIELD = re.compile(r"%(?:0(?P<percent>\d))?[sd]|\{(?::0?(?P<brace>\d)d?)?\}")


def is_pattern(name):
    """Whether a name has exactly one place for the iteration."""
    return len(_FIELD.findall(name)) == 1


def fill_pattern(name, iteration):
    """The name with the iteration in its place, zeros before it where the pattern asks for them."""

    def digits(match):
        width = match["percent"] or match["brace"] or "1"
        return f"{iteration:0{width}d}"

    return Path(_FIELD.sub(digits, name))
