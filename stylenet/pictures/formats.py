"""The picture formats that are read, and what is said of those that are not."""

from functools import cache
from pathlib import Path

from PIL import features

# Pillow knows more, among them formats it hands to other programs.
ALWAYS = ("PNG", "JPEG", "TIFF", "WEBP", "GIF", "BMP")
NAMES = "PNG, JPEG, TIFF, WebP, GIF or BMP"
_BRANDS = {b"avif": "AVIF", b"avis": "AVIF"}  # of the ISO base media format, which HEIC is else
_TO_MEND = {
    "AVIF": "`pip install --upgrade pillow` brings a Pillow that reads it, or save it as a JPEG",
    "HEIC": "`pip install pillow-heif` makes it one that is read, or save it as a JPEG",
}


@cache
def formats():
    """Pillow's names of all that is read: ALWAYS, AVIF and HEIC where what reads them is there."""
    known = list(ALWAYS)
    if features.check("avif"):
        known.append("AVIF")
    try:
        import pillow_heif  # the extra `heic`
    except ImportError:
        return tuple(known)
    pillow_heif.register_heif_opener()
    return (*known, "HEIF")


def expected_instead(path):
    """What to say of a file that no reader takes, after what is wrong with it."""
    with Path(path).open("rb") as file:
        head = file.read(12)
    if head[4:8] != b"ftyp":
        return f"expected a whole {NAMES} file"
    name = _BRANDS.get(head[8:12], "HEIC")
    return f"expected a whole {NAMES} file, and this looks like {name}: {_TO_MEND[name]}"
