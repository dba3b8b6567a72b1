"""Brings what the READMEs state up to date: tables, measured numbers, line numbers of links.

    python -m tools.readme

A measured number stands before a comment that names it: `12.3<!-- content_layers.relu1_1 -->`; its
value is in images/course/numbers.json. A link whose text is a name, [`fit`](CNNStyleNet.py#L0),
leads to the line where the name is defined.
"""

import json
import re
from pathlib import Path

from tools.layer_table import with_layer_table
from tools.option_table import with_table
from tools.preset_table import with_presets

ROOT = Path(__file__).parents[1]
PAGES = (
    *("README.md", "README.ja.md", "README.zh-CN.md"),
    *(
        f"docs/{name}.md"
        for name in ("options", "using", "video", "differences", "measurements", "promises")
    ),
)
NUMBERS = ROOT / "images" / "course" / "numbers.json"

NARROW_SPACE = "\u202f"  # between thousands

_NUMBER = re.compile(rf"[\d.{NARROW_SPACE}]+(<!-- (\w+)\.(\w+) -->)")
_LINK = re.compile(r"(\[`(\w+)`\]\((?:\.\./)?([\w/]+\.py)#L)\d+\)")


def main():
    """Rewrite the pages."""
    for path in (ROOT / page for page in PAGES):
        path.write_text(refreshed(path.read_text("utf-8")), "utf-8")


def refreshed(text):
    """A page as it should be."""
    return with_lines(with_numbers(with_layer_table(with_presets(with_table(text)))))


def with_numbers(text):
    """A page with every measured number as its file has it."""
    numbers = json.loads(NUMBERS.read_text("utf-8"))
    return _NUMBER.sub(lambda m: in_digits(numbers[m[2]][m[3]]) + m[1], text)


def in_digits(value):
    """A number as it is printed: three significant digits, never an exponent."""
    return f"{float(f'{value:.3g}'):,.12g}".replace(",", NARROW_SPACE)


def with_lines(text):
    """A page whose links to names lead to their lines.

    Raises:
        ValueError: a file has no such name.
    """
    return _LINK.sub(lambda m: f"{m[1]}{line_of(m[2], ROOT / m[3])})", text)


def line_of(name, path):
    """The line, from 1, where a function, a class or a constant is defined."""
    pattern = re.compile(rf"\s*(def|class) {name}\b|{name} =")
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if pattern.match(line):
            return number
    raise ValueError(f"{path.name} defines no {name}.")


if __name__ == "__main__":
    main()
