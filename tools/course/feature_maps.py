"""The content as five layers see it: the four channels of each that vary most."""

import numpy as np

from tools.canvas import enlarged, labelled, table, thumbnail
from tools.course.runs import LAYERS, net_of

SHOWN = 4  # channels of a layer
WIDTH = 170  # of a map in the figure, pixels


def draw(scale):
    """(figure, share of answers that are 0, in per cent, at each layer)."""
    layers, width = ",".join(LAYERS), 2 * scale.width
    with net_of(scale, content_layers=layers, width=width) as net:
        features = net.model().extract_content_features()
        content = thumbnail(net._image_content, WIDTH)
    rows = [[_map(layer, features[layer][0], rank) for layer in LAYERS] for rank in range(SHOWN)]
    for row, label in zip(rows, ("the harbour", *[""] * (SHOWN - 1)), strict=True):
        row.insert(0, labelled(content, label) if label else _nothing(content))
    silent = {f"silent_{layer}": 100 * float((features[layer] == 0).mean()) for layer in LAYERS}
    return table(rows), silent


def _map(layer, features, rank):
    """The channel of that rank by its deviation, as a grey picture, white its largest answer."""
    channel = np.argsort(-features.std(axis=(0, 1)))[rank]
    answers = features[..., channel]
    grey = np.repeat(255 * answers[..., np.newaxis] / answers.max(), 3, axis=2)
    return labelled(enlarged(grey, WIDTH), f"{layer}, channel {channel}")


def _nothing(picture):
    return thumbnail(np.full((picture.height, picture.width, 3), 255), picture.width)
