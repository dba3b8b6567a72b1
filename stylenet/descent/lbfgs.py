"""L-BFGS with a line search, in NumPy: minimises f, told its value and gradient where it asks.

Liu & Nocedal 1989; the two loops are algorithm 7.4 of Nocedal & Wright, "Numerical Optimization",
the conditions of the line search its equations 3.6. There is no loop over evaluations here: whoever
has f, here `stylenet.descent.quasi_newton`, asks for `point` and tells what f is there. So a search
can be stopped after any evaluation, and goes on from its `arrays`.
"""

import math
from collections import deque

import numpy as np

DECREASE = 1e-4  # c1: a step must bring this part of what the slope promises
CURVATURE = 0.9  # c2: and leave at most this part of the slope
FIRST_CHANGE = 15.0  # root mean square of the first trial's change: nothing is known of its scale
MOST_TRIALS = 6  # of one line search
BAND = 1 << 15  # rows of an array that are worked on at once

# What a search knows besides arrays: how many pairs it may remember; what value and gradient are
# told in; value and slope where the line begins; the length of the next trial; the best length so
# far, 0 to begin with, with its value and slope; the shortest length that was too far, 0 for none;
# trials on this line; what the metric is multiplied by, 0 while nothing is known.
SCALARS = (
    *("memory", "unit", "value", "slope", "trial"),
    *("low", "low_value", "low_slope", "high", "trials", "scale"),
)


