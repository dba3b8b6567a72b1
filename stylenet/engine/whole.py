"""Pictures through the network in one piece."""

import numpy as np
import tensorflow as tf

from stylenet.engine.graph import no_gradient
from stylenet.network.feeds import checked_feed
from stylenet.pictures.levels import preprocess


class Whole:
    """One run of the session for each picture, and for each step.

    `stylenet.engine.tiled.Tiled` does the same tile by tile; who uses one need not ask which.

    Args:
        graph: Graph.
    """

    def __init__(self, graph):
        self._graph = graph

    def content(self, image):
        """P: layer name -> features (1, H_l, W_l, C_l) of a content picture (H, W, 3), 0-255."""
        batch = preprocess(image, self._graph.mean_pixel)
        feed = checked_feed(self._graph.content_holder, batch)
        return self._graph.session.run(self._graph.content_features, feed)

    def style(self, image, mask=None):
        """A: layer name -> statistic of a style picture.

        Args:
            image: float32 (H, W, 3), 0-255.
            mask: float32 (H, W, 1), what counts of it; None: all.
        """
        graph = self._graph
        feed = checked_feed(graph.style_holder, preprocess(image, graph.mean_pixel))
        if mask is not None:
            feed |= checked_feed(graph.style_mask_holder, mask[None])
        return graph.session.run(graph.style_statistics.tensors, feed)

    def aim(self, pictures, content, styles):
        """Set what the losses compare with.

        Args:
            pictures: PictureSet of a size.
            content: what `content` gave of its content picture.
            styles: layer name -> list of statistics, of its styles.
        """
        self._graph.set_regions(pictures)
        self._graph.objective.load_content(self._graph.session, content)
        self._graph.objective.load_styles(self._graph.session, styles)
        if self._graph.temporal:
            objective, reference = self._graph.objective, pictures.reference
            objective.load_reference(self._graph.session, reference)
            objective.load_new(self._graph.session, reference.new_weight)

    def evaluate(self, *ops, feed=None):
        """Losses and picture, see `Graph.evaluation_of`, and the values of ops of the same picture.

        Where a loss is not finite, the ops' values are None; to say so is up to who looks at it.

        Raises:
            NotFiniteError: the gradient is not, though the loss is; the pixels stay as they are.
        """
        graph = self._graph
        try:
            values, *others = graph.session.run([graph.fetched_ops, *ops], feed)
        except tf.errors.InvalidArgumentError as error:
            if "gradient" not in error.message:
                raise
            values, loss = graph.session.run([graph.fetched_ops, graph.objective.ops["total"]])
            others = [None] * len(ops)
            if np.isfinite(loss):
                raise no_gradient(self._steepest()) from error
        return (graph.evaluation_of(values), *others)

    def step(self, train_op, feed, changing, report):
        """Change the picture by an op, and report what was before.

        Args:
            train_op: changes the picture by `Graph.gradient_op`.
            feed: that op's.
            changing: () -> context manager, entered while the picture changes.
            report: called with what `Graph.evaluation_of` gives.
        """
        with changing():
            before, _ = self.evaluate(train_op, feed=feed)
        report(*before)

    def _steepest(self):
        """The term whose gradient is not finite at the pixels as they are."""
        graph = self._graph
        terms = {name: op for name, op in graph.objective.ops.items() if name != "total"}
        with graph.session.graph.as_default():
            for name, term_op in terms.items():
                (gradient_t,) = tf.gradients(term_op, [graph.image_var])
                if gradient_t is not None and not np.isfinite(graph.session.run(gradient_t)).all():
                    return name
        return "total"  # each is finite, their sum is not
