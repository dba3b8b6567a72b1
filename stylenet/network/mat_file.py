"""Reads imagenet-vgg-verydeep-19.mat, every published version of it, by field name.

Kernels are stored (height, width, in, out), which is TensorFlow's order: nothing is transposed
(MatConvNet's manual, doc/blocks.tex; neural-style issue 180). Whatever else people have on disk
under this name gets an error of its own.
"""

import struct
from pathlib import Path

import numpy as np

from stylenet.errors import NetworkFileError
from stylenet.network.fingerprint import fingerprint
from stylenet.network.layers import CONVOLUTION_NAMES, LAYER_NAMES, Network, trouble_in
from stylenet.network.mat5 import HEADER_BYTES, Cell, Mat5Error, Unread, read_mat5
from stylenet.network.model_files import HOW_TO_MEND

# What a file that is no MATLAB 5 file begins with, and what it then seems to be.
_OTHER_KINDS = (
    (b"<", "a web page (a log-in or error page saved under this name?)"),
    (b"\x89HDF", "an HDF5 file, perhaps Keras weights renamed"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x80", "a Python pickle, perhaps PyTorch weights renamed, which is never opened"),
    (b"MATLAB 7.3", "a MATLAB 7.3 file"),
)


def read_mat(path):
    """Read the 16 convolutions and the mean pixel of a VGG-19 of any width.

    Args:
        path: a plain file, expected in the structure of MatConvNet's imagenet-vgg-verydeep-19.mat.

    Returns:
        Network.

    Raises:
        NetworkFileError: the file is something else, is damaged or is another network.
    """
    path = Path(path)
    _check_kind(path)
    content = _load(path)
    kernels, biases = _read_convolutions(_Place(path, "layers"), content.get("layers"))
    mean_pixel = _read_mean_pixel(path, content)
    numbers = [*kernels.values(), *biases.values(), mean_pixel]
    return Network(kernels, biases, mean_pixel, fingerprint(numbers))


def _check_kind(path):
    """Tell from the first bytes and the size whether this is a whole MATLAB 5 file."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(HEADER_BYTES)
            if not size:
                raise NetworkFileError(f"{path} is empty, 0 bytes; {HOW_TO_MEND}.")
            _check_head(path, head)
            _check_whole(path, file, size)
    except OSError as error:
        raise NetworkFileError(f"{path} cannot be read ({error.strerror}).") from error


def _check_head(path, head):
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    for magic, kind in _OTHER_KINDS:
        if start.startswith(magic):
            raise NetworkFileError(f"{path} is {kind}, not MatConvNet's VGG-19; {HOW_TO_MEND}.")
    if not head.startswith(b"MATLAB 5.0") or head[126:128] not in (b"IM", b"MI"):
        raise NetworkFileError(f"{path} is no MATLAB 5 file; {HOW_TO_MEND}.")


def _check_whole(path, file, size):
    """Walk the top-level elements: each says its length, so a broken download shows at once."""
    file.seek(126)
    order = "<" if file.read(2) == b"IM" else ">"
    end = HEADER_BYTES
    while end < size:
        file.seek(end)
        tag = file.read(8)
        if len(tag) < 8:
            break
        end += 8 + struct.unpack(order + "II", tag)[1]
    if end != size:
        raise NetworkFileError(
            f"{path} is cut short or damaged: it has {size} bytes and claims {max(end, size + 1)} "
            f"(a broken download?); {HOW_TO_MEND}."
        )


def _load(path):
    try:
        with path.open("rb") as file:
            return read_mat5(file, ("layers", "meta", "normalization"))
    except Mat5Error as error:
        raise NetworkFileError(f"{path} is damaged inside ({error}); {HOW_TO_MEND}.") from error


class _Place:
    """A place in the file, for messages: the file and the path of fields that leads there."""

    def __init__(self, path, name):
        self.path, self.name = path, name

    def __truediv__(self, name):
        return _Place(self.path, f"{self.name}.{name}")

    def error(self, got, expected):
        """What to raise where this place holds something else."""
        return NetworkFileError(
            f"{self.path} is not VGG-19 as MatConvNet publishes it: {self.name} is {got}, expected "
            f"{expected}; {HOW_TO_MEND}."
        )


def _field(place, struct_value, name):
    """One field of a 1 x 1 MATLAB struct, by its name."""
    if not isinstance(struct_value, dict):
        raise place.error(_describe(struct_value), f"a struct with the field {name}")
    if name not in struct_value:
        fields = ", ".join(struct_value)
        raise (place / name).error("missing", f"one of {fields or 'no fields at all'}")
    return struct_value[name]


def _describe(value):
    if value is None:
        return "missing"
    if isinstance(value, np.ndarray):
        return f"an array of {value.dtype.name} of shape {'x'.join(map(str, value.shape))}"
    if isinstance(value, Cell):
        return f"a cell of shape {'x'.join(map(str, value.shape))}"
    if isinstance(value, Unread):
        return value.what
    return "a struct" if isinstance(value, dict) else "a text"


def _cell_items(place, value, expected):
    if not isinstance(value, Cell):
        raise place.error(_describe(value), expected)
    return value.items


def _text(place, value):
    if not isinstance(value, str) or not 0 < len(value) < 64 or not value.isprintable():
        raise place.error(_describe(value), "a name")
    return value


def _read_convolutions(place, value):
    """(kernels, biases) of the layers, their names and order checked against the table."""
    items = _cell_items(place, value, "a cell array of 43 layers")
    names = [
        _text(place / f"{i}.name", _field(place / str(i), item, "name"))
        for i, item in enumerate(items)
    ]
    _check_names(place, names)
    kernels, biases = {}, {}
    channels = 3
    for name, item in zip(names, items, strict=True):
        if name in CONVOLUTION_NAMES:
            weights = _field(place / name, item, "weights")
            kernel, bias = _read_weights(place / name / "weights", weights, channels)
            kernels[name], biases[name] = kernel, bias
            channels = bias.size
    return kernels, biases


def _check_names(place, names):
    expected = list(LAYER_NAMES)
    if names[: len(expected)] == expected:
        return
    convolutions = sum(name.startswith("conv") for name in names)
    guess = " (VGG-16 has 13)" if convolutions == 13 else ""
    where = next(
        (i for i, pair in enumerate(zip(names, expected, strict=False)) if pair[0] != pair[1]),
        len(names),
    )
    got = names[where] if where < len(names) else "missing"
    raise (place / str(where)).error(
        f"{got} in a network of {convolutions} convolutions{guess}",
        f"{expected[where]} in VGG-19's 16",
    )


def _read_weights(place, value, channels):
    parts = _cell_items(place, value, "a cell of kernel and bias")
    if len(parts) != 2:
        raise place.error(f"a cell of {len(parts)}", "a cell of two, kernel and bias")
    kernel, bias = (_numbers(place, part) for part in parts)
    bias = bias.reshape(-1)
    if kernel.ndim != 4 or kernel.shape != (3, 3, channels, bias.size) or not bias.size:
        raise place.error(
            f"a kernel of shape {'x'.join(map(str, kernel.shape))} with {bias.size} biases",
            f"3x3x{channels}xN with N biases",
        )
    if trouble := trouble_in(kernel):
        raise place.error(*trouble)
    return kernel, bias


def _numbers(place, value):
    """An array of finite real numbers as float32, C order."""
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiu":
        raise place.error(_describe(value), "an array of numbers")
    # A number too large for float32 becomes infinite, which the check below reports.
    with np.errstate(over="ignore"):
        array = np.ascontiguousarray(value, np.float32)
    if not np.isfinite(array).all():
        raise place.error("NaN or infinite in places", "finite numbers")
    return array


def _read_mean_pixel(path, content):
    """RGB mean pixel from `meta.normalization` (new files) or `normalization` (beta16)."""
    place = _Place(path, "normalization")
    if "meta" in content:
        place = _Place(path, "meta") / "normalization"
        normalization = _field(_Place(path, "meta"), content["meta"], "normalization")
    else:
        normalization = content.get("normalization")
    image = _field(place, normalization, "averageImage")
    image = _numbers(place / "averageImage", image)
    if image.shape[-1:] != (3,):
        raise (place / "averageImage").error(_describe(image), "an RGB picture or pixel")
    if not image.size or image.min() < 0 or image.max() > 255:
        raise (place / "averageImage").error("not within 0 to 255", "RGB of 0 to 255")
    return image.reshape(-1, 3).mean(axis=0, dtype=np.float64).astype(np.float32)