class Lbfgs:
    """A search for the minimum of a function of an array.

    Args:
        start: float32 array of any shape.
        memory: pairs of steps and changes of the gradient to be remembered.
        precondition: array -> array of the same shape, a symmetric positive definite matrix times
            it; the identity by default.

    Attributes:
        point: where the value and the gradient of f are wanted next.
    """

    def __init__(self, start, memory, precondition=np.copy):
        self._x, self._precondition = start, precondition
        self._gradient = self._direction = None
        self._steps, self._changes = deque(), deque()  # s and y, oldest first
        self._curvatures = deque()  # s^T y of each
        self._at = dict.fromkeys(SCALARS, 0.0) | {"memory": memory}

    @property
    def point(self):
        """The next trial x + t d; the start itself to begin with."""
        return self._on_the_line(self._at["trial"])

    @property
    def best(self):
        """The point with the lowest value so far."""
        return self._on_the_line(self._at["low"])

    def _on_the_line(self, length):
        if self._direction is None or not length:
            return self._x
        point = self._direction * np.float32(length)
        point += self._x
        return point

    def tell(self, value, gradient):
        """Take note of f at `point`.

        Args:
            value: of f there; infinite or NaN where that is too far to have one.
            gradient: array, which is this object's from now on.
        """
        at = self._at
        at["unit"] = at["unit"] or _largest(gradient) or 1.0  # so that squares fit into float32
        gradient /= np.float32(at["unit"])
        value /= at["unit"]
        if self._direction is None:
            self._gradient, at["value"] = gradient, value
            return self._set_out()
        slope = dot(gradient, self._direction)
        at["trials"] += 1
        enough = at["value"] + DECREASE * at["trial"] * at["slope"]
        if not value <= min(enough, at["low_value"]):
            at["high"] = at["trial"]
            at["trial"] = self._shorter(value)
        elif slope >= CURVATURE * at["slope"] or at["trials"] >= MOST_TRIALS:
            return self._arrive(value, slope, gradient)
        else:
            before = at["low"], at["low_slope"]
            at["low"], at["low_value"], at["low_slope"] = at["trial"], value, slope
            at["trial"] = self._longer(*before)
        if at["trials"] >= MOST_TRIALS:
            self._give_up()
        return None

    def _shorter(self, value):
        """Where the parabola through the low end and the trial is lowest, inside the two."""
        at = self._at
        width = at["trial"] - at["low"]
        bend = value - at["low_value"] - at["low_slope"] * width
        share = -at["low_slope"] * width / (2 * bend) if math.isfinite(bend) and bend > 0 else 0.1
        return at["low"] + width * min(max(share, 0.1), 0.5)

    def _longer(self, before, slope_before):
        """Where the slope would be 0 if it went on changing so, at most four times as far."""
        at = self._at
        if at["high"]:
            return (at["low"] + at["high"]) / 2
        flatter = at["low_slope"] - slope_before
        further = 4.0
        if flatter > 0:
            further = 1 - at["low_slope"] / flatter * (1 - before / at["low"])
        return at["low"] * min(max(further, 1.5), 4.0)

    def _give_up(self):
        """A line that leads nowhere: begin anew from the best point of it, no pair remembered."""
        self._x = self.best
        self._forget()
        self._direction = None  # so that value and gradient are asked for there again
        kept = {name: self._at[name] for name in ("memory", "unit", "scale")}
        self._at = dict.fromkeys(SCALARS, 0.0) | kept

    def _forget(self):
        for remembered in (self._steps, self._changes, self._curvatures):
            remembered.clear()

    def _arrive(self, value, slope, gradient):
        """Take the step to the trial, remember it, and set out from there."""
        at = self._at
        step, change = self._direction, self._gradient
        step *= np.float32(at["trial"])
        np.subtract(gradient, change, out=change)
        self._x = self._x + step
        self._gradient = gradient
        curvature = at["trial"] * (slope - at["slope"])
        width = dot(change, self._precondition(change))
        if curvature > 0 and width > 0:
            if len(self._steps) >= at["memory"]:
                for remembered in (self._steps, self._changes, self._curvatures):
                    remembered.popleft()
            self._steps.append(step)
            self._changes.append(change)
            self._curvatures.append(curvature)
            at["scale"] = curvature / width
        at["value"] = value
        self._set_out()

    def _set_out(self):
        """Choose the direction and the first trial along it."""
        at = self._at
        self._direction = self._downhill()
        at["slope"] = dot(self._gradient, self._direction)
        if at["slope"] >= 0 and self._steps:  # rounding: the pairs no longer lead downhill
            self._forget()
            self._direction = self._downhill()
            at["slope"] = dot(self._gradient, self._direction)
        at["low_slope"] = at["slope"]
        at["low_value"], at["low"], at["high"], at["trials"] = at["value"], 0.0, 0.0, 0.0
        at["trial"] = 1.0

    def _downhill(self):
        """-H times the gradient, H the approximate inverse of the Hessian: the two loops."""
        direction = np.negative(self._gradient)
        shares = []
        pairs = list(zip(self._steps, self._changes, self._curvatures, strict=True))
        for step, change, curvature in reversed(pairs):
            shares.append(dot(step, direction) / curvature)
            add(direction, -shares[-1], change)
        direction = self._precondition(direction)
        direction *= np.float32(self._at["scale"] or _first_scale(direction))
        for (step, change, curvature), share in zip(pairs, reversed(shares), strict=True):
            add(direction, share - dot(change, direction) / curvature, step)
        return direction

    def arrays(self):
        """All it knows, as arrays by name, not copied: good until the next `tell`."""
        arrays = {"x": self._x, "at": np.array([self._at[name] for name in SCALARS])}
        if self._direction is not None:
            arrays |= {"gradient": self._gradient, "direction": self._direction}
        for number, (step, change) in enumerate(zip(self._steps, self._changes, strict=True)):
            arrays |= {f"step_{number}": step, f"change_{number}": change}
        return arrays | {"curvatures": np.array(self._curvatures, np.float64)}

    @classmethod
    def restored(cls, arrays, precondition=np.copy):
        """A search as it was when `arrays` gave these, which are its own from now on."""
        search = cls(arrays["x"], 0, precondition)
        search._at = dict(zip(SCALARS, map(float, arrays["at"]), strict=True))
        search._gradient, search._direction = arrays.get("gradient"), arrays.get("direction")
        search._curvatures = deque(map(float, arrays["curvatures"]))
        for number in range(len(search._curvatures)):
            search._steps.append(arrays[f"step_{number}"])
            search._changes.append(arrays[f"change_{number}"])
        return search


def dot(a, b):
    """The inner product of two float32 arrays, to more digits than one sum in float32 has.

    Row by row and by one thread: BLAS would wake threads that those of the network wait for.
    """
    rows = a.reshape(-1, a.shape[-1] * a.shape[-2] if a.ndim > 1 else 1)
    return float(np.einsum("ij,ij->i", rows, b.reshape(rows.shape)).sum(dtype=np.float64))


def add(array, factor, other):
    """array += factor other, band by band, so that no third array of their size is needed."""
    rows, others = array.view(), other.reshape(-1, array.shape[-1])
    rows.shape = others.shape  # never a copy, which `reshape` might make
    for top in range(0, len(rows), BAND):
        rows[top : top + BAND] += np.float32(factor) * others[top : top + BAND]


def _largest(array):
    """The largest absolute value; 0 where there is none that is finite."""
    largest = max(float(array.max()), -float(array.min()))
    return largest if math.isfinite(largest) else 0.0


def _first_scale(direction):
    mean_square = dot(direction, direction) / direction.size
    return FIRST_CHANGE / math.sqrt(mean_square) if mean_square else 0.0
