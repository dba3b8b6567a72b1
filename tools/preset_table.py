"""The presets as a Markdown table, from the table the program reads them from."""

import re

from stylenet.options.options import specs
from stylenet.options.presets import NETWORKS, PRESETS

_BETWEEN = re.compile(r"(?<=<!-- presets -->\n).*?(?=<!-- /presets -->)", re.DOTALL)


def with_presets(text):
    """A text with the table between its markers `<!-- presets -->`."""
    return _BETWEEN.sub(lambda _: preset_table(), text)


def preset_table():
    """Name, meaning and the command line's way to say the same, a row for each preset."""
    flags = {name: spec.flag for name, _, spec in specs()}
    rows = ["| preset | what | the same as |", "| --- | --- | --- |"]
    for name, (what, values) in PRESETS.items():
        network = [f"--network {NETWORKS[name]}"] if name in NETWORKS else []
        parts = [f"{flags[option]} {_shown(value)}" for option, value in values.items()]
        said = " ".join(network + parts)
        rows.append(f"| `{name}` | {what} | {f'`{said}`' if said else 'no option at all'} |")
    return "\n".join(rows) + "\n"


def _shown(value):
    return f"{value:g}" if isinstance(value, float) else str(value)
