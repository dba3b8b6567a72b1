"""The gradient of each loss term as a picture: at the content, and on the way from noise."""

import numpy as np
import tensorflow as tf

from tools.canvas import labelled, table, thumbnail
from tools.course.runs import FROM_NOISE, net_of

TERMS = ("content", "style", "total variation")
GREY, REACH = 128, 110  # what 0 is shown as, and the largest gradients


def draw(scale):
    """(figure, root mean square of the gradients of content and style at the content)."""
    # One evaluation of L-BFGS sets all targets and leaves the picture where it is.
    at_content = _gradients(scale, epochs=1)
    on_the_way = _gradients(scale, epochs=max(1, scale.steps // 4), **FROM_NOISE)
    rows = [
        [labelled(thumbnail(image, scale.width), text) for text, image in shown.items()]
        for shown in (_pictures("content", at_content), _pictures("on the way", on_the_way))
    ]
    strength = {f"{name}_at_content": _rms(at_content[1][name]) for name in ("content", "style")}
    return table(rows), strength


def _gradients(scale, **options):
    """(picture, term -> downhill direction, both (H, W, 3)) after a short run."""
    records = []
    with net_of(scale, **options) as net:
        net.fit([records.append])
        terms = net._loss_content_op, net._loss_style_op, net._loss_total_var_op
        with net._session.graph.as_default():
            gradients = [tf.gradients(term, net._image_var)[0] for term in terms]
        values = net._session.run(gradients)
    return records[-1].image, {name: -value[0] for name, value in zip(TERMS, values, strict=True)}


def _pictures(title, state):
    image, downhill = state
    shown = {title: image}
    for name, direction in downhill.items():
        largest = np.percentile(np.abs(direction), 99) or 1
        shown[f"downhill: {name}"] = GREY + REACH * direction / largest
    return shown


def _rms(gradient):
    return float(np.sqrt((gradient**2).mean()))
