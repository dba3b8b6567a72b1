"""The objective in the graph: alpha L_content + beta L_style + gamma L_tv, its targets fed."""

import tensorflow as tf

from stylenet.losses import STATISTICS, content_loss, total_variation_loss
from stylenet.variables import FedVariables


class Objective:
    """The losses of a picture whose layers are given.

    The targets are variables of any size, so the same graph serves pictures of every size.

    Args:
        image_t: (1, H, W, 3), the generated picture in the network's space.
        layers: layer name -> tensor (1, H_l, W_l, C_l) of that picture.
        options: Options; the weights and the name of the style statistic.
        content_weights: layer name -> weight.
        style_terms: list of StyleTerm.
        masks: number of style -> tensor (1, H, W, 1), or {}.

    Attributes:
        total_op, content_op, style_op, tv_op: weighted scalars, total = content + style + tv.
        part_ops: name -> weighted scalar, the content and style loss of each layer.
    """

    def __init__(self, image_t, layers, options, content_weights, style_terms, masks):
        self._statistic = STATISTICS[options.style_statistic]
        self._targets = FedVariables()
        self._content_targets, self._style_targets = {}, {}
        self.part_ops = {}
        with tf.name_scope("content_loss"):
            parts = self._content_parts(layers, content_weights)
            self.content_op = self._sum("content", parts, options.weight_image_content)
        with tf.name_scope("style_loss"):
            parts = self._style_parts(layers, style_terms, masks)
            self.style_op = self._sum("style", parts, options.weight_image_style)
        with tf.name_scope("total_variation_loss"):
            self.tv_op = options.weight_regularization * total_variation_loss(image_t)
        self.total_op = tf.add_n([self.content_op, self.style_op, self.tv_op], name="total_loss")

    def load(self, session, content_features, style_features):
        """Set the targets.

        Args:
            session: of the graph.
            content_features: layer name -> (1, H_l, W_l, C_l).
            style_features: layer name -> list of statistics, one for each style.
        """
        values = [(var, content_features[layer]) for layer, var in self._content_targets.items()]
        values += [
            (var, style_features[layer][number])
            for (layer, number), var in self._style_targets.items()
        ]
        self._targets.load(session, values)

    def _content_parts(self, layers, weights):
        parts = {}
        for name, weight in weights.items():
            with tf.name_scope(name):
                shape = (1, None, None, layers[name].shape[-1])
                target_var = self._targets.add("target", shape)
                self._content_targets[name] = target_var
                parts[name] = weight * content_loss(layers[name], target_var)
        return parts

    def _style_parts(self, layers, terms, masks):
        """Layer name -> weighted distances of its statistic to those of the styles."""
        parts, statistics = {}, {}
        for term in terms:
            features_t = layers[term.layer]
            with tf.name_scope(f"{term.layer}_style_{term.style + 1}"):
                key = term.layer, term.style if masks else None
                if key not in statistics:
                    mask_t = resized_mask(masks.get(term.style), features_t)
                    statistics[key] = self._statistic.of(features_t, mask_t)
                shape = self._statistic.shape(features_t.shape[-1])
                target_var = self._targets.add("target", shape)
                self._style_targets[term.layer, term.style] = target_var
                distance_t = term.weight * self._statistic.loss(statistics[key], target_var)
            parts[term.layer] = parts.get(term.layer, 0.0) + distance_t
        return parts

    def _sum(self, name, parts, weight):
        weighted = {layer: weight * part_t for layer, part_t in parts.items()}
        self.part_ops |= {f"{name}/{layer}": part_t for layer, part_t in weighted.items()}
        return tf.add_n(list(weighted.values()))


def resized_mask(mask_t, features_t):
    """A mask (1, H, W, 1) averaged down to the size of a layer (1, H_l, W_l, C); None stays."""
    if mask_t is None:
        return None
    return tf.image.resize(mask_t, tf.shape(features_t)[1:3], method="area")
