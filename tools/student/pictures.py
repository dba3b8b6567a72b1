"""What the student learns from: pictures of our own making, and photographs free to use.

Photographs come with scikit-image and scikit-learn, and with Debian's package of pictures that
users of Ubuntu gave (CC BY 4.0, CC BY-SA 4.0, CC0; the names of its files name their authors).
"""

import io
import tarfile
from pathlib import Path

import numpy as np
import pooch
import skimage.data
import sklearn.datasets
from PIL import Image

from tools.textures.cache import training_pictures

DRAWN = 392
LARGEST = 640  # pixels of a photograph's longer side
SAMPLES = Path(__file__).parents[2] / "images"
SCIKIT_IMAGE = (
    *("astronaut.png", "chelsea.png", "coffee.png", "hubble_deep_field.jpg", "ihc.png"),
    *("motorcycle_left.png", "retina.jpg", "rocket.jpg"),
)
SCIKIT_LEARN = ("china.jpg", "flower.jpg")
WALLPAPERS = (
    "https://deb.debian.org/debian/pool/main/l/lomiri-wallpapers/"
    "lomiri-wallpapers-16.04_20.04.0-2_all.deb"
)
WALLPAPERS_SHA256 = "a99ff6a3bfe451e4cc0682ecb3cc82e71740626d59e4845ae34a0a0e45421eab"
AR_HEADER = 60  # bytes before each member of an ar archive, which a .deb is


def kinds(cache):
    """Two lists of pictures, uint8 (H, W, 3): drawn ones, and photographs with our samples.

    Args:
        cache: folder for what is drawn and fetched.
    """
    return [list(training_pictures(cache, DRAWN)), photographs(cache)]


def photographs(cache):
    """Photographs and the sample pictures, uint8 (H, W, 3)."""
    folders = {skimage.data: SCIKIT_IMAGE, sklearn.datasets: SCIKIT_LEARN}
    files = [
        path
        for package, names in folders.items()
        for name in names
        for path in Path(package.__file__).parent.rglob(name)
    ]
    files += sorted(SAMPLES.glob("content_*.jpg")) + sorted(SAMPLES.glob("style_*.jpg"))
    return [picture(file) for file in [*files, *wallpapers(cache)]]


def wallpapers(cache):
    """The photographs of the package, as open files."""
    path = pooch.retrieve(WALLPAPERS, f"sha256:{WALLPAPERS_SHA256}", path=cache, progressbar=True)
    with tarfile.open(fileobj=io.BytesIO(member(Path(path).read_bytes(), "data.tar"))) as archive:
        names = sorted(name for name in archive.getnames() if name.endswith(".jpg"))
        return [io.BytesIO(archive.extractfile(name).read()) for name in names]


def member(archive, name):
    """The bytes of the member of an ar archive whose name begins so."""
    place = len("!<arch>\n")
    while place < len(archive):
        header = archive[place : place + AR_HEADER].decode()
        size = int(header[48:58])
        place += AR_HEADER
        if header.startswith(name):
            return archive[place : place + size]
        place += size + size % 2  # members begin at even places
    raise ValueError(f"there is no {name} in the archive")


def picture(file):
    """A picture, its longer side at most LARGEST."""
    image = Image.open(file).convert("RGB")
    image.thumbnail((LARGEST, LARGEST), Image.Resampling.LANCZOS)
    return np.asarray(image)
