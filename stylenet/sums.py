"""Sums over the positions of a layer, of the whole that is in the graph or inside a window."""


class Sums:
    """What one loss term needs to know of a picture.

    Args:
        layer: name of the layer whose positions are counted; None: the pixels themselves.
        build: window or None -> tuple of tensors; builds them in the graph.

    Attributes:
        tensors: over all positions.
    """

    def __init__(self, layer, build):
        self.layer, self._build = layer, build
        self.tensors = build(None)

    def inside(self, window_t):
        """Over the positions in a window (top, bottom, left, right), int32 (4,)."""
        return self._build(window_t)
