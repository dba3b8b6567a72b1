"""What the small network is worth beside VGG-19, whose student it is.

    python -m benchmarks.student [--width 256] [--pair CONTENT STYLE …] [--sheet FILE]

Each pair is painted by both, as many evaluations each, in float32 and at one size. VGG-19's loss of
the student's picture / of its own is what the student costs, the time of a step what it saves.
"""

import argparse
import statistics
from itertools import pairwise, product
from pathlib import Path

from tqdm.auto import tqdm

import MLPreProcess as pictures
from CNNStyleNet import CNNStyleNet
from stylenet.options.options import Options
from tools.canvas import labelled, table, thumbnail

IMAGES = Path("images")
CONTENTS, STYLES = ("harbour", "lane", "still_life"), ("swirls", "glass", "woodblock", "dots")


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.student", description=__doc__)
    parser.add_argument("--width", type=int, default=256, help="of the pictures, in pixels")
    parser.add_argument("--pair", nargs=2, action="append", metavar="FILE", help="pictures")
    parser.add_argument("--sheet", metavar="FILE", help="the pictures side by side")
    arguments = parser.parse_args()
    rows, ratios, steps = [], [], []
    print("| content, style | loss | step |\n| --- | --- | --- |")
    for content, style in tqdm(arguments.pair or sample_pairs(), unit="pair"):
        (small, small_step, _), (large, large_step, net) = (
            painted(content, style, name, arguments.width) for name in ("small", "vgg19")
        )
        with net:
            loss, own = (net.losses_of(image).total for image in (small, large))
        ratios.append(loss / own)
        steps.append(small_step / large_step)
        name = f"{Path(content).stem}, {Path(style).stem}"
        tqdm.write(
            f"| {name} | {loss:.2f} / {own:.2f} = {ratios[-1]:.2f} | 1/{1 / steps[-1]:.1f} |"
        )
        rows.append(row(content, style, small, large, arguments.width))
    print(f"| median | {statistics.median(ratios):.2f} | 1/{1 / statistics.median(steps):.1f} |")
    print(f"| worst | {max(ratios):.2f} | 1/{1 / max(steps):.1f} |")
    if arguments.sheet:
        table(rows).save(arguments.sheet, quality=92)


def sample_pairs():
    """Every sample content with every sample style."""
    return [
        (str(IMAGES / f"content_{content}.jpg"), str(IMAGES / f"style_{style}.jpg"))
        for content, style in product(CONTENTS, STYLES)
    ]


def painted(content, style, network, width):
    """(picture, seconds of a step, the net, which is still open)."""
    options = {"width": width, "scales": 1, "precision": "float32"}
    net = CNNStyleNet(content, style, network, **options).fit([])
    times = net.result.history.column("seconds")
    step = statistics.median(after - before for before, after in pairwise(times))
    if network == "small":
        net.close()
    return net.result.image(), step, net


def row(content, style, small, large, width):
    """Content, style, the student's picture and the teacher's."""
    shown = [pictures.read_image(path) for path in (content, style)] + [small, large]
    names = "content", "style", f"small, {Options().epochs} evaluations", "VGG-19"
    pairs = zip(shown, names, strict=True)
    return [labelled(thumbnail(image, width), name) for image, name in pairs]


if __name__ == "__main__":
    main()
