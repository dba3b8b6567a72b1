"""How steady painted clips are, and what a frame costs.

Run: python -m benchmarks.video [--network FILE] [--count N]. Clips of which the motion is known
exactly (`tools/clips.py`) are painted, a part of their frames one by one too. With the small
network, 320 px and 48 frames it takes about half an hour.
"""

import argparse
import statistics
import tempfile
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from CNNStyleNet import CNNStyleNet
from stylenet.network.model_files import find_network
from stylenet.pictures.picture_set import Reference
from stylenet.video.clips import first_of
from stylenet.video.flow import warped
from stylenet.video.frame import paint_frame
from stylenet.video.frame_store import FrameStore
from stylenet.video.painter import ClipPainter
from stylenet.video.references import Memory
from stylenet.video.writing import write_clip
from tools.clips import COUNT, IMAGES, RATE, journey, passing, still
from tools.clips import frames as frames_of

ALONE = 6  # frames that are painted one by one, from the middle of the clip


def temporal_error(images, known):
    """Mean absolute difference to the frame before, moved as is true, where that is seen.

    Args:
        images: painted frames, uint8 (H, W, 3).
        known: list of `tools.clips.Known` of the same frames.
    """
    errors = []
    for (before, image), truth in zip(pairwise(images), known[1:], strict=True):
        apart = np.abs(image - warped(before.astype(np.float32), truth.flow))
        errors.append(apart[truth.seen].mean())
    return float(np.mean(errors))


def painted(clip, style, network, count, folder):
    """(ClipPainter, its net, list of Known, painted frames) of a known clip."""
    known = list(clip(count=count))
    write_clip(folder / "clip.mkv", frames_of(known), RATE)
    network = find_network(network).path
    net = CNNStyleNet(folder / "clip.mkv", style, network, width=320, precision="float32")
    painter = ClipPainter(net, FrameStore(folder / "frames"))
    net.load_image_content_style(pictures=painter.first).load_model_info()
    painter.store.begin(painter.identity(), anew=True)
    for _ in painter.paint():
        pass
    images = [painter.store.read(number) for number in range(count)]
    return painter, net, known, images


def alone(painter, net, numbers):
    """Frames painted one by one, as pictures that know nothing of each other."""
    images = []
    for number in numbers:
        content = painter.sized(first_of(painter.clip, number))
        pictures = replace(painter.first, content=content, reference=Reference.none(content))
        images.append(paint_frame(net, pictures)[0])
    return images


def style_ratio(painter, net, images):
    """The style loss of the last frame / of the first, each as a picture of its own."""
    found = []
    for number in (0, len(images) - 1):
        content = painter.sized(first_of(painter.clip, number))
        options = net.options.as_dict() | {"epochs": 1, "width": None}
        network = net.network()
        with CNNStyleNet(content, painter.first.styles[0], **options) as plain:
            plain.load_model_info(network).fit([])
            found.append(plain.losses_of(images[number]).style)
    return found[1] / found[0]


def flow_seconds(painter, images):
    """Seconds that the reference of a frame takes, median."""
    memory, times = Memory(), []
    for frame, image in zip(painter.clip.frames(), images[:12], strict=False):
        content, begin = painter.sized(frame), time.perf_counter()
        memory.reference(content)
        times.append(time.perf_counter() - begin)
        memory.add(content, image)
    return statistics.median(times[5:])


def tell(clip, style, network, count):
    """Paint a clip, and print its figures."""
    with tempfile.TemporaryDirectory() as folder:
        painter, net, known, images = painted(clip, style, network, count, Path(folder))
        rows = painter.store.rows()
        middle = range(count // 2, min(count, count // 2 + ALONE))
        steady = temporal_error(images, known)
        part = [known[number] for number in middle]
        lone = temporal_error(alone(painter, net, middle), part)
        style_change = style_ratio(painter, net, images)
        net.close()
        seconds = flow_seconds(painter, images)
    means = np.array([image.mean(axis=(0, 1)) for image in images])
    later = statistics.median(row["seconds"] for row in rows[2:])
    print(clip.__name__)
    print(f"  temporal error {steady:.2f}, one by one {lone:.2f}: {steady / lone:.2f}")
    print(f"  drift of the mean colour {np.abs(means - means[0]).max():.2f} levels")
    apart = np.abs(images[-1].astype(float) - images[1]).mean()
    print(f"  last frame to the second {apart:.2f} levels")
    print(f"  style loss last / first {style_change:.2f}")
    print(f"  time of a later frame / of the first {later / rows[0]['seconds']:.2f}")
    print(f"  flow and reliability / a later frame {seconds / later:.2f}", flush=True)


def main():
    """Paint and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--network", default="small")
    parser.add_argument("--style", default=IMAGES / "style_swirls.jpg")
    parser.add_argument("--count", type=int, default=COUNT)
    arguments = parser.parse_args()
    for clip in (journey, passing, still):
        tell(clip, arguments.style, arguments.network, arguments.count)


if __name__ == "__main__":
    main()
