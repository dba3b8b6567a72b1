"""From what a user gives to the value of an option.

Each converter takes a text of the command line or a value of Python, returns the final form, and
raises ValueError with what was expected, in words.
"""

import math
import os

from stylenet.network.layers import RELU_NAMES
from stylenet.options.patterns import is_pattern
from stylenet.options.tiles import GRID

# Weights and rates are computed with in 32 bits; their products and squares must fit, too.
SMALLEST, LARGEST = 1e-30, 1e15
CLOSEST_TO_ONE = 0.999999  # from about here on, 1 minus a decay is rounding in 32 bits


def whole(least, most=None):
    """A converter to int, `least` or more, and `most` or less where that is given."""
    expected = f"a whole number, {least} or more" if most is None else f"{least} to {most}"

    def convert(value):
        result = _as_number(value)
        if result is None or result != int(result) or result < least:
            raise ValueError(expected)
        if most is not None and result > most:
            raise ValueError(expected)
        try:
            return int(value)  # not through float, which rounds large ones
        except ValueError:
            return int(result)

    return convert


def number(value):
    """A float that is 0 or from SMALLEST to LARGEST."""
    result = _as_number(value)
    if result is None or (result != 0 and not SMALLEST <= result <= LARGEST):
        raise ValueError(f"a number, 0 or more (0 or {SMALLEST:g} to {LARGEST:g})")
    return result


def positive(value):
    """A float above 0, from SMALLEST to LARGEST."""
    result = _as_number(value)
    if result is None or not SMALLEST <= result <= LARGEST:
        raise ValueError(f"a number above 0 ({SMALLEST:g} to {LARGEST:g})")
    return result


def fraction(value):
    """A float from 0 to 1."""
    result = _as_number(value)
    if result is None or not 0 <= result <= 1:
        raise ValueError("a number from 0 to 1")
    return result


def share(value):
    """A float from 0 to CLOSEST_TO_ONE."""
    if fraction(value) > CLOSEST_TO_ONE:
        raise ValueError(f"a number from 0 to below 1 ({CLOSEST_TO_ONE} at most)")
    return fraction(value)


def numbers(convert_one):
    """A converter to a tuple, each item by another converter."""

    def convert(values):
        values = values if isinstance(values, (list, tuple)) else [values]
        try:
            return tuple(convert_one(value) for value in values)
        except ValueError as error:
            raise ValueError(f"one or more of: {error}") from None

    return convert


def choice(names):
    """A converter that lets some names through, its `names`."""

    def convert(value):
        if value not in names:
            raise ValueError(f"one of {', '.join(names)}")
        return value

    convert.names = names  # for who offers them
    return convert


def tile_size(value):
    """ "auto", "off", or the side of a tile in pixels."""
    if value in ("auto", "off"):
        return value
    result = _as_number(value)
    if result is None or result < GRID or result % GRID:
        raise ValueError(f"auto, off or a multiple of {GRID}")
    return int(result)


def text(value):
    """A str that is not empty, or a path."""
    value = os.fspath(value) if isinstance(value, os.PathLike) else value
    if not isinstance(value, str) or not value:
        raise ValueError("a text or file name")
    return value


def checkpoint_pattern(value):
    """A file name with one place for the iteration; see `stylenet.options.patterns`."""
    if not isinstance(value, str) or not is_pattern(value):
        raise ValueError("a file name with one %s, %d, %05d, {} or {:05} in it")
    return value


def layer_weights(value):
    """Layers and weights as one text, "relu1_1=0.2,relu4_1:b=1"; see `parse_layers`.

    Takes such a text, names (weight 1 each), or a dict name -> weight.
    """
    if isinstance(value, dict):
        value = ",".join(f"{name}={weight}" for name, weight in value.items())
    elif isinstance(value, (list, tuple)):
        value = ",".join(str(name) for name in value)
    expected = "layers such as relu4_2=1,relu5_2=0.5"
    if not isinstance(value, str) or not value:
        raise ValueError(expected)
    layers = parse_layers(value)
    if not sum(weight for _, _, weight in layers) > 0:
        raise ValueError(f"{expected}, the weights not all 0")
    return ",".join(
        f"{name}{f':{style}' if style else ''}={weight:.12g}" for name, style, weight in layers
    )


def parse_layers(value):
    """A text such as "relu1_1:a=0.2,relu4_1" as a list of (layer, style or None, weight).

    Raises:
        ValueError: an unknown layer, or a weight that is none; says what was expected.
    """
    layers = []
    for item in value.split(","):
        head, _, weight = item.strip().partition("=")
        name, _, style = head.partition(":")
        if name not in RELU_NAMES:
            raise ValueError(f"layers of {', '.join(RELU_NAMES)}, not {name!r}")
        try:
            layers.append((name, style or None, number(weight or 1)))
        except ValueError as error:
            raise ValueError(f"{error} as the weight of {name}") from None
    return layers


def _as_number(value):
    """The value as a finite float, or None; True and False are no numbers."""
    if isinstance(value, bool):
        return None
    try:
        result = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return result if math.isfinite(result) else None
