"""A picture as a sum of coarser and coarser pictures: what a quasi-Newton method goes by.

The losses are far steeper along fine grain than along broad forms, so that a descent by pixels
spends its steps on grain. In the coefficients c of a Laplacian pyramid (Burt & Adelson 1983),

    x = c_0 + w U c_1 + w^2 U U c_2,

where U enlarges twofold, a broad form is a change of a few coefficients. A descent by c is one by
pixels whose gradient is first multiplied by A A^T, with A what maps c to x: that product is all
that is needed here, and nothing but pictures is kept.
"""

import numpy as np

LEVELS = 3  # the pixels, and two coarser pictures
WEIGHT = 0.7  # w: what each coarser picture counts, measured (`benchmarks/README.md`)


def by_pyramid(gradient, levels=LEVELS, weight=WEIGHT):
    """A A^T times a gradient of pixels.

    Args:
        gradient: float32 (1, H, W, C).
        levels: of the pyramid, the pixels among them.
        weight: w.

    Returns:
        float32 (1, H, W, C), a new array.
    """
    if levels == 1 or min(gradient.shape[1:3]) < 2:
        return gradient.copy()
    coarser = by_pyramid(enlarged_transposed(gradient), levels - 1, weight)
    broad = enlarged(coarser, *gradient.shape[1:3])
    broad *= np.float32(weight**2)
    return np.add(gradient, broad, out=np.empty(gradient.shape, gradient.dtype))


def enlarged(batch, height, width):
    """U: bilinear, twofold. (1, ceil(height / 2), ceil(width / 2), C) -> (1, height, width, C)."""
    rows = _enlarged_along(batch, 1)[:, :height]
    return _enlarged_along(rows, 2)[:, :, :width]


def enlarged_transposed(batch):
    """U^T: (1, H, W, C) -> (1, ceil(H / 2), ceil(W / 2), C)."""
    return _transposed_along(_transposed_along(batch, 1), 2)


def _enlarged_along(batch, axis):
    """Each value at a quarter and three quarters of the way between its neighbours' places."""
    near = np.moveaxis(batch, axis, 0)
    far = np.concatenate([near[:1], near, near[-1:]])
    shape = list(near.shape)
    shape[0] *= 2
    result = np.empty(shape, batch.dtype)
    for first, others in ((0, far[:-2]), (1, far[2:])):
        result[first::2] = 3 * near + others
    result /= 4
    return np.moveaxis(result, 0, axis)


def _transposed_along(batch, axis):
    """What `_enlarged_along` does, transposed; an odd length lacks its last place."""
    fine = np.moveaxis(batch, axis, 0)
    even, odd = fine[0::2], fine[1::2]
    result = 3 * even
    result[: len(odd)] += 3 * odd
    result[:-1] += even[1:]  # a place before its own value looks at the value before, too
    result[0] += even[0]
    result[1 : len(odd) + 1] += odd[: len(result) - 1]
    if len(odd) == len(even):
        result[-1] += odd[-1]
    result /= 4
    return np.moveaxis(result, 0, axis)
