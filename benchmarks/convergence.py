"""How soon the loss of neural-style's published method is reached, and how far beyond one gets.

    python -m benchmarks.convergence [--widths 256 512] [--pairs 3] [--steps 1000]
                                     [--evaluations 240] [--picture FILE]

The baseline is the preset neural-style: one size, Adam at rate 10 throughout, from noise, 1000
iterations, its formula. Against it: the default's method on the same formula, and the default as it
is. Losses are those of neural-style's formula in float32, the best so far; where a run has other
terms, its pictures on the way are evaluated apart, and that takes none of its time. Times are those
of `fit`, as parts of the baseline's.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from CNNStyleNet import CNNStyleNet
from MLPreProcess import to_bytes
from stylenet.descent.callbacks import ProgressBar
from tools.canvas import labelled, table, thumbnail

PAIRS = (
    ("content_harbour", "style_swirls"),
    ("content_still_life", "style_woodblock"),
    ("content_lane", "style_glass"),
)
LOOKED_AT = 5  # every so many evaluations a picture of the run is kept to be evaluated
LARGEST = 384  # pixels of a picture's longer side where they are shown
COLUMNS = (
    "pair",
    "width",
    "their time",
    "as low after",
    "loss after twice that",
    "relative, saved",
)


def main():
    """Print a table, a row for each pair and width."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.convergence", description=__doc__)
    parser.add_argument("--widths", type=int, nargs="+", default=[256, 512], help="pixels")
    parser.add_argument("--pairs", type=int, default=3, help="number of picture pairs, 1 to 3")
    parser.add_argument("--steps", type=int, default=1000, help="steps of the baseline")
    parser.add_argument("--evaluations", type=int, default=240, help="of the default's method")
    parser.add_argument("--picture", help="write the results side by side")
    arguments = parser.parse_args()
    print(f"| {' | '.join(COLUMNS)} |\n{'| --- ' * len(COLUMNS)}|", flush=True)
    shown = []
    for width in arguments.widths:
        for pair in PAIRS[: arguments.pairs]:
            paths = [str(Path("images") / f"{name}.jpg") for name in pair]
            cells, pictures = _compared(paths, width, arguments)
            print(f"| {', '.join(pair)} | {width} | {' | '.join(cells)} |", flush=True)
            shown.append(pictures)
    if arguments.picture:
        table(shown).save(arguments.picture, quality=88)


def _compared(paths, width, arguments):
    """The cells of a row, and the pictures side by side."""
    theirs = descend(paths, width, preset="neural-style", epochs=arguments.steps)
    same = {"normalization": "neural-style", "weight_range": 0, "padding": "zero", "scales": 1}
    ours = descend(paths, width, epochs=arguments.evaluations, **same)
    default = descend(paths, width)
    goal, whole = min(theirs.losses), theirs.seconds[-1]
    with judge(paths, width, preset="neural-style") as net:
        curve = [(seconds, net.losses_of(image).total) for seconds, image in ours.kept]
    reached = next((seconds for seconds, loss in curve if loss <= goal), None)
    cells = [f"{whole:.0f} s", "not reached", f"{min(loss for _, loss in curve) / goal:.3f}"]
    if reached:
        beyond = min(loss for seconds, loss in curve if seconds <= 2 * reached)
        cells = [f"{whole:.0f} s", f"1/{whole / reached:.1f}", f"{beyond / goal:.3f}"]
    with judge(paths, width) as net:
        saved = [net.losses_of(to_bytes(run.image)).total for run in (default, theirs)]
    cells.append(f"{saved[0] / saved[1]:.2f}")
    names = ("neural-style's method", "the default's, same formula", "the default")
    runs = zip((theirs, ours, default), names, strict=True)
    return cells, [labelled(thumbnail(run.image, LARGEST), name) for run, name in runs]


@dataclass(frozen=True)
class Run:
    """What a run did.

    Attributes:
        seconds, losses: of every evaluation, by the run's own formula.
        kept: [(seconds, picture)] of some of them.
        image: the result, float32 (H, W, 3), 0-255.
    """

    seconds: list
    losses: list
    kept: list
    image: np.ndarray


def descend(paths, width, **options):
    """The Run of the pictures of two paths; options as of CNNStyleNet."""
    kept = []
    with CNNStyleNet(*paths, width=width, precision="float32", **options) as net:
        net.model().loss().optimizer()

        def keep(record):
            if record.iteration % LOOKED_AT == 0 and net.options.optimizer == "lbfgs":
                kept.append((record.seconds, record.image.copy()))

        net.fit([keep, ProgressBar(net._epochs)])
        seconds, losses = net.result.history.column("seconds"), net._losses_train
        return Run(seconds, losses, kept, net.result.record.image)


def judge(paths, width, **options):
    """A net to ask for the losses of any picture by the formula of some options."""
    options = {"width": width, "precision": "float32"} | options | {"epochs": 1, "scales": 1}
    return CNNStyleNet(*paths, **options).fit([])


if __name__ == "__main__":
    main()
