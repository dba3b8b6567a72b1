"""The state of a run on disk, from which it goes on as if it had never stopped."""

import json
import zipfile
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from stylenet.descent.lazy_arrays import LazyArrays
from stylenet.disk.whole_files import whole_file
from stylenet.errors import StateError

FORMAT = 2
BEGIN_ANEW = "begin anew with --overwrite in place of --resume"


@dataclass(frozen=True)
class RunState:
    """A run between two steps. Noise is drawn at the start only, so the seed is all of chance.

    Attributes:
        identity: what was run, see `stylenet.descent.identity`.
        sizes: list of (height, width, steps) of the sizes that were begun, coarse to fine.
        done: steps taken at the last of them.
        history: the records of all steps taken, as `stylenet.descent.callbacks.History` has them.
        seconds: that they took.
        arrays: name -> float array: the picture, the optimiser's moments, the averages; a dict, or
            LazyArrays.
    """

    identity: dict
    sizes: list
    done: int
    history: list
    seconds: float
    arrays: dict

    def in_memory(self):
        """The same with all its arrays in memory, to be sent to another process."""
        return replace(self, arrays=dict(self.arrays))

    @property
    def iteration(self):
        """Steps taken at all sizes."""
        return sum(steps for _, _, steps in self.sizes[:-1]) + self.done


class StateFile:
    """A state and, in case the last write or the disk fails, the one before it.

    Args:
        path: the file.

    Attributes:
        path: as given.
        previous: that of the state before, `.previous` added to the name.
    """

    def __init__(self, path):
        self.path = Path(path)
        self.previous = self.path.with_name(self.path.name + ".previous")

    def exists(self):
        """Whether there is a state, or one before it."""
        return self.path.exists() or self.previous.exists()

    def write(self, state):
        """Write a state whole, flushed to disk; the one before stays under its other name.

        Raises:
            OutputError: it cannot be written; the states that were there still are.
        """
        known = ("identity", "sizes", "done", "history", "seconds")
        info = {"format": FORMAT} | {name: getattr(state, name) for name in known}
        text = np.frombuffer(json.dumps(info).encode(), np.uint8)
        whole = whole_file(self.path, keep_as=self.previous)
        with whole as file, zipfile.ZipFile(file, "w") as archive:
            _write_array(archive, "info", text)
            for name in state.arrays:  # `np.savez` would ask for all of them at once
                _write_array(archive, name, state.arrays[name])

    def read(self):
        """The last state that is whole and of a format known here.

        Returns:
            RunState, and a sentence about a newer one that could not be used, or None.

        Raises:
            StateError: there is none.
        """
        faults = []
        for path in (self.path, self.previous):
            try:
                state = _read(path)
            except StateError as error:
                faults.append(str(error))
            else:
                going_on = f" Going on from {path}, saved after {state.iteration} steps."
                return state, faults[0] + going_on if faults else None
        raise StateError(f"{faults[0]} There is no older state either; {BEGIN_ANEW}.")

    def drop_previous(self):
        """Remove the state before the last, which nobody needs of a run that is finished."""
        self.previous.unlink(missing_ok=True)


def _write_array(archive, name, array):
    """Add an array as `np.savez` does."""
    with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
        np.lib.format.write_array(entry, np.asanyarray(array), allow_pickle=False)


def _stored(path, name):
    """An array of a file that `StateFile` wrote."""
    with np.load(path, allow_pickle=False) as stored:
        return stored[name]


def _read(path):
    """A state, every byte of which is as it was written.

    Raises:
        StateError: it is not.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            damaged = archive.testzip()  # each entry's checksum
        if damaged:
            raise ValueError(damaged)
        with np.load(path, allow_pickle=False) as stored:
            for name in stored.files:
                stored[name]  # is no array that cannot be read later
            names = [name for name in stored.files if name != "info"]
        info = json.loads(_stored(path, "info").tobytes())
        arrays = LazyArrays(names, partial(_stored, path))
        form = info.pop("format")
        state = RunState(**info, arrays=arrays) if form == FORMAT else None
    except FileNotFoundError:
        raise StateError(f"There is no state {path}.") from None
    except Exception as error:  # whatever zip, NumPy and JSON stumble over in a damaged file
        raise StateError(f"The state {path} is damaged ({type(error).__name__}).") from error
    if state is None:
        raise StateError(
            f"The state {path} is of format {form}, expected {FORMAT}, of another version."
        )
    return state
