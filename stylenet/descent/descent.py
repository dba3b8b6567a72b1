"""A descent of the pixels: coarse to fine, step by step, stopped and gone on with at any step."""

from collections import ChainMap
from copy import copy
from dataclasses import replace

import numpy as np

from stylenet.descent.adam import Adam
from stylenet.descent.averaging import IterateAverage
from stylenet.descent.checkpoint import RunState
from stylenet.descent.lazy_arrays import LazyArrays
from stylenet.descent.quasi_newton import QuasiNewton
from stylenet.disk.inputs import readable
from stylenet.errors import MissingStepError, PictureError
from stylenet.pictures.levels import preprocess
from stylenet.pictures.resampling import resample
from stylenet.pictures.sizes import sizes_from
from stylenet.pictures.start import start_image

OPTIMIZERS = {"adam": Adam, "lbfgs": QuasiNewton}


class Descent:
    """An optimiser over the sizes of a run, with the averages of what it goes through.

    Args:
        graph: Graph, with the gradient of its loss.
        options: Options.

    Attributes:
        optimizer, train_step, steps_are_trials: as of `stylenet.descent.adam.Adam`.
    """

    def __init__(self, graph, options):
        self._graph, self._options = graph, options
        self._method = OPTIMIZERS[options.optimizer](graph, options)
        self.optimizer, self.train_step = self._method.optimizer, self._method.train_step
        self.steps_are_trials = self._method.steps_are_trials
        self._engine, self._sizes, self._begun, self._stopped = None, [], [], None

    def begin_run(self, pictures, state=None):
        """Begin a run, or go on with one.

        A frame of a clip that follows others begins near its end: it takes fewer steps, all of
        them at its own size.

        Args:
            pictures: PictureSet, at full size.
            state: RunState to go on from, or None.

        Returns:
            list of (height, width), coarse to fine: what `begin_size` is to be called for.
        """
        options, self._stopped, self._begun = self._options, state, []
        behind = state.sizes if state else []
        plan = (options.frame_epochs, 1) if pictures.follows else (options.epochs, options.scales)
        self._sizes = sizes_from(behind, *pictures.content.shape[:2], *plan)
        return [size[:2] for size in self._sizes[max(0, len(behind) - 1) :]]

    def begin_size(self, engine, pictures, remembered=None):
        """Begin at the next size: from the picture reached at the one before, or at the start.

        Args:
            engine: Whole or Tiled, aimed at the pictures.
            pictures: PictureSet of the size.
            remembered: steps that L-BFGS remembers; None: as many as the options say.
        """
        state, self._stopped = self._stopped, None
        number = len(state.sizes) - 1 if state else len(self._begun)
        steps, size = self._sizes[number][2], pictures.content.shape[:2]
        if state:
            self._method.restore(engine, state.arrays, state.done, steps)
        elif not number:
            start = start_image(self._options, pictures, self._graph.mean_pixel)
            self._method.begin(engine, start, steps, True, remembered)
        else:
            enlarged = resample(self._reached()[0], *size)[np.newaxis]
            self._method.begin(engine, enlarged, steps, False, remembered)
        self._engine = engine
        self._begin_averages(state)
        self._begun = self._sizes[: number + 1]

    def _begin_averages(self, state):
        """Averages of pictures and pixels: none yet, or those of the run that is gone on with."""
        self._averages = {n: IterateAverage(self._options.average) for n in ("picture", "pixels")}
        # Pictures seen at this size, and those that are in the averages. In tiles a picture is
        # there before its step is taken, so one more may be in them than steps are done.
        self._seen = self._averaged = state.done if state else 0
        if state and self._options.average:
            self._averaged = int(state.arrays["averaged"])
            for name, average in self._averages.items():
                average.restore({part: state.arrays[f"{name}_{part}"] for part in average.arrays()})

    @property
    def unfinished(self):
        """Whether steps are left at the size begun."""
        return self._method.done < self._begun[-1][2]

    def step(self, report):
        """Take a step.

        Args:
            report: called with (Losses, picture (H, W, 3)) on the way; the picture is the average
                of those so far, where there is one.
        """
        self._method.step(lambda losses, image, pixels: report(losses, self._shown(image, pixels)))
        if not self.unfinished:
            self._method.finish()

    def _shown(self, image, pixels):
        averages, number, self._seen = self._averages, self._seen, self._seen + 1
        if pixels is None:
            return image
        if number < self._averaged:
            return averages["picture"].now(image)
        self._averaged = -1  # until both averages have it
        averages["pixels"](pixels)
        shown = averages["picture"](image)
        self._averaged = number + 1
        return shown

    def finish(self, report):
        """Report what all steps came to."""
        if self._options.average:
            report(*self.evaluated(self._reached()))
        else:
            (found,) = self._engine.evaluate()
            report(*found[:2])

    def _reached(self):
        """What the steps at a size came to, in the network's space: the last iterate or average."""
        return copy(self._averages["pixels"])(self._graph.image())

    def evaluated(self, batch):
        """(Losses, picture (H, W, 3)) of any pixels (1, H, W, 3); those of the run stay."""
        pixels = self._graph.image()
        self._graph.set_image(batch)
        try:
            (found,) = self._engine.evaluate()
        finally:
            self._graph.set_image(pixels)
        return found[:2]

    def losses_of(self, image):
        """The Losses of a picture (H, W, 3), 0-255.

        Raises:
            PictureError: it has another size than the run has come to.
            MissingStepError: there was no run yet.
        """
        if not self._begun:
            raise MissingStepError("losses_of() builds on fit(): call fit() first.")
        height, width, _ = self._begun[-1]
        shape = getattr(image, "shape", None)
        if shape is None or len(shape) != 3 or shape[2] != 3:
            raise PictureError(
                f"losses_of() got {f'an array {shape}' if shape else readable(image)}, expected an "
                "array (height, width, 3); MLPreProcess.read_image makes one of a file."
            )
        if image.dtype.kind == "f" and 0 < image.max() <= 1:
            raise PictureError("losses_of() got floats from 0 to 1, expected 0-255.")
        if image.shape[:2] != (height, width):
            raise PictureError(
                f"Losses are of a picture of {width} x {height} pixels, got {image.shape[1]} x "
                f"{image.shape[0]}; resize it with MLPreProcess.resize_image."
            )
        return self.evaluated(preprocess(image, self._graph.mean_pixel))[0]

    def run_state(self, identity, records, seconds, lazy=False):
        """The run between two steps; None before the first, and after one that broke off half way.

        Args:
            identity: of the run, see `stylenet.descent.identity`.
            records: of all pictures so far, as `stylenet.descent.callbacks.History` has them.
            seconds: that the steps took.
            lazy: its arrays are got one by one as they are asked for, until the next step; memory
                need not hold them all.
        """
        done = self._method.done
        if done is None or not self._begun or (self._options.average and self._averaged < done):
            return None
        averages = {"averaged": np.array(self._averaged)} if self._options.average else {}
        for name, average in self._averages.items():
            averages |= {f"{name}_{part}": array for part, array in average.arrays().items()}
        reached = self._method.arrays()
        arrays = LazyArrays([*reached, *averages], ChainMap(reached, averages).__getitem__)
        if not lazy:
            arrays = {name: np.array(arrays[name]) for name in arrays}
        state = RunState(identity, self._begun, self._method.done, [], seconds, arrays)
        return replace(state, history=records[: state.iteration])
