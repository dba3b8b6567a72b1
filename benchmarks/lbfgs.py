"""What L-BFGS itself costs beside the evaluations of the loss: time and memory.

python -m benchmarks.lbfgs [--width 512]
"""

import argparse
import statistics
import time
from itertools import pairwise
from pathlib import Path

from CNNStyleNet import CNNStyleNet
from stylenet.descent.callbacks import ProgressBar
from stylenet.descent.lbfgs import Lbfgs

EVALUATIONS = 16  # enough for ten pairs to be remembered


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lbfgs", description=__doc__)
    parser.add_argument("--width", type=int, default=512, help="width of the result in pixels")
    width = parser.parse_args().width
    own, tell = [], Lbfgs.tell

    def timed(search, value, gradient):
        begin = time.perf_counter()
        tell(search, value, gradient)
        search.point  # noqa: B018, what the next evaluation begins with
        own.append(time.perf_counter() - begin)

    Lbfgs.tell = timed
    pictures = [str(Path("images") / name) for name in ("content_harbour.jpg", "style_swirls.jpg")]
    options = {"width": width, "epochs": EVALUATIONS, "scales": 1, "precision": "float32"}
    with CNNStyleNet(*pictures, **options) as net:
        net.fit([ProgressBar(EVALUATIONS)])
        times = net.result.history.column("seconds")
        held = sum(array.nbytes for array in net.run_state().arrays.values())
        height, width = net._image_content.shape[:2]
    steps = [after - before for before, after in pairwise(times)]
    step, own = statistics.median(steps[-5:]), statistics.median(own[-5:])
    print("| figure | measured |\n| --- | --- |")
    print(f"| a step at {width} x {height}, float32 | {step:.2f} s |")
    print(f"| of it L-BFGS itself, ten pairs remembered | {1000 * own:.0f} ms, {own / step:.3f} |")
    print(f"| held between two steps | {held / (height * width):.0f} bytes a pixel |")


if __name__ == "__main__":
    main()
