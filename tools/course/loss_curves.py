"""The lowest total loss so far, for several starts and optimisers."""

from unittest.mock import patch

import numpy as np
from matplotlib.figure import Figure

from tools.canvas import as_picture
from tools.course.runs import FROM_NOISE, descend

TIMES = 2  # as many steps as other runs: Adam has need of them
ADAM = {"optimizer": "adam"}
CONSTANT = ADAM | {"learning_rate_end": 10}

# Name, title, options, colour.
RUNS = (
    ("constant", "Adam at rate 10, from noise", CONSTANT | FROM_NOISE, "#999999"),
    ("falling", "Adam, falling rate, from noise", ADAM | FROM_NOISE, "#1f77b4"),
    ("content", "Adam, falling rate, from the content", ADAM, "#5a9a3c"),
    ("pixels", "L-BFGS by pixels, from the content", {}, "#d95f02"),
    ("noise", "L-BFGS by the pyramid, from noise", FROM_NOISE, "#8856a7"),
    ("pyramid", "L-BFGS by the pyramid, from the content", {}, "#222222"),
)


def draw(scale):
    """(figure, lowest total loss of each run half way and at the end, content loss of a start)."""
    figure = Figure(figsize=(9, 4.4))
    axes = figure.subplots()
    numbers = {}
    for name, title, options, colour in RUNS:
        records = _run(scale, name, options)
        lowest = np.minimum.accumulate([record.losses.total for record in records])
        axes.plot(lowest, color=colour, label=title)
        numbers[f"{name}_half"] = lowest[len(lowest) // 2]
        numbers[name] = lowest[-1]
        if name == "pyramid":
            numbers["content_first"] = records[0].losses.content
    axes.set_yscale("log")
    axes.set_xlabel("evaluations of loss and gradient")
    axes.set_ylabel("lowest total loss so far")
    axes.grid(alpha=0.25, which="both", linewidth=0.5)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="upper right", fontsize=9)
    figure.tight_layout()
    return as_picture(figure), numbers | {"steps": TIMES * scale.steps}


def _run(scale, name, options):
    """Every record of a run; the program has no way without the pyramid but this one."""
    steps = TIMES * scale.steps
    if name != "pixels":
        return descend(scale, epochs=steps, **options)
    with patch("stylenet.descent.quasi_newton.by_pyramid", np.copy):
        return descend(scale, epochs=steps, **options)
