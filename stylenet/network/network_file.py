"""Reads a VGG-19 from a file, in whichever of the two forms it is."""

from pathlib import Path

from stylenet.disk.inputs import why_no_file
from stylenet.errors import NetworkFileError
from stylenet.network.layers import Network
from stylenet.network.mat_file import read_mat
from stylenet.network.model_files import HOW_TO_MEND, find_network
from stylenet.network.npz_file import read_npz

ZIP_MAGIC = b"PK"  # an .npz is a zip archive; what a file is called says nothing of what it is


def network_of(network, given=None, of_preset=None):
    """A Network as it is, or read from where it is.

    Args:
        network: Network, or the path of one; None: found as of `find_network`.
        given, of_preset: as of `find_network`.
    """
    if isinstance(network, Network):
        return network
    return read_network(find_network(network or given, of_preset).path)


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
