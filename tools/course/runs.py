"""Small runs on the sample pictures, which the figures of the course are made of."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from CNNStyleNet import CNNStyleNet

IMAGES = Path(__file__).parents[2] / "images"
CONTENT, STYLES = "content_harbour", ("style_swirls", "style_woodblock")
FROM_NOISE = {"initial": "noise"}
LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")


@dataclass(frozen=True)
class Scale:
    """How large and how long the runs of the figures are.

    Attributes:
        width: of the results, pixels.
        steps: of a run.
    """

    width: int = 192
    steps: int = 60


def sample(name):
    """The path of a sample picture."""
    return str(IMAGES / f"{name}.jpg")


def net_of(scale, styles=STYLES[:1], content=CONTENT, **options):
    """A CNNStyleNet on sample pictures, by name, or arrays; seed 0."""
    content, *styles = [
        sample(picture) if isinstance(picture, str) else picture for picture in (content, *styles)
    ]
    return CNNStyleNet(content, styles, **{"width": scale.width, "epochs": scale.steps} | options)


def descend(scale, **options):
    """Every record of a run; see `net_of`."""
    records = []
    with net_of(scale, **options) as net:
        net.fit([records.append])
    return records


def mean_distance(a, b):
    """Mean absolute difference of two pictures, in grey levels."""
    return float(np.abs(np.clip(a, 0, 255) - np.clip(b, 0, 255)).mean())
