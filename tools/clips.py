"""Clips of which the motion is known exactly, to try and to measure the painting of video with.

Run: python -m tools.clips FOLDER, which writes them as .mp4 files.
"""

import argparse
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from stylenet.pictures.reading import read_image
from stylenet.video.clips import Frame
from stylenet.video.writing import write_clip

IMAGES = Path(__file__).parents[1] / "images"
RATE = Fraction(24)
FINER = 3  # how much finer pictures are drawn than they are, in width and height
COUNT = 48


@dataclass(frozen=True)
class Known:
    """A frame, and the truth about what moved.

    Attributes:
        image: uint8 (H, W, 3).
        flow: float32 (H, W, 2), where each pixel was in the frame before; None of a first frame.
        seen: bool (H, W), where that shows the same thing; None likewise.
    """

    image: np.ndarray
    flow: np.ndarray | None
    seen: np.ndarray | None


def journey(name="harbour", count=COUNT, size=(208, 320)):
    """A camera that moves over a sample picture: to the right, nearer, a little on the slant."""
    picture = read_image(IMAGES / f"content_{name}.jpg")
    views = [_view(picture.shape, size, number / (COUNT - 1)) for number in range(count)]
    before = None
    for view in views:
        image = _drawn(picture, view, size)
        yield Known(image, *(_moved(view, before, size) if before is not None else (None, None)))
        before = view


def _view(shape, size, part):
    """The 2 x 3 matrix from pixels of a frame to those of the picture, part 0-1 of the way."""
    zoom = (0.80 - 0.18 * part) * shape[1] / size[1]
    turn = np.deg2rad(4 * np.sin(np.pi * part))
    middle = shape[1] * (0.42 + 0.16 * part), shape[0] * (0.52 - 0.04 * part)
    cos, sin = zoom * np.cos(turn), zoom * np.sin(turn)
    across, down = (size[1] - 1) / 2, (size[0] - 1) / 2
    return np.array(
        [
            [cos, -sin, middle[0] - cos * across + sin * down],
            [sin, cos, middle[1] - sin * across - cos * down],
        ]
    )


def _drawn(picture, view, size):
    """What a view shows of a picture, uint8; each pixel the mean of finer ones."""
    fine = view.copy()
    fine[:, 2] += view[:, :2] @ [0.5 / FINER - 0.5, 0.5 / FINER - 0.5]
    fine[:, :2] /= FINER
    shape = size[1] * FINER, size[0] * FINER
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    drawn = cv2.warpAffine(picture, fine, shape, flags=flags, borderMode=cv2.BORDER_REFLECT)
    small = cv2.resize(drawn, size[::-1], interpolation=cv2.INTER_AREA)
    return np.rint(np.clip(small, 0, 255)).astype(np.uint8)


def _moved(view, before, size):
    """(flow to the frame before, where that shows the same)."""
    back = np.linalg.inv(np.vstack([before, [0, 0, 1]])) @ np.vstack([view, [0, 0, 1]])
    rows, columns = np.indices(size, np.float64)
    there = np.tensordot(back[:2], np.stack([columns, rows, np.ones(size)]), axes=1)
    flow = np.stack([there[0] - columns, there[1] - rows], axis=-1).astype(np.float32)
    inside = (there >= 0).all(axis=0) & (there[0] <= size[1] - 1) & (there[1] <= size[0] - 1)
    return flow, inside


def passing(name="lane", count=COUNT, size=(208, 320), radius=34, pace=4.5):
    """A still shot through which a ball rolls."""
    picture = read_image(IMAGES / f"content_{name}.jpg")
    still = _drawn(picture, _view(picture.shape, size, 0.5), size).astype(np.float32)
    rows, columns = np.indices(size, np.float32)
    before = None
    for number in range(count):
        middle = 30 + pace * number, 0.68 * size[0] + 10 * np.sin(number / 5)
        across, down = (columns - middle[0]) / radius, (rows - middle[1]) / radius
        far = np.hypot(across, down)
        cover = np.clip((1 - far) * radius + 0.5, 0, 1)[..., None]
        image = np.rint(still * (1 - cover) + _ball(across, down) * cover).astype(np.uint8)
        flow = seen = None
        if before is not None:
            flow = np.where(far[..., None] < 1, np.float32(before[0]) - np.float32(middle), 0)
            flow = flow.astype(np.float32)
            was = np.hypot(columns - before[0][0], rows - before[0][1]) < radius + 1
            seen = (far < 1) | ~was
        yield Known(image, flow, seen)
        before = (middle,)


def _ball(across, down):
    """A striped ball lit from above."""
    height = np.sqrt(np.clip(1 - across**2 - down**2, 0, 1))
    light = np.clip(0.35 + 0.75 * (0.45 * height - 0.6 * down - 0.3 * across), 0.2, 1.15)
    striped = (np.sin(9 * across + 3 * np.sin(2 * down)) > 0)[..., None]
    return np.clip(np.where(striped, (205, 60, 40), (240, 205, 120)) * light[..., None], 0, 255)


def still(name="harbour", count=COUNT, size=(208, 320)):
    """A shot in which nothing moves."""
    (image,) = (known.image for known in journey(name, 1, size))
    known = np.zeros((*size, 2), np.float32), np.ones(size, bool)
    for number in range(count):
        yield Known(image, *(known if number else (None, None)))


def cut(count=COUNT, size=(208, 320)):
    """A journey over one picture, and from the middle on over another."""
    yield from journey("harbour", count // 2, size)
    yield from journey("still_life", count - count // 2, size)


CLIPS = {"journey": journey, "passing": passing, "still": still, "cut": cut}


def frames(clip):
    """Known frames as those of a clip."""
    return (Frame(known.image, number / RATE) for number, known in enumerate(clip))


def main():
    """Write all of them."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    for name, clip in CLIPS.items():
        write_clip(folder / f"{name}.mp4", frames(clip()), RATE)
        print(folder / f"{name}.mp4")


if __name__ == "__main__":
    main()
