"""The same run without and with the total variation term, and the difference."""

import numpy as np

from MLPreProcess import read_image, resize_to_width
from tools.canvas import labelled, table, thumbnail
from tools.course.runs import CONTENT, descend, sample

GREY = 128


def draw(scale):
    """(figure, total variation of the two results and of the content)."""
    without, with_term = (
        descend(scale, weight_regularization=weight)[-1].image for weight in (0, 100)
    )
    difference = GREY + without - with_term
    shown = {"gamma = 0": without, "gamma = 100": with_term, "difference": difference}
    pictures = [labelled(thumbnail(image, scale.width), text) for text, image in shown.items()]
    content = resize_to_width(read_image(sample(CONTENT)), scale.width)
    numbers = {"without": without, "with": with_term, "content": content}
    return table([pictures]), {name: _variation(image) for name, image in numbers.items()}


def _variation(image):
    """Equation 7, in NumPy."""
    return float((np.diff(image, axis=0) ** 2).mean() + (np.diff(image, axis=1) ** 2).mean())
