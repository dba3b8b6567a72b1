"""Reads a VGG-19 as an .npz of codes: a byte for every weight, and a table of what the bytes mean.

The file has, for each convolution, `NAME_codes` uint8 (3, 3, in, out), TensorFlow's HWIO order,
`NAME_table` float32 (256,) and `NAME_bias` float32 (out,), and once `mean_pixel` float32 (3,), RGB.
A kernel is table[codes]. `RELU_readout` float32 (C, C), of all relu layers or none, are
`Network.readouts`. Whatever else a file holds in these places gets an error of its own.
"""

import zipfile
from pathlib import Path

import numpy as np

from stylenet.errors import NetworkFileError
from stylenet.network.fingerprint import fingerprint
from stylenet.network.layers import CONVOLUTION_NAMES, RELU_NAMES, Network, trouble_in
from stylenet.network.model_files import HOW_TO_MEND

LEVELS = 256  # values that a byte can stand for
MOST_CHANNELS = 4096  # of a layer, so that no small file can claim more than memory holds


class _MisfitError(Exception):
    """A part of the file is not what it should be; the message says where, what, and expected."""


def read_npz(path):
    """Read the 16 convolutions and the mean pixel of a VGG-19 of any width.

    Args:
        path: a file as described above; a zip archive, which is for the caller to find out.

    Returns:
        Network.

    Raises:
        NetworkFileError: the file is something else, is damaged or is another network.
    """
    path = Path(path)
    try:
        with zipfile.ZipFile(path) as archive:
            return _read(archive)
    except _MisfitError as error:
        raise NetworkFileError(
            f"{path} is not VGG-19 as codes and tables: {error}; {HOW_TO_MEND}."
        ) from error
    except Exception as error:  # whatever zip and NumPy stumble over in a damaged file
        raise NetworkFileError(
            f"{path} is cut short or damaged ({type(error).__name__}: {error}); {HOW_TO_MEND}."
        ) from error


def _read(archive):
    known = set(archive.namelist())
    if known.isdisjoint(f"{name}_codes.npy" for name in CONVOLUTION_NAMES):
        raise _MisfitError(
            "it is a zip archive of other things, perhaps Keras or PyTorch weights renamed, "
            "expected conv1_1_codes to conv5_4_bias"
        )
    kernels, biases, readouts, channels = {}, {}, {}, 3
    for name, relu in zip(CONVOLUTION_NAMES, RELU_NAMES, strict=True):
        codes = _array(archive, f"{name}_codes", np.uint8, (3, 3, channels, None))
        channels = codes.shape[-1]
        kernels[name] = _array(archive, f"{name}_table", np.float32, (LEVELS,))[codes]
        if trouble := trouble_in(kernels[name]):
            raise _MisfitError("{} is {}, expected {}".format(name, *trouble))
        biases[name] = _array(archive, f"{name}_bias", np.float32, (channels,))
        if f"{relu}_readout.npy" in known:
            readouts[relu] = _array(archive, f"{relu}_readout", np.float32, (channels, channels))
    if readouts and len(readouts) < len(RELU_NAMES):
        missing = next(name for name in RELU_NAMES if name not in readouts)
        raise _MisfitError(f"{missing}_readout is missing, where other layers have one")
    mean_pixel = _array(archive, "mean_pixel", np.float32, (3,))
    if mean_pixel.min() < 0 or mean_pixel.max() > 255:
        raise _MisfitError("mean_pixel is not within 0 to 255, expected RGB of 0 to 255")
    numbers = [*kernels.values(), *biases.values(), mean_pixel, *readouts.values()]
    return Network(kernels, biases, mean_pixel, fingerprint(numbers), readouts)


def _array(archive, name, dtype, shape):
    """One array of the archive, its type and shape known before memory is taken for it.

    Args:
        archive: zipfile.ZipFile.
        name: of the array.
        dtype: NumPy type it must have.
        shape: it must have; None stands for 1 to MOST_CHANNELS.

    Raises:
        _MisfitError: it is missing, of another type or shape, or has values that are not finite.
    """
    if f"{name}.npy" not in archive.namelist():
        raise _MisfitError(f"{name} is missing")
    with archive.open(f"{name}.npy") as entry:
        got, by_columns, found = _header(entry)
        if found != dtype or by_columns or not _fits(got, shape):
            wanted = "x".join("N" if size is None else str(size) for size in shape)
            raise _MisfitError(
                f"{name} is an array of {found} of shape {'x'.join(map(str, got))}, expected "
                f"{np.dtype(dtype)} of shape {wanted}"
            )
        count = int(np.prod(got)) * found.itemsize
        data = entry.read(count + 1)  # to the end, where the archive's checksum is compared
    if len(data) != count:
        raise _MisfitError(f"{name} has {len(data)} bytes, expected {count}")
    array = np.frombuffer(data, dtype).reshape(got)
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise _MisfitError(f"{name} is NaN or infinite in places, expected finite numbers")
    return array


def _header(entry):
    """(shape, whether by columns, dtype) at the head of an .npy file."""
    version = np.lib.format.read_magic(entry)
    if version == (1, 0):
        return np.lib.format.read_array_header_1_0(entry)
    return np.lib.format.read_array_header_2_0(entry)


def _fits(got, shape):
    return len(got) == len(shape) and all(
        size == wanted or (wanted is None and 1 <= size <= MOST_CHANNELS)
        for size, wanted in zip(got, shape, strict=True)
    )
