"""The same run with the total variation term at three weights."""

import numpy as np

from MLPreProcess import read_image, resize_to_width
from tools.canvas import enlarged, labelled, table, thumbnail
from tools.course.runs import CONTENT, descend, sample

WEIGHTS = (0, 100, 10000)


def draw(scale):
    """(figure, total variation of the results and of the content)."""
    results = {w: descend(scale, weight_regularization=w)[-1].image for w in WEIGHTS}
    whole = [thumbnail(image, scale.width) for image in results.values()]
    details = [
        labelled(enlarged(_middle(image), scale.width), f"gamma = {weight}")
        for weight, image in results.items()
    ]
    numbers = {f"weight_{weight}": _variation(image) for weight, image in results.items()}
    content = resize_to_width(read_image(sample(CONTENT)), scale.width)
    return table([whole, details]), numbers | {"content": _variation(content)}


def _middle(image):
    """A third of its height and width, to see its grain."""
    height, width = (side // 3 for side in image.shape[:2])
    return image[height : 2 * height, width : 2 * width]


def _variation(image):
    """Equation 7, in NumPy."""
    return float((np.diff(image, axis=0) ** 2).mean() + (np.diff(image, axis=1) ** 2).mean())
