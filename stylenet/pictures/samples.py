"""The sample pictures: those of `images/` in a checkout, or the copies that are installed."""

from pathlib import Path

_PACKAGE = Path(__file__).parents[1]
_INSTALLED = _PACKAGE / "samples"  # where pyproject.toml has them put
FOLDER = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent / "images"

CONTENTS = tuple(FOLDER / f"content_{name}.jpg" for name in ("harbour", "still_life", "lane"))
STYLES = tuple(FOLDER / f"style_{name}.jpg" for name in ("swirls", "glass", "woodblock", "dots"))
ALL = CONTENTS + STYLES


def preset(name):
    """What a preset paints of the first of them: the thumbnail of its name."""
    return FOLDER / "presets" / f"{name}.jpg"
