"""Arrays too large for memory, in a folder that goes when they do."""

import math
import shutil
import tempfile
from pathlib import Path

import numpy as np

from stylenet.errors import OutputError


class Scratch:
    """Float32 arrays in files; only the part that is looked at is ever in memory.

    Every access opens the file anew: as long as it is open, all pages that were ever touched count
    as memory of this process.
    """

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="cnn-stylenet-")

    def create(self, name, shape):
        """An array of zeros.

        Raises:
            OutputError: the disk has not so much room; a process that finds out while it writes is
                killed.
        """
        needed, free = 4 * math.prod(shape), shutil.disk_usage(self._folder.name).free
        if needed > free:
            raise OutputError(
                f"The content's features at {name} need {needed / 1e9:.1f} GB of disk and "
                f"{free / 1e9:.1f} GB are free in {Path(self._folder.name).parent}; set TMPDIR to "
                "a folder with more room."
            )
        np.lib.format.open_memmap(self._path(name), "w+", np.float32, shape)

    def write(self, name, window, values):
        """Set what lies in a Window."""
        window.of(np.load(self._path(name), mmap_mode="r+", allow_pickle=False))[:] = values

    def opener(self, name):
        """A function that opens the array to read; the folder stays as long as it does."""
        return lambda: np.load(self._path(name), mmap_mode="r", allow_pickle=False)

    def _path(self, name):
        return Path(self._folder.name) / f"{name}.npy"
