"""The 16 convolutions of VGG-19 as a Markdown table: what the README's step 2 shows."""

import re

from stylenet.network.layers import CONTENT_LAYER, LAYERS, STYLE_LAYERS, Convolution, Pooling
from stylenet.network.model_files import EMBEDDED
from stylenet.network.network_file import read_network

SIDE = 512  # pixels of the picture the sizes are for
BLOCK_CHANNELS = (64, 128, 256, 512, 512)  # of the real network (Simonyan & Zisserman 2014)
USED_FOR = dict.fromkeys(STYLE_LAYERS, "style") | {CONTENT_LAYER: "content"}
_BETWEEN = re.compile(r"(?<=<!-- layers -->\n).*?(?=<!-- /layers -->)", re.DOTALL)


def with_layer_table(text):
    """A text with the table between its markers `<!-- layers -->`."""
    return _BETWEEN.sub(lambda _: layer_table(), text)


def layer_table():
    """Layer, size, channels, stride and receptive field, in order of depth."""
    embedded = read_network(EMBEDDED["small"]).biases
    rows = [
        f"| layer | size at {SIDE}² | channels | in the small network | stride | sees | for |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, stride, field in receptive_fields():
        relu = name.replace("conv", "relu")
        rows.append(
            f"| {relu} | {SIDE // stride} × {SIDE // stride} | {BLOCK_CHANNELS[int(name[4]) - 1]} "
            f"| {embedded[name].size} | {stride} | {field} | {USED_FOR.get(relu, '')} |"
        )
    return "\n".join(rows) + "\n"


def receptive_fields():
    """(convolution, stride, receptive field), both in pixels of the picture.

    A window of k positions, `stride` pixels apart, sees (k - 1) stride more than one of them.
    """
    stride, field = 1, 1
    for layer in LAYERS:
        if isinstance(layer, Convolution):
            field += 2 * stride
            yield layer.name, stride, field
        elif isinstance(layer, Pooling):
            field += stride
            stride *= 2
