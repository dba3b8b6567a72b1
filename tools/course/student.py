"""The same run by VGG-19 and by the small network, which was trained to stand for it."""

import time

from tools.canvas import labelled, table, thumbnail
from tools.course.runs import net_of

PAIRS = (("content_harbour", "style_swirls"), ("content_lane", "style_glass"))
NETWORKS = {"vgg19": "VGG-19, the teacher", "small": "the small network, its student"}
WIDER = 5 / 3  # than the other figures


def draw(scale):
    """(figure, time of a step of VGG-19 over that of the small network)."""
    width = round(WIDER * scale.width)
    rows, seconds = [], dict.fromkeys(NETWORKS, 0.0)
    for content, style in PAIRS:
        row = []
        for network, title in NETWORKS.items():
            image, taken = _painted(scale, content, style, vgg_mat_file=network, width=width)
            row.append(labelled(thumbnail(image, width), title))
            seconds[network] += taken
        rows.append(row)
    return table(rows), {"ratio": seconds["vgg19"] / seconds["small"]}


def _painted(scale, content, style, **options):
    """(result, seconds of its steps)."""
    times = []
    with net_of(scale, styles=[style], content=content, **options) as net:
        net.fit([lambda _: times.append(time.perf_counter())])
        return net.result.image(), times[-1] - times[0]
