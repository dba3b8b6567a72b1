"""Reads a VGG-19 from a file, in whichever of the two forms it is."""

from pathlib import Path

from stylenet.disk.inputs import why_no_file
from stylenet.errors import NetworkFileError
from stylenet.network.mat_file import read_mat
from stylenet.network.model_files import HOW_TO_MEND
from stylenet.network.npz_file import read_npz

ZIP_MAGIC = b"PK"  # an .npz is a zip archive; what a file is called says nothing of what it is


def read_network(path):
    """Read the 16 convolutions and the mean pixel of a VGG-19 of any width.

    Args:
        path: MatConvNet's .mat file (`stylenet.network.mat_file`), or an .npz of codes
            (`stylenet.network.npz_file`).

    Returns:
        `stylenet.network.layers.Network`.

    Raises:
        NetworkFileError: the file is missing, is something else, is damaged or is another network.
    """
    path = Path(path)
    trouble = why_no_file(path, "network file")
    if trouble:
        raise NetworkFileError(f"{trouble}; {HOW_TO_MEND}.")
    try:
        with path.open("rb") as file:
            packed = file.read(len(ZIP_MAGIC)) == ZIP_MAGIC
    except OSError as error:
        raise NetworkFileError(f"{path} cannot be read ({error.strerror}).") from error
    return read_npz(path) if packed else read_mat(path)
