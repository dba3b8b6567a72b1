"""Which network file is used: the one given, one found, or the one that comes along."""

import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from stylenet.errors import NetworkFileError

FILE_NAME = "imagenet-vgg-verydeep-19.mat"
ENVIRONMENT_VARIABLE = "CNN_STYLENET_NETWORK"
MODELS = Path(__file__).parents[1] / "models"
# The networks that come along, by the names that --network knows them by; the first is the default.
EMBEDDED = {"vgg19": MODELS / "vgg19.npz", "small": MODELS / "vgg19_small.npz"}

URL = f"https://www.vlfeat.org/matconvnet/models/{FILE_NAME}"
SHA256 = "abdb57167f82a2a1fbab1e1c16ad9373411883f262a1a37ee5db2e6fb0044695"
TIMEOUT_SECONDS = 30

HOW_TO_MEND = (
    "take the VGG-19 that comes along, --network vgg19, or fetch the original with "
    "`python main1.py --download-network`"
)


@dataclass(frozen=True)
class FoundNetwork:
    """A network file; `name` is what --network calls it if it comes along, else None."""

    path: Path
    name: str | None = None


def cache_folder():
    """The user's cache folder for this project, not created; None for a user without a home."""
    import pooch  # costs a tenth of a second that a run with its own file need not wait for

    try:
        folder = Path(pooch.os_cache("cnn-stylenet"))
    except RuntimeError:  # of who has neither HOME nor a line in the list of users
        return None
    return folder if folder.is_absolute() else None


def find_network(given=None, of_preset=None):
    """The network file to use: given, preset, environment, folder, cache, that of EMBEDDED.

    Args:
        given: a path, a name of EMBEDDED, or None.
        of_preset: the name of EMBEDDED that a preset paints with, or None.

    Returns:
        FoundNetwork. A file that was named, but is not there, is found out when it is read.
    """
    usual = of_preset or os.environ.get(ENVIRONMENT_VARIABLE)
    named = (usual or None) if given is None else given
    if named in EMBEDDED:
        return FoundNetwork(EMBEDDED[named], named)
    if named is not None:
        return FoundNetwork(Path(named))
    for folder in (Path(), cache_folder()):
        if folder and (folder / FILE_NAME).is_file():
            return FoundNetwork(folder / FILE_NAME)
    default = next(iter(EMBEDDED))
    return FoundNetwork(EMBEDDED[default], default)


def download_network(url=URL, sha256=SHA256, folder=None, timeout=TIMEOUT_SECONDS):
    """Fetch VGG-19 as published, in float32, to the cache; its checksum is right or nothing stays.

    Args:
        url: where from.
        sha256: the checksum it must have.
        folder: where to; the user's cache by default.
        timeout: seconds without a byte after which the server counts as gone.

    Returns:
        Path of the file. One that is there already is checked, not fetched again.

    Raises:
        NetworkFileError: it could not be fetched whole.
    """
    import pooch

    folder = folder or cache_folder()
    if folder is None:
        raise NetworkFileError(
            "There is no home folder to keep the network in; set HOME, or XDG_CACHE_HOME."
        )
    folder = Path(folder)
    downloader = pooch.HTTPDownloader(progressbar=True, timeout=timeout)
    with _pooch_errors(url, folder):
        pooch.get_logger().setLevel("WARNING")
        path = pooch.retrieve(url, f"sha256:{sha256}", FILE_NAME, folder, downloader=downloader)
    return Path(path)


@contextmanager
def _pooch_errors(url, folder):
    """Whatever goes wrong while fetching, as one sentence."""
    import requests

    advice = f"fetch it by hand from {URL} and pass it with --network"
    try:
        yield
    except requests.HTTPError as error:
        status = error.response.status_code
        raise NetworkFileError(f"{url} answered {status} instead of a file; {advice}.") from error
    except requests.RequestException as error:
        reason = type(error).__name__
        raise NetworkFileError(
            f"Fetching {url} broke off ({reason}); try again, or {advice}."
        ) from error
    except ValueError as error:  # pooch's word for a checksum that differs
        raise NetworkFileError(
            f"What {url} sent is not the expected file, its SHA-256 differs; try again, "
            f"or {advice}."
        ) from error
    except OSError as error:
        raise NetworkFileError(f"{folder} cannot take the network ({error.strerror}).") from error
