"""Sums over the positions of a layer, of the whole that is in the graph or inside a window."""


class Sums:
    """What one loss term needs to know of a picture.

    Args:
        layer: name of the layer whose positions are counted; None: the pixels themselves.
        layer_t: tensor (1, H_l, W_l, C_l) of that layer; None likewise.
        build: window or None -> tuple of tensors; builds them in the graph.

    Attributes:
        tensors: over all positions.
    """

    def __init__(self, layer, layer_t, build):
        self.layer, self.layer_t, self._build = layer, layer_t, build
        self.tensors = build(None)

    def inside(self, window_t):
        """Over the positions in a window (top, bottom, left, right), int32 (4,)."""
        return self._build(window_t)


def flat(sums):
    """The tensors of a list of Sums."""
    return [tensor for item in sums for tensor in item.tensors]
