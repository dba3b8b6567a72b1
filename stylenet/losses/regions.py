"""Regions in the graph: where each style is asked for, and the content outside all of them."""

import numpy as np
import tensorflow as tf

from stylenet.network.variables import FedVariables


class Masks:
    """Places of the generated picture, 0 to 1.

    Args:
        name: of what they are.
        count: one for each style, one for all, or none.

    Attributes:
        variables: list of (1, H, W, 1).
    """

    def __init__(self, name, count):
        self._fed = FedVariables()
        shape = (1, None, None, 1)
        with tf.name_scope(f"{name}_masks"):
            self.variables = [self._fed.add(f"{name}_{n + 1}", shape) for n in range(count)]

    def load(self, session, masks):
        """Set them to a list of (H, W, 1)."""
        if self.variables:
            pairs = zip(self.variables, masks, strict=True)
            self._fed.load(session, [(variable, mask[None]) for variable, mask in pairs])


def mask_number(style, count):
    """Which of so many masks is that of a style; None where there are none."""
    return min(style, count - 1) if count else None


class Regions:
    """The generated picture inside the masks of the styles, and the content outside of all.

    Args:
        image_t: (1, H, W, 3), what the optimiser changes.

    Attributes:
        image_t: (1, H, W, 3), `image_t` inside the masks and the content outside.
        held: name -> tensor, the content and the place of the masks that `image_t` is made of.
    """

    def __init__(self, image_t):
        self._fed = FedVariables()
        with tf.name_scope("regions"):
            self._content_var = self._fed.add("content", (1, None, None, 3))
            self._inside_var = self._fed.add("inside", (1, None, None, 1))
            content_t = tf.ensure_shape(self._content_var.read_value(), (1, None, None, 3))
            inside_t = tf.ensure_shape(self._inside_var.read_value(), (1, None, None, 1))
            self.held = {"content": content_t, "inside": inside_t}
            self.image_t = image_t * inside_t + content_t * (1 - inside_t)

    def load(self, session, masks, content):
        """Set the place of the masks and the content.

        Args:
            session: of the graph.
            masks: list of (H, W, 1), 0 to 1, one for each style.
            content: (1, H, W, 3) in the network's space.
        """
        inside = np.clip(np.sum(masks, axis=0), 0, 1)
        values = [(self._content_var, content), (self._inside_var, inside[None])]
        self._fed.load(session, values)


def resized_mask(mask_t, features_t):
    """A mask (1, H, W, 1) averaged down to the size of a layer (1, H_l, W_l, C); None stays."""
    return None if mask_t is None else mask_of_size(mask_t, tf.shape(features_t)[1:3])


def mask_of_size(mask_t, size_t):
    """A mask (1, H, W, 1) averaged down to a height and width."""
    return tf.image.resize(mask_t, size_t, method="area")
