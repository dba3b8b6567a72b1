"""Regions in the graph: a mask for each style, and the content untouched outside all of them."""

import numpy as np
import tensorflow as tf

from stylenet.network.variables import FedVariables


class Regions:
    """The masks of the generated picture.

    Args:
        image_t: (1, H, W, 3), what the optimiser changes.
        count: number of styles, each with a mask.

    Attributes:
        image_t: (1, H, W, 3), `image_t` inside the masks and the content outside.
        masks: number of style -> variable (1, H, W, 1), 0 to 1.
        held: name -> tensor, the content and the place of the masks that `image_t` is made of.
    """

    def __init__(self, image_t, count):
        self._fed = FedVariables()
        with tf.name_scope("regions"):
            self.masks = {
                number: self._fed.add(f"mask_{number + 1}", (1, None, None, 1))
                for number in range(count)
            }
            self._content_var = self._fed.add("content", (1, None, None, 3))
            self._inside_var = self._fed.add("inside", (1, None, None, 1))
            content_t = tf.ensure_shape(self._content_var.read_value(), (1, None, None, 3))
            inside_t = tf.ensure_shape(self._inside_var.read_value(), (1, None, None, 1))
            self.held = {"content": content_t, "inside": inside_t}
            self.image_t = image_t * inside_t + content_t * (1 - inside_t)

    def load(self, session, masks, content):
        """Set the masks and the content.

        Args:
            session: of the graph.
            masks: list of (H, W, 1), 0 to 1, one for each style.
            content: (1, H, W, 3) in the network's space.
        """
        inside = np.clip(np.sum(masks, axis=0), 0, 1)
        values = [(self.masks[number], mask[None]) for number, mask in enumerate(masks)]
        values += [(self._content_var, content), (self._inside_var, inside[None])]
        self._fed.load(session, values)


def resized_mask(mask_t, features_t):
    """A mask (1, H, W, 1) averaged down to the size of a layer (1, H_l, W_l, C); None stays."""
    return None if mask_t is None else mask_of_size(mask_t, tf.shape(features_t)[1:3])


def mask_of_size(mask_t, size_t):
    """A mask (1, H, W, 1) averaged down to a height and width."""
    return tf.image.resize(mask_t, size_t, method="area")
