"""The graph of a run: the network once over three inputs, and the losses of the third."""

import numpy as np
import tensorflow as tf

from stylenet.errors import NotFiniteError
from stylenet.losses.gradient import gradient_by_layers
from stylenet.losses.objective import Objective
from stylenet.losses.regions import Masks, Regions, resized_mask
from stylenet.losses.statistics import STATISTICS
from stylenet.losses.sums import Sums, flat
from stylenet.losses.values import Losses
from stylenet.network.convolution import fast_conv2d
from stylenet.network.layers import Network
from stylenet.network.sessions import compute_type, has_gpu
from stylenet.network.variables import FedVariables
from stylenet.network.vgg19 import apply_vgg19
from stylenet.pictures.levels import preprocess

v1 = tf.compat.v1

PICTURE_SHAPE, MASK_SHAPE = (1, None, None, 3), (1, None, None, 1)


class Graph:
    """VGG-19 over the content, the style and the picture that is optimised; no size is fixed in it.

    The weights enter once. The content and the style are placeholders, the picture is a variable.

    Args:
        session: tf.compat.v1.Session, in whose graph all is built.
        network: `stylenet.network.layers.Network`.
        options: Options.
        shares: Shares.
        mask_counts: how many masks the content has, one for each style or none, and the styles.
        temporal: whether the picture is a frame of a clip, compared with those before it.

    Attributes:
        session, options, shares, mask_counts, temporal: as given; mean_pixel, fingerprint: of the
            network.
        weights: `kernels`, `biases` and `readouts` of the network, layer name -> variable.
        kernels, biases: those of `weights`.
        init_var_op: list of ops that set the weights to what is fed.
        content_holder, style_holder: placeholders (1, H, W, 3).
        style_mask_holder: placeholder (1, H, W, 1); None without masks.
        image_var, pixels_t: (1, H, W, 3), what is optimised: the variable, and what is read of it.
        masks, new_masks: Masks of the picture, where each style applies, and where something new
            is for it in a frame; regions: Regions, or None.
        image_t, picture_t: (1, H, W, 3), the picture in the network's space, and with its mean
            pixel.
        y_out_op: the picture as one looks at it, (H, W, 3).
        content_layers, style_layers, image_layers: layer name -> tensor, of each of the three.
        objective: Objective; None before `build_loss`.
        gradient_op: of the total loss by the pixels, (1, H, W, 3); None before `build_gradient`.
    """

    def __init__(self, session, network, options, shares, mask_counts=(0, 0), temporal=False):
        self.session, self.mean_pixel = session, network.mean_pixel
        self.fingerprint, self.mask_counts = network.fingerprint, mask_counts
        self.temporal = temporal
        content_masks, style_masks = mask_counts
        with session.graph.as_default():
            self._load_weights(network)
            self.content_holder = v1.placeholder(tf.float32, PICTURE_SHAPE, "image_content_holder")
            self.style_holder = v1.placeholder(tf.float32, PICTURE_SHAPE, "image_style_holder")
            self.style_mask_holder = None
            if style_masks:
                self.style_mask_holder = v1.placeholder(tf.float32, MASK_SHAPE, "style_mask_holder")
            self._pixels = FedVariables()
            self.image_var = self._pixels.add("image", PICTURE_SHAPE, trainable=True)
            # One read, so that the losses of a step and the picture they belong to agree.
            self.pixels_t = tf.ensure_shape(self.image_var.read_value(), PICTURE_SHAPE)
            self.masks = Masks("mask", content_masks)
            self.new_masks = Masks("new", max(content_masks, 1) if temporal else 0)
            self.regions = Regions(self.pixels_t) if content_masks else None
            self.image_t = self.regions.image_t if self.regions else self.pixels_t
            self.image_layers = self._apply(self.image_t, options, "vgg19_image")
            self.content_layers = self._apply(self.content_holder, options, "vgg19_content")
            self.style_layers = self._apply(self.style_holder, options, "vgg19_style")
            self.picture_t = tf.add(self.image_t, self.mean_pixel, name="picture_batch")
            self.y_out_op = tf.squeeze(self.picture_t, 0, name="picture")
        self.choose(options, shares)

    def _load_weights(self, network):
        """Move the weights from NumPy arrays into variables of the session."""
        fed, values, self.weights = FedVariables(), [], {}
        for kind in ("kernels", "biases", "readouts"):
            arrays = getattr(network, kind)
            held = {name: fed.add(f"{name}_{kind}", array.shape) for name, array in arrays.items()}
            values += [(held[name], arrays[name]) for name in arrays]
            self.weights[kind] = held
        self.kernels, self.biases = self.weights["kernels"], self.weights["biases"]
        self.init_var_op = fed.initializers()
        fed.load(self.session, values)

    def _apply(self, image_t, options, scope):
        with tf.name_scope(scope):
            return apply_vgg19(
                image_t,
                **self.weights,
                pooling=options.pooling,
                padding=options.padding,
                n_strides=options.n_strides,
                pool_window=options.n_pool_wndsize,
                pool_strides=options.n_pool_strides,
                compute_type=compute_type(options.precision),
                convolve=tf.nn.conv2d if has_gpu() else fast_conv2d,
            )

    def network(self):
        """The Network as it was read, got back from the session."""
        weights = self.session.run(self.weights)
        return Network(**weights, mean_pixel=self.mean_pixel, fingerprint=self.fingerprint)

    # --- losses ---------------------------------------------------------------------------------

    def choose(self, options, shares):
        """Go by other layers, weights or a statistic from now on; the losses are built anew."""
        self.options, self.shares = options, shares
        self._style_statistics = self.objective = self.gradient_op = None

    @property
    def content_features(self):
        """The content layers of the content placeholder: layer name -> tensor."""
        return {layer: self.content_layers[layer] for layer in self.shares.content}

    @property
    def style_statistics(self):
        """StyleStatistics of the style placeholder; the graph gets them once."""
        if self._style_statistics is None:
            self._style_statistics = StyleStatistics(self, self.options.style_statistic)
        return self._style_statistics

    def build_loss(self):
        """Build the Objective of the picture."""
        with self.session.graph.as_default():
            self.objective = Objective(
                self.image_t,
                self.image_layers,
                self.options,
                self.shares.content,
                self.shares.terms,
                self.masks.variables,
                self.picture_t,
                self.new_masks.variables,
            )
        self.gradient_op = None

    def build_gradient(self):
        """Build the gradient of the pixels; no run goes past one that is not finite."""
        sums = self.objective.sums
        with self.session.graph.as_default(), tf.name_scope("gradient"):
            slopes = tf.gradients(self.objective.ops["total"], flat(sums))
            gradient_t = gradient_by_layers(sums, slopes, self.image_var)
            self.gradient_op = tf.debugging.check_numerics(gradient_t, "gradient")

    # --- the picture ----------------------------------------------------------------------------

    def set_image(self, batch):
        """Put a picture (1, H, W, 3) in the network's space into the variable."""
        self._pixels.load(self.session, [(self.image_var, batch)])

    def image(self):
        """What is in the variable."""
        return self.session.run(self.image_var)

    def set_regions(self, pictures):
        """Take the masks of a PictureSet."""
        self.masks.load(self.session, pictures.content_masks)
        self.new_masks.load(self.session, pictures.new_masks)
        if self.regions:
            content = preprocess(pictures.content, self.mean_pixel)
            self.regions.load(self.session, pictures.content_masks, content)

    @property
    def fetched_ops(self):
        """What is fetched to know losses and picture, see `evaluation_of`."""
        # Not `picture_t`: memory for what a session computes is never given back, and a variable's
        # value comes as a copy of our own.
        averaged = [self.pixels_t] if self.options.average else []  # as read, before the step
        return self.objective.ops, self.objective.part_ops, self.image_t, averaged

    def evaluation_of(self, values):
        """What was fetched, as (Losses, picture (H, W, 3), 0-255 but for overshoot, pixels).

        The pixels (1, H, W, 3) are None where nobody averages them.
        """
        terms, parts, (image,), averaged = values
        # They may be the same array, so it is changed only where nobody else looks at it.
        image = np.add(image, self.mean_pixel, out=None if averaged else image)
        losses = Losses(
            **{name: float(value) for name, value in terms.items()},
            parts={name: float(value) for name, value in parts.items()},
        )
        return losses, image, averaged[0] if averaged else None


class StyleStatistics:
    """The statistic of the style placeholder at each style layer.

    Args:
        graph: Graph.
        name: of the statistic, an entry of STATISTICS.

    Attributes:
        tensors: layer name -> statistic.
        sums: layer name -> Sums that it is a function of.
        masks: layer name -> the placeholder's mask (1, H_l, W_l, 1) there; {} without masks.
    """

    def __init__(self, graph, name):
        statistic, self.tensors, self.sums, self.masks = STATISTICS[name], {}, {}, {}
        with graph.session.graph.as_default(), tf.name_scope("style_statistics"):
            for layer in graph.shares.style:
                features_t = graph.style_layers[layer]
                mask_t = resized_mask(graph.style_mask_holder, features_t)
                if mask_t is not None:
                    self.masks[layer] = mask_t
                self.sums[layer] = Sums(layer, features_t)
                self.tensors[layer] = statistic.of(features_t, mask_t, self.sums[layer])


def no_gradient(term):
    """The error of a gradient that is not finite."""
    return NotFiniteError(
        f"The gradient of the {term} loss is NaN or infinite, though the loss is not; the last "
        "good picture is kept. Try smaller weights, another start or another style statistic."
    )
