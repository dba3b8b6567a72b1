"""What a worker of a cluster does: tiles of a picture, or whole runs, with a net it keeps warm.

A worker gets the network once; the graph of a net is built when the first piece of its work comes.
"""

import platform
import signal
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import tensorflow as tf
from distributed import WorkerPlugin, get_worker

from stylenet import __version__
from stylenet.descent.checkpoint import RunState
from stylenet.errors import ClusterError, StyleNetError
from stylenet.network.sessions import make_session
from stylenet.video.frame import paint_frame

# Features are computed anew where a run goes on, which costs less than a step: 1 in 20 is little.
FEWEST_STEPS = 20


def versions():
    """What must be the same on all machines, for their results to be: name -> version."""
    return {
        "CNN-StyleNet": __version__,
        "TensorFlow": tf.__version__,
        "NumPy": np.__version__.split(".")[0],
        "Python": ".".join(platform.python_version_tuple()[:2]),
    }


def memory_limit(dask_worker):
    """Bytes that a worker was given at its start; None where it was given no limit."""
    return dask_worker.memory_manager.memory_limit


def check_versions(address, theirs, ours):
    """Refuse a worker by name.

    Raises:
        ClusterError: a version differs.
    """
    for name, version in ours.items():
        if theirs.get(name) != version:
            raise ClusterError(
                f"The worker {address} has {name} {theirs.get(name, 'none')}, expected {version} "
                "as here; install the same there and start it again."
            )


class LocalWorker(WorkerPlugin):
    """What a worker has to do with the terminal that it shares with the run."""

    def setup(self, worker):
        """Called by Dask as the worker starts: Ctrl-C there is for the run, which ends it all."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)


class Workplace(WorkerPlugin):
    """The network on a worker, and what was last made of it.

    Dask brings it to every worker, also to those that start later.

    Args:
        name: of the network, its fingerprint.
        network: `stylenet.network.layers.Network`.
        ours: the versions that a worker must have.
    """

    def __init__(self, name, network, ours):
        self.name, self._network, self._ours = name, network, ours
        self._lock = self._made_by = self._made = self._session = None

    def setup(self, worker):
        """Called by Dask as the worker starts, or at once."""
        check_versions(worker.address, versions(), self._ours)
        self._lock = threading.Lock()

    def teardown(self, worker):
        """Called by Dask at the end."""
        self._close()

    @contextmanager
    def net(self, recipe):
        """The net of a NetRecipe, for one thread at a time."""
        with self._kept(recipe) as net:
            yield net

    def work(self, recipe, name, tile, arrays, shared):
        """The result over one tile of a unit of work of a TileRecipe."""
        with self._kept(recipe) as works:
            return works[name](tile, arrays, *shared)

    @contextmanager
    def _kept(self, recipe):
        """What is made by a recipe; kept for who asks for the same next."""
        with self._lock:
            if recipe != self._made_by:
                self._close()
                # One thread, whatever the machine has: how many decides the last digits.
                self._session = make_session(tf.Graph(), threads=1)
                self._made = recipe.made(self._network, self._session)
                self._made_by = recipe
            yield self._made

    def _close(self):
        if self._session is not None:
            self._session.close()
        self._made_by = self._made = self._session = None


def work_on_tile(place, recipe, name, tile, arrays, shared):
    """A task: one tile. `place` is the name of a Workplace."""
    return get_worker().plugins[place].work(recipe, name, tile, arrays, shared)


@dataclass(frozen=True)
class Assignment:
    """A run to be taken up by any worker.

    Attributes:
        recipe: NetRecipe.
        pictures: PictureSet.
        state: RunState to go on from, or None.
        free_memory: bytes it can have, or None where nobody knows.
        finish: net after `fit` -> what is wanted of it.
    """

    recipe: object
    pictures: object
    state: RunState | None
    free_memory: float | None
    finish: object


@dataclass(frozen=True)
class Stage:
    """How far a run came.

    Attributes:
        state: RunState, or None while there is none that is whole.
        finished: whether it is over.
        result: what `finish` gave; None while the run is not over, or where it has no result.
        error: a StyleNetError that ended it, or None.
    """

    state: RunState | None
    finished: bool = False
    result: object = None
    error: StyleNetError | None = None


class _EnoughError(Exception):
    """Ends a stage from inside `fit`."""


class _Stint:
    """A callback that ends the stage after so many seconds, where something would be kept of it."""

    def __init__(self, net, seconds):
        self._net, self._end = net, time.monotonic() + seconds
        self._begun = None

    def __call__(self, record):
        if self._begun is None:
            self._begun = record.iteration
        if time.monotonic() < self._end or record.iteration < self._begun + FEWEST_STEPS:
            return
        state = self._net.run_state()
        if state and state.iteration > self._begun:
            raise _EnoughError


def paint(place, assignment, seconds):
    """A task: take up a run for about so many seconds; returns its Stage."""
    with get_worker().plugins[place].net(assignment.recipe) as net:
        net.load_image_content_style(pictures=assignment.pictures)
        net.free_memory = assignment.free_memory
        try:
            net.fit([_Stint(net, seconds)], assignment.state)
        except _EnoughError:
            return Stage(net.run_state().in_memory())
        except StyleNetError as error:
            return Stage(None, True, _result(net, assignment), error)
        return Stage(net.run_state().in_memory(), True, _result(net, assignment))


def _result(net, assignment):
    return None if net.result is None else assignment.finish(net)


def paint_one_frame(place, recipe, pictures, free_memory):
    """A task: one frame of a clip, see `stylenet.video.frame.paint_frame`."""
    with get_worker().plugins[place].net(recipe) as net:
        net.free_memory = free_memory
        return paint_frame(net, pictures)
