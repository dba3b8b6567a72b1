"""How soon the loss of neural-style's published method is reached, and how far beyond one gets.

    python -m benchmarks.convergence [--width 256] [--network FILE] [--pairs 3] [--steps 1000]

The baseline is neural-style's method: one size, Adam at rate 10 throughout, a start from noise,
1000 iterations, its weights. Against it stands the default of this program with ever more steps.
Losses are those of the last picture at full size, in float32; times are those of `fit`.
"""

import argparse
import time
from pathlib import Path

from tqdm.auto import tqdm

from CNNStyleNet import CNNStyleNet
from stylenet.callbacks import ProgressBar

PAIRS = (
    ("content_harbour", "style_swirls"),
    ("content_still_life", "style_woodblock"),
    ("content_lane", "style_glass"),
)
BASELINE = {"scales": 1, "learning_rate": 10.0, "learning_rate_end": 10.0, "optimizer": "adam"}
BASELINE |= {"beta2": 0.999, "precision": "float32", "initial": "noise"}
STEPS = (10, 15, 20, 30, 40, 60, 80, 120, 160, 200)


def main():
    """Print a table of ratios for each pair."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.convergence", description=__doc__)
    parser.add_argument("--width", type=int, default=256, help="width of the result in pixels")
    parser.add_argument("--network", help="a .mat file; found as main1.py does without it")
    parser.add_argument("--pairs", type=int, default=3, help="number of picture pairs, 1 to 3")
    parser.add_argument("--steps", type=int, default=1000, help="steps of the baseline")
    arguments = parser.parse_args()
    columns = (
        "pair",
        "baseline loss",
        "baseline time",
        "steps to reach it",
        "time",
        "default loss",
    )
    print(f"| {' | '.join(columns)} |")
    print("| --- " * len(columns) + "|")
    for content, style in PAIRS[: arguments.pairs]:
        paths = [Path("images") / f"{name}.jpg" for name in (content, style)]
        print(_row(f"{content}, {style}", paths, arguments))


def _row(name, paths, arguments):
    loss, seconds = run(paths, arguments, epochs=arguments.steps, **BASELINE)
    for steps in tqdm(STEPS, leave=False, unit="run"):
        reached, time_taken = run(paths, arguments, epochs=steps)
        if reached <= loss:
            break
    default, _ = run(paths, arguments)
    ratio = f"1/{seconds / time_taken:.0f}" if reached <= loss else "not reached"
    return f"| {name} | {loss:.4g} | {seconds:.0f} s | {steps} | {ratio} | {default / loss:.2f} |"


def run(paths, arguments, **options):
    """(total loss at the end, seconds of the fit) of one run."""
    options = {"width": arguments.width} | options
    with CNNStyleNet(*map(str, paths), arguments.network, **options) as net:
        net.model().loss().optimizer()
        begin = time.perf_counter()
        net.fit([ProgressBar(net._epochs)])
        seconds = time.perf_counter() - begin
        image = net._last_record.image
    return float32_loss(paths, arguments, image), seconds


def float32_loss(paths, arguments, image):
    """The total loss of a picture at full size, in float32 whatever it was painted in."""
    options = {"width": arguments.width, "scales": 1, "epochs": 1, "precision": "float32"}
    with CNNStyleNet(*map(str, paths), arguments.network, **options) as judge:
        judge.fit([])
        judge._problem.set_image(image[None] - judge._norm_mean_matrix)
        ((losses, _),) = judge._problem.state()
        return losses.total


if __name__ == "__main__":
    main()
