"""How soon the loss of neural-style's published method is reached, and how far beyond one gets.

    python -m benchmarks.convergence [--width 256] [--network FILE] [--pairs 3] [--steps 1000]
                                     [--picture FILE]

The baseline is neural-style's method: one size, Adam at rate 10 throughout, a start from noise,
1000 iterations, its weights. Times are those of `fit`, as parts of the baseline's; losses are those
of pictures at full size, in float32, as multiples of the baseline's last. Without a file the
network has the real one's widths and random filters (He et al. 2015).
"""

import argparse
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.full_width import write_random_network
from CNNStyleNet import CNNStyleNet
from stylenet.callbacks import ProgressBar
from tools.canvas import labelled, table, thumbnail

PAIRS = (
    ("content_harbour", "style_swirls"),
    ("content_still_life", "style_woodblock"),
    ("content_lane", "style_glass"),
)
BASELINE = {"scales": 1, "learning_rate": 10.0, "learning_rate_end": 10.0, "beta2": 0.999}
RUNS = {
    "the default": {},
    "L-BFGS, one size": {"optimizer": "lbfgs", "scales": 1, "epochs": 120},
    "L-BFGS, three sizes": {"optimizer": "lbfgs", "scales": 3, "epochs": 140},
}
LARGEST = 384  # pixels of a picture's longer side where they are shown
NEAR = 1.05  # of the baseline's last loss: what hardly anyone sees
COLUMNS = ("pair", "run", "steps", "time", "loss", "within 5 % after", "as low after")


def main():
    """Print a table, a few rows for each pair."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.convergence", description=__doc__)
    parser.add_argument("--width", type=int, default=256, help="width of the result in pixels")
    parser.add_argument("--network", help="a .mat file instead of random filters")
    parser.add_argument("--pairs", type=int, default=3, help="number of picture pairs, 1 to 3")
    parser.add_argument("--steps", type=int, default=1000, help="steps of the baseline")
    parser.add_argument("--picture", help="write the results side by side")
    arguments = parser.parse_args()
    print(f"| {' | '.join(COLUMNS)} |\n{'| --- ' * len(COLUMNS)}|", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        network = arguments.network or Path(folder) / "random.mat"
        if not arguments.network:
            write_random_network(network)
        rows = []
        for content, style in PAIRS[: arguments.pairs]:
            paths = [Path("images") / f"{name}.jpg" for name in (content, style)]
            runs = _runs(paths, network, arguments)
            rows.append([labelled(thumbnail(run.image, LARGEST), name) for name, run in runs])
            for name, run in runs:
                row = _row(name, run, baseline=runs[0][1])
                print(f"| {content}, {style} | {row} |", flush=True)
    if arguments.picture:
        table(rows).save(arguments.picture, quality=88)


def _runs(paths, network, arguments):
    """[(name, Run)], the baseline first."""
    runs = {"neural-style's method": {"epochs": arguments.steps, **BASELINE}, **RUNS}
    return [
        (name, descend(paths, network, arguments.width, **options))
        for name, options in runs.items()
    ]


def _row(name, run, baseline):
    """The cells of a run, in terms of the baseline."""
    whole = baseline.curve[-1][0]
    cells = [name, run.steps, _part(run.curve[-1][0], whole), f"{run.loss / baseline.loss:.3f}"]
    for wanted in (NEAR * baseline.loss, baseline.loss):
        times = [seconds for seconds, loss in run.curve if loss <= wanted]
        cells.append(_part(times[0], whole) if times else "not reached")
    return " | ".join(map(str, cells))


def _part(seconds, whole):
    return f"1/{whole / seconds:.1f}" if seconds < whole else f"{seconds:.0f} s"


@dataclass(frozen=True)
class Run:
    """What a run did.

    Attributes:
        steps: of all sizes.
        loss: total, of the result.
        image: the result, float32 (H, W, 3), 0-255.
        curve: [(seconds since the run began, total loss)] of every picture at full size.
    """

    steps: int
    loss: float
    image: np.ndarray
    curve: list


def descend(paths, network, width, **options):
    """The Run of the pictures of two paths; options as of CNNStyleNet."""
    curve = []
    options = {"width": width, "precision": "float32"} | options
    with CNNStyleNet(*map(str, paths), str(network), **options) as net:
        net.model().loss().optimizer()
        full = net._image_content.shape
        begin = time.perf_counter()

        def keep(record):
            if record.image.shape == full:
                curve.append((time.perf_counter() - begin, record.losses.total))

        net.fit([keep, ProgressBar(net._epochs)])
        last = net._last_record
        return Run(net._epochs, last.losses.total, last.image, curve)


if __name__ == "__main__":
    main()
