"""The objective in the graph: alpha L_content + beta L_style + gamma L_tv + L_range.

What it compares with is fed. Each term can be taken as it is (neural-style), or relative to what it
asks for: the content loss of a layer divided by mean(P^2), the style loss of a layer by mean(A^2),
the terms that look at the pixels by the mean(P^2) of the content. Then a weight means the same for
every pair of pictures, and each style layer counts as much as its share says, whatever the size of
its answers.
"""

import tensorflow as tf

from stylenet.losses.losses import (
    SMALL,
    STATISTICS,
    content_sums,
    inside,
    mean_of_sums,
    range_sums,
    square_sums,
    total_variation_of_sums,
    total_variation_sums,
)
from stylenet.losses.sums import Sums
from stylenet.network.variables import FedVariables


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
        mean_pixel: (3,), what the network's space lacks of 0-255.

    Attributes:
        total_op, content_op, style_op, tv_op, range_op: weighted scalars, total the sum of
            the others.
        part_ops: name -> weighted scalar, the content and style loss of each layer.
        sums: list of Sums; the losses are functions of these alone.
        inputs: name -> (layer, tensor), what besides the picture the sums depend on: targets
            "target/LAYER" and masks "mask_I/LAYER", each of the layer's height and width.
    """

    def __init__(self, image_t, layers, options, content_weights, style_terms, masks, mean_pixel):
        self._statistic = STATISTICS[options.style_statistic]
        self._relative = options.normalization == "relative"
        self._targets = FedVariables()
        self._content_targets, self._style_targets = {}, {}
        self.part_ops, self.sums, self.inputs = {}, [], {}
        with tf.name_scope("content_loss"):
            parts, energy_t = self._content_parts(layers, content_weights)
            self.content_op = self._sum("content", parts, options.weight_image_content)
        with tf.name_scope("style_loss"):
            parts = self._style_parts(layers, style_terms, masks)
            self.style_op = self._sum("style", parts, options.weight_image_style)
        with tf.name_scope("total_variation_loss"):
            sums = self._add(None, None, lambda window: total_variation_sums(image_t, window))
            variation_t = self._relative_to(energy_t, total_variation_of_sums(*sums))
            self.tv_op = options.weight_regularization * variation_t
        with tf.name_scope("range_loss"):
            sums_of = _range_sums_of(image_t, mean_pixel)
            sums = self._add(None, None, sums_of)
            self.range_op = options.weight_range * self._relative_to(energy_t, mean_of_sums(*sums))
        terms = [self.content_op, self.style_op, self.tv_op, self.range_op]
        self.total_op = tf.add_n(terms, name="total_loss")

    def load(self, session, content_features, style_features):
        """Set the targets.

        Args:
            session: of the graph.
            content_features: layer name -> (1, H_l, W_l, C_l).
            style_features: layer name -> list of statistics, one for each style.
        """
        values = [(var, content_features[layer]) for layer, var in self._content_targets.items()]
        self._targets.load(session, values)
        self.load_styles(session, style_features)

    def load_styles(self, session, style_features):
        """Set the targets of the styles alone; those of the content may be fed as inputs."""
        values = [
            (var, style_features[layer][number])
            for (layer, number), var in self._style_targets.items()
        ]
        self._targets.load(session, values)

    def _add(self, layer, layer_t, build):
        """Take note of sums over a layer, or over the picture itself; returns their tensors."""
        self.sums.append(Sums(layer, layer_t, build))
        return self.sums[-1].tensors

    def _relative_to(self, energy_t, loss_t):
        """A loss divided by what it asks for, where losses are relative."""
        return loss_t / tf.maximum(energy_t, SMALL) if self._relative else loss_t

    def _content_parts(self, layers, weights):
        """Layer name -> weighted loss, and the weighted mean(P^2) of all."""
        parts, energies = {}, []
        for name, weight in weights.items():
            with tf.name_scope(name):
                shape = (1, None, None, layers[name].shape[-1])
                target_var = self._targets.add("target", shape)
                self._content_targets[name] = target_var
                target_t = tf.ensure_shape(target_var.read_value(), shape)
                self.inputs[f"target/{name}"] = name, target_t
                sums_of = _content_sums_of(layers[name], target_t)
                sums = self._add(name, layers[name], sums_of)
                energy_t = self._energy(name, layers[name], target_t)
                parts[name] = weight * self._relative_to(energy_t, mean_of_sums(*sums))
                energies.append(weight * energy_t)
        return parts, tf.add_n(energies)

    def _energy(self, layer, layer_t, target_t):
        """mean(P^2) of a content layer; 1 where losses are taken as they are."""
        if not self._relative:
            return tf.constant(1.0)
        sums_of = _square_sums_of(target_t)
        return mean_of_sums(*self._add(layer, layer_t, sums_of))

    def _style_parts(self, layers, terms, masks):
        """Layer name -> weighted distances of its statistic to those of the styles."""
        parts, statistics = {}, {}
        for term in terms:
            features_t = layers[term.layer]
            with tf.name_scope(f"{term.layer}_style_{term.style + 1}"):
                key = term.layer, term.style if masks else None
                if key not in statistics:
                    mask_t = resized_mask(masks.get(term.style), features_t)
                    if mask_t is not None:
                        self.inputs[f"mask_{term.style + 1}/{term.layer}"] = term.layer, mask_t
                    sums_of = style_sums_of(self._statistic, features_t, mask_t)
                    sums = self._add(term.layer, features_t, sums_of)
                    statistics[key] = self._statistic.of_sums(*sums)
                shape = self._statistic.shape(features_t.shape[-1])
                target_var = self._targets.add("target", shape)
                self._style_targets[term.layer, term.style] = target_var
                distance_t = self._statistic.loss(statistics[key], target_var)
                if self._relative:
                    distance_t = self._relative_to(self._statistic.energy(target_var), distance_t)
                distance_t *= term.weight
            parts[term.layer] = parts.get(term.layer, 0.0) + distance_t
        return parts

    def _sum(self, name, parts, weight):
        weighted = {layer: weight * part_t for layer, part_t in parts.items()}
        self.part_ops |= {f"{name}/{layer}": part_t for layer, part_t in weighted.items()}
        return tf.add_n(list(weighted.values()))


def style_sums_of(statistic, features_t, mask_t):
    """window -> the sums of a statistic over a layer."""
    return lambda window: statistic.sums(inside(features_t, window), inside(mask_t, window))


def resized_mask(mask_t, features_t):
    """A mask (1, H, W, 1) averaged down to the size of a layer (1, H_l, W_l, C); None stays."""
    return None if mask_t is None else mask_of_size(mask_t, tf.shape(features_t)[1:3])


def mask_of_size(mask_t, size_t):
    """A mask (1, H, W, 1) averaged down to a height and width."""
    return tf.image.resize(mask_t, size_t, method="area")


def _range_sums_of(image_t, mean_pixel):
    return lambda window: range_sums(inside(image_t, window), mean_pixel)


def _square_sums_of(target_t):
    return lambda window: square_sums(inside(target_t, window))


def _content_sums_of(features_t, target_t):
    return lambda window: content_sums(inside(features_t, window), inside(target_t, window))
