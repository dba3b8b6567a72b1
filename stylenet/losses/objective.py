"""The objective in the graph: alpha L_content + beta L_style + gamma L_tv + L_range.

A frame of a clip has L_temporal besides.

What it compares with is fed. Each term can be taken as it is (neural-style), or relative to what it
asks for: the content loss of a layer divided by mean(P^2), the style loss of a layer by mean(A^2),
the terms that look at the pixels by the mean(P^2) of the content. Then a weight means the same for
every pair of pictures, and each style layer counts as much as its share says, whatever the size of
its answers.
"""

import tensorflow as tf

from stylenet.losses.regions import mask_number, resized_mask
from stylenet.losses.statistics import SMALL, STATISTICS
from stylenet.losses.sums import Sums
from stylenet.losses.terms import (
    content_energy,
    content_loss,
    range_loss,
    temporal_loss,
    total_variation_loss,
)
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
        masks: list of tensors (1, H, W, 1), one for each style, one for all, or none.
        picture_t: (1, H, W, 3), that picture with its mean pixel, 0-255 but for overshoot.
        new_masks: likewise, of a frame of a clip: where something new is, see
            `stylenet.pictures.picture_set.Reference`; none of a picture that is no frame.

    Attributes:
        ops: "total", "content", "style", "tv", "range" and perhaps "temporal" -> weighted scalar,
            the total the sum of the others.
        part_ops: name -> weighted scalar, the content and style loss of each layer.
        sums: list of Sums; the losses are functions of these alone.
        inputs: name -> (layer, tensor), what besides the picture the sums depend on: targets
            "target/LAYER" and masks "mask_I/LAYER", each of the layer's height and width; what a
            frame is compared with, "before" and "reliability", of the picture's, without a layer.
    """

    def __init__(
        self,
        image_t,
        layers,
        options,
        content_weights,
        style_terms,
        masks,
        picture_t,
        new_masks=(),
    ):
        self._statistic = STATISTICS[options.style_statistic]
        self._relative = options.normalization == "relative"
        self._targets = FedVariables()
        self._content_targets, self._style_targets = {}, {}
        self.part_ops, self.sums, self.inputs = {}, [], {}
        self._new_var = self._targets.add("new_weight", ()) if new_masks else None
        with tf.name_scope("content_loss"):
            parts, energy_t = self._content_parts(layers, content_weights)
            content_op = self._sum("content", parts, options.weight_image_content)
        with tf.name_scope("style_loss"):
            parts = self._style_parts(layers, style_terms, masks, new_masks)
            style_op = self._sum("style", parts, options.weight_image_style)
        with tf.name_scope("total_variation_loss"):
            variation_t = total_variation_loss(image_t, self._over())
            tv_op = options.weight_regularization * self._relative_to(energy_t, variation_t)
        with tf.name_scope("range_loss"):
            beyond_t = range_loss(picture_t, self._over())
            range_op = options.weight_range * self._relative_to(energy_t, beyond_t)
        terms = {"content": content_op, "style": style_op, "tv": tv_op, "range": range_op}
        if new_masks:
            with tf.name_scope("temporal_loss"):
                apart_t = self._relative_to(energy_t, self._temporal(picture_t))
                terms["temporal"] = options.weight_temporal * apart_t
        self.ops = {"total": tf.add_n(list(terms.values()), name="total_loss")} | terms

    def load_content(self, session, features):
        """Set the targets of the content, where they are not fed as `inputs`.

        Args:
            session: of the graph.
            features: layer name -> (1, H_l, W_l, C_l).
        """
        values = [(var, features[layer]) for layer, var in self._content_targets.items()]
        self._targets.load(session, values)

    def load_new(self, session, weight):
        """Set what the style of what is new counts, where that of all counts 1."""
        self._targets.load(session, [(self._new_var, weight)])

    def load_reference(self, session, reference):
        """Set what a frame of a clip is compared with, where that is not fed as `inputs`.

        Args:
            session: of the graph.
            reference: `stylenet.pictures.picture_set.Reference`.
        """
        arrays = reference.image[None], reference.reliability[None]
        self._targets.load(session, list(zip(self._reference, arrays, strict=True)))

    def load_styles(self, session, statistics):
        """Set the targets of the styles.

        Args:
            session: of the graph.
            statistics: layer name -> list of statistics, one for each style.
        """
        targets = self._style_targets.items()
        values = [(var, statistics[layer][style]) for (layer, style), var in targets]
        self._targets.load(session, values)

    def _over(self, layer=None, layer_t=None):
        """Where a term sums: over a layer, or over the picture itself; taken note of."""
        self.sums.append(Sums(layer, layer_t))
        return self.sums[-1]

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
                loss_t = content_loss(layers[name], target_t, self._over(name, layers[name]))
                energy_t = self._energy(name, layers[name], target_t)
                parts[name] = weight * self._relative_to(energy_t, loss_t)
                energies.append(weight * energy_t)
        return parts, tf.add_n(energies)

    def _temporal(self, picture_t):
        """L_temporal of the frame, not weighted."""
        read = []
        self._reference = []
        for name, channels in (("before", 3), ("reliability", 1)):
            shape = (1, None, None, channels)
            self._reference.append(self._targets.add(name, shape))
            read.append(tf.ensure_shape(self._reference[-1].read_value(), shape))
            self.inputs[name] = None, read[-1]
        return temporal_loss(picture_t, *read, self._over())

    def _energy(self, layer, layer_t, target_t):
        """mean(P^2) of a content layer; 1 where losses are taken as they are."""
        if not self._relative:
            return tf.constant(1.0)
        return content_energy(target_t, self._over(layer, layer_t))

    def _style_parts(self, layers, terms, masks, new_masks):
        """Layer name -> weighted distances of its statistic to those of the styles."""
        parts, known = {}, {}
        for term in terms:
            with tf.name_scope(f"{term.layer}_style_{term.style + 1}"):
                features_t = layers[term.layer]
                shape = self._statistic.shape(features_t.shape[-1])
                target_var = self._targets.add("target", shape)
                self._style_targets[term.layer, term.style] = target_var
                statistic_t = self._masked(known, features_t, term, "mask", masks)
                distance_t = self._distance(statistic_t, target_var)
                if new_masks:
                    statistic_t = self._masked(known, features_t, term, "new", new_masks)
                    distance_t += self._new_var * self._distance(statistic_t, target_var)
                distance_t *= term.weight
            parts[term.layer] = parts.get(term.layer, 0.0) + distance_t
        return parts

    def _masked(self, known, features_t, term, name, masks):
        """The statistic of a layer inside the mask of a style; each is built once."""
        number = mask_number(term.style, len(masks))
        key = name, term.layer, number
        if key not in known:
            mask_t = None
            if masks:
                mask_t = resized_mask(masks[number], features_t)
                self.inputs[f"{name}_{number + 1}/{term.layer}"] = term.layer, mask_t
            over = self._over(term.layer, features_t)
            known[key] = self._statistic.of(features_t, mask_t, over)
        return known[key]

    def _distance(self, statistic_t, target_var):
        distance_t = self._statistic.loss(statistic_t, target_var)
        if not self._relative:
            return distance_t
        return self._relative_to(self._statistic.energy(target_var), distance_t)

    def _sum(self, name, parts, weight):
        weighted = {layer: weight * part_t for layer, part_t in parts.items()}
        self.part_ops |= {f"{name}/{layer}": part_t for layer, part_t in weighted.items()}
        return tf.add_n(list(weighted.values()))
