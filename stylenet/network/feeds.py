"""Feeding placeholders, with the shapes checked before TensorFlow sees them."""

import numpy as np

from stylenet.errors import FeedShapeError


def checked_feed(holder, array):
    """The feed dict for one placeholder.

    Args:
        holder: a placeholder; None in its shape stands for any size of 1 or more.
        array: the value.

    Returns:
        dict for `Session.run`.

    Raises:
        FeedShapeError: the shapes do not fit; names the placeholder and both.
    """
    wanted, got = holder.shape.as_list(), np.shape(array)
    fits = len(wanted) == len(got) and all(
        size == expected or (expected is None and size > 0)
        for size, expected in zip(got, wanted, strict=True)
    )
    if not fits:
        shape = ", ".join("any" if size is None else str(size) for size in wanted)
        raise FeedShapeError(
            f"The placeholder {holder.op.name} takes arrays of shape ({shape}), got {got}; "
            "pictures go in as (1, height, width, 3), see MLPreProcess.preprocess."
        )
    return {holder: array}
