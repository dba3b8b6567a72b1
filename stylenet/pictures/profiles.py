"""Colour profiles: what a picture's numbers mean, and that ours mean sRGB."""

import io
import logging
from functools import cache

from PIL import ImageCms

HOW = ImageCms.Intent.RELATIVE_COLORIMETRIC
FLAGS = ImageCms.Flags.BLACKPOINTCOMPENSATION
_DATE, _NAME = slice(24, 36), slice(84, 100)  # of a profile's head: when it was made, its checksum
_OUTPUT_MODES = {"RGB": "RGB", "RGBA": "RGBA", "CMYK": "RGB", "L": "RGB"}

logger = logging.getLogger(__name__)


def in_srgb(picture, name):
    """A picture of Pillow in sRGB, by the profile that is embedded in it; as it is without one.

    A profile that is broken, or for other colours than the picture has, is told and passed over.

    Args:
        picture: PIL.Image.Image.
        name: of the picture, for the message.
    """
    embedded = picture.info.get("icc_profile")
    if not embedded or picture.mode not in _OUTPUT_MODES:
        return picture
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(embedded))
        if "srgb" in ImageCms.getProfileDescription(profile).lower():
            return picture
        mode = _OUTPUT_MODES[picture.mode]
        return ImageCms.profileToProfile(picture, profile, _srgb(), HOW, mode, flags=FLAGS)
    except (ImageCms.PyCMSError, OSError, ValueError) as error:
        logger.warning(
            "%s has a colour profile that cannot be used (%s); it is read as sRGB.", name, error
        )
        return picture


@cache
def srgb_profile():
    """The bytes of an sRGB profile to be embedded, the same every time."""
    data = bytearray(_srgb().tobytes())
    data[_DATE] = bytes((7, 208, 0, 1, 0, 1)) + bytes(6)  # 1 January 2000
    data[_NAME] = bytes(16)  # none, which is allowed
    return bytes(data)


def _srgb():
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
