"""The options as a Markdown table, from the command line's own definition."""

import re

from stylenet.command.arguments import build_parser
from stylenet.options.options import specs

_BETWEEN = re.compile(r"(?<=<!-- options -->\n).*?(?=<!-- /options -->)", re.DOTALL)


def with_table(text):
    """A text with the option table between its markers `<!-- options -->`."""
    return _BETWEEN.sub(lambda _: option_table(), text)


def option_table():
    """The options as a Markdown table: flag, meaning, default, name in the class."""
    names = {spec.flag: name for name, _, spec in specs()}
    rows = ["| option | meaning | default | in the class |", "| --- | --- | --- | --- |"]
    for action in build_parser()._actions:
        flag = action.option_strings[-1]
        if flag == "--help":
            continue
        metavar = f" {action.metavar}" if action.metavar else ""
        if action.nargs == "+":
            metavar = f"{metavar} […]"
        elif action.nargs == "?":
            metavar = f" [{action.metavar}]"
        default = _shown(action.default)
        name = f"`{names[flag]}`" if flag in names else ""
        meaning = (action.help or "").replace("%%", "%").replace("|", "\\|")
        rows.append(f"| `{flag}{metavar}` | {meaning} | {default} | {name} |")
    return "\n".join(rows) + "\n"


def _shown(default):
    if default is None or default is False or default == "==SUPPRESS==":
        return ""
    return f"{default:g}" if isinstance(default, (int, float)) else str(default)
