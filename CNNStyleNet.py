"""Neural style transfer (Gatys, Ecker, Bethge 2015) as one class in the TensorFlow 1.x manner.

The story, in the order of the methods: load the pictures and the network, build the model, extract
the features to be matched, build the loss, choose the optimiser, fit, look.
"""

import logging
from contextlib import ExitStack

import numpy as np
import tensorflow as tf

import MLPreProcess as pictures
from stylenet import figures
from stylenet.callbacks import History, ProgressBar, Snapshots
from stylenet.errors import MissingStepError, OptionError
from stylenet.feeds import checked_feed
from stylenet.fitting import Losses, descend
from stylenet.layers import CONTENT_LAYER, RELU_NAMES, STYLE_LAYERS
from stylenet.losses import content_loss, gram_matrix, style_loss, total_variation_loss
from stylenet.mat_file import read_network
from stylenet.model_files import find_network
from stylenet.options import Options
from stylenet.sessions import device_name, make_session
from stylenet.state_table import state_table
from stylenet.variables import FedVariables
from stylenet.vgg19 import apply_vgg19

v1 = tf.compat.v1
logger = logging.getLogger(__name__)

PICTURE_SHAPE = (1, None, None, 3)
NOISE_DEVIATION = 0.256  # of the noise start, in grey levels (neural-style)


class CNNStyleNet:
    """Paints one picture's content in the style of others, by optimising the pixels.

    The network is frozen, the pixels learn: x* = argmin alpha L_content + beta L_style + gamma L_tv.
    Nothing is read or built before `load_image_content_style`; `fit` runs every earlier step that
    was not called. Use it as a context manager, or let it go, to close the session it made.

    Args:
        image_content_path: the content picture, a path or an array (H, W, 3), RGB, 0-255.
        image_style_path: the style picture, likewise, or a list of several to be blended equally.
        vgg_mat_file: VGG-19 as a .mat file; found by `stylenet.model_files` when None.
        session: a tf.compat.v1.Session to work in, which stays open; one is made when None.
        epochs: steps of the optimiser.
        eval_step: print the losses every so many steps; never when None.
        weight_image_content: alpha, weight of the content loss.
        weight_image_style: beta, weight of the style loss.
        weight_regularization: gamma, weight of the total variation loss.
        n_strides: stride of the convolutions.
        n_pool_wndsize: height and width of the pooling window.
        n_pool_strides: stride of the pooling.
        **more: the other fields of `stylenet.options.Options`: width, learning_rate, initial, seed.

    Raises:
        OptionError: an option has a value it cannot have, or there is none of that name.
    """

    def __init__(
        self,
        image_content_path,
        image_style_path,
        vgg_mat_file=None,
        session=None,
        epochs=Options.epochs,
        eval_step=Options.eval_step,
        weight_image_content=Options.weight_image_content,
        weight_image_style=Options.weight_image_style,
        weight_regularization=Options.weight_regularization,
        n_strides=Options.n_strides,
        n_pool_wndsize=Options.n_pool_wndsize,
        n_pool_strides=Options.n_pool_strides,
        **more,
    ):
        self._options = Options.from_keywords(
            epochs=epochs,
            eval_step=eval_step,
            weight_image_content=weight_image_content,
            weight_image_style=weight_image_style,
            weight_regularization=weight_regularization,
            n_strides=n_strides,
            n_pool_wndsize=n_pool_wndsize,
            n_pool_strides=n_pool_strides,
            **more,
        )
        self._image_content_path = image_content_path
        several = isinstance(image_style_path, (list, tuple))
        self._image_style_paths = list(image_style_path) if several else [image_style_path]
        self._vgg_mat_file = vgg_mat_file
        self._epochs = self._options.epochs
        self._eval_step = self._options.eval_step

        self._session = session
        self._own_session = session is None
        self._image_content = self._image_initial = None
        self._image_style = []
        self._weights = self._biases = self._norm_mean_matrix = None
        self._content_layer = CONTENT_LAYER
        self.set_style_layers(STYLE_LAYERS)
        self._forget_model()

    # --- load -----------------------------------------------------------------------------------

    def load_image_content_style(self):
        """Read the pictures: the content at the width asked for, each style at the content's width.

        Raises:
            PictureError: a picture is missing or cannot be read.
        """
        if not self._image_style_paths:
            raise OptionError("There is no style picture, expected one or more.")
        content = pictures.as_image(self._image_content_path)
        width = self._options.width or content.shape[1]
        self._image_content = pictures.resize_to_width(content, width)
        self._image_style = [
            pictures.resize_to_width(pictures.as_image(path), width)
            for path in self._image_style_paths
        ]
        if self._options.initial not in ("noise", "content"):
            initial = pictures.read_image(self._options.initial)
            height, width = self._image_content.shape[:2]
            self._image_initial = pictures.resize_image(initial, height, width)
        return self

    def load_model_info(self):
        """Read the network's kernels, biases and mean pixel.

        Raises:
            NetworkFileError: the file is missing, damaged or another network.
        """
        path = self._vgg_mat_file or find_network().path
        network = read_network(path)
        self._weights, self._biases = network.kernels, network.biases
        self._norm_mean_matrix = network.mean_pixel
        return self

    # --- model ----------------------------------------------------------------------------------

    def model(self):
        """Build the network once over each of three inputs: content, style and generated picture.

        The first two are placeholders, the third is the variable that is optimised. The weights
        enter the graph once, and no size is fixed in it.
        """
        if self._image_content is None:
            self.load_image_content_style()
        if self._weights is None or self._y_out_op is not None:
            self._forget_model()
            self.load_model_info()
        if self._session is None:
            self._session = make_session(tf.Graph())
        with self._session.graph.as_default():
            self._load_weights()
            self._image_content_holder = v1.placeholder(
                tf.float32, PICTURE_SHAPE, "image_content_holder"
            )
            self._image_style_holder = v1.placeholder(
                tf.float32, PICTURE_SHAPE, "image_style_holder"
            )
            self._pixels = FedVariables()
            self._image_var = self._pixels.add("image", PICTURE_SHAPE, trainable=True)
            # One read, so that the losses of a step and the picture they belong to agree.
            self._image_t = tf.ensure_shape(self._image_var.read_value(), PICTURE_SHAPE)
            self._vgg_layers = self._network(self._image_t, "vgg19_image")
            self._content_t = self._network(self._image_content_holder, "vgg19_content")
            self._style_t = self._network(self._image_style_holder, "vgg19_style")
            self._y_out_op = tf.add(self._image_t[0], self._norm_mean_matrix, name="picture")
        return self

    def _load_weights(self):
        """Move the weights from NumPy arrays into variables of the session."""
        fed, values = FedVariables(), []
        for store in (self._weights, self._biases):
            for name, array in store.items():
                store[name] = fed.add(
                    f"{name}_{'bias' if array.ndim == 1 else 'kernel'}", array.shape
                )
                values.append((store[name], array))
        self._init_var_op = fed.initializer()
        self._session.run(self._init_var_op, fed.feed(values))

    def _network(self, image_t, scope):
        options = self._options
        with tf.name_scope(scope):
            return apply_vgg19(
                image_t,
                self._weights,
                self._biases,
                n_strides=options.n_strides,
                pool_window=options.n_pool_wndsize,
                pool_strides=options.n_pool_strides,
            )

    # --- features -------------------------------------------------------------------------------

    def extract_content_features(self):
        """P: the content picture's features, by feeding the content placeholder (README, step 2).

        Returns:
            dict, layer name -> float32 (1, H_l, W_l, C_l).
        """
        self._need("extract_content_features", model=self._y_out_op)
        batch = pictures.preprocess(self._image_content, self._norm_mean_matrix)
        wanted = {self._content_layer: self._content_t[self._content_layer]}
        feed = checked_feed(self._image_content_holder, batch)
        self._features_content = self._session.run(wanted, feed)
        return self._features_content

    def extract_style_features(self):
        """A: the style pictures' Gram matrices, by feeding the style placeholder (README, step 3).

        Returns:
            dict, layer name -> list of float32 (C_l, C_l), one for each style.
        """
        self._need("extract_style_features", model=self._y_out_op)
        with self._session.graph.as_default():
            grams = {layer: gram_matrix(self._style_t[layer]) for layer in self._style_layers}
        features = {layer: [] for layer in grams}
        for image in self._image_style:
            batch = pictures.preprocess(image, self._norm_mean_matrix)
            found = self._session.run(grams, checked_feed(self._image_style_holder, batch))
            for layer, gram in found.items():
                features[layer].append(gram)
        self._features_style = features
        return features

    def set_style_layers(self, layers):
        """Choose the layers whose Gram matrices make the style; before `loss`.

        Args:
            layers: names such as "relu3_1", weighted equally, or a dict name -> weight. The weights
                are scaled to sum 1.

        Raises:
            OptionError: no such layer, or weights that cannot be scaled.
        """
        weights = dict(layers) if isinstance(layers, dict) else dict.fromkeys(layers, 1.0)
        unknown = [name for name in weights if name not in RELU_NAMES]
        if unknown:
            raise OptionError(
                f"Style layer {unknown[0]!r} is none of VGG-19's, expected some of "
                f"{', '.join(RELU_NAMES)}."
            )
        total = sum(weights.values())
        if not (np.isfinite(total) and total > 0 and min(weights.values()) >= 0):
            raise OptionError(
                f"The style layer weights are {list(weights.values())}, expected numbers of 0 or "
                "more, not all 0."
            )
        self._style_layers = {name: weight / total for name, weight in weights.items()}
        self._forget_loss()
        return self

    # --- loss -----------------------------------------------------------------------------------

    def loss(self):
        """Build alpha L_content + beta L_style + gamma L_tv (README, steps 2 to 5).

        The features that were not extracted yet are extracted now.
        """
        self._need("loss", model=self._y_out_op)
        if self._features_content is None:
            self.extract_content_features()
        if self._features_style is None:
            self.extract_style_features()
        options = self._options
        targets, values = FedVariables(), []
        with self._session.graph.as_default():
            with tf.name_scope("content_loss"):
                self._loss_content_op = options.weight_image_content * self._content_term(
                    targets, values
                )
            with tf.name_scope("style_loss"):
                self._loss_style_op = options.weight_image_style * self._style_term(targets, values)
            with tf.name_scope("total_variation_loss"):
                self._loss_total_var_op = options.weight_regularization * total_variation_loss(
                    self._image_t
                )
            self._loss_op = tf.add_n(
                [self._loss_content_op, self._loss_style_op, self._loss_total_var_op],
                name="total_loss",
            )
            self._session.run(targets.initializer(), targets.feed(values))
        return self

    def _content_term(self, targets, values):
        layer = self._content_layer
        target = self._features_content[layer]
        target_var = targets.add(f"target_{layer}", (1, None, None, target.shape[-1]))
        values.append((target_var, target))
        return content_loss(self._vgg_layers[layer], target_var)

    def _style_term(self, targets, values):
        """Mean over the styles of the layer-weighted sum of the Gram distances."""
        terms = []
        for layer, weight in self._style_layers.items():
            with tf.name_scope(layer):
                gram_t = gram_matrix(self._vgg_layers[layer])
                for number, target in enumerate(self._features_style[layer], start=1):
                    target_var = targets.add(f"target_style_{number}", target.shape)
                    values.append((target_var, target))
                    terms.append(weight * style_loss(gram_t, target_var))
        return tf.add_n(terms) / len(self._image_style)

    # --- fit ------------------------------------------------------------------------------------

    def optimizer(self):
        """Adam (Kingma & Ba 2014) on the pixels of the generated picture (README, step 6)."""
        self._need("optimizer", model=self._y_out_op, loss=self._loss_op)
        with self._session.graph.as_default():
            self._optimizer = v1.train.AdamOptimizer(self._options.learning_rate)
            self._train_step = self._optimizer.minimize(self._loss_op, var_list=[self._image_var])
            self._start_op = tf.group(
                self._pixels.initializer(), v1.variables_initializer(self._optimizer.variables())
            )
        return self

    def fit(self, callbacks=None):
        """Take `epochs` steps downhill from the start; an earlier fit is forgotten.

        Ctrl-C ends it with KeyboardInterrupt and keeps the picture so far.

        Args:
            callbacks: called with every `stylenet.fitting.Record`; a progress bar when None.

        Returns:
            self.

        Raises:
            NotFiniteError: a loss became NaN or infinite; the last good picture is kept.
        """
        if self._y_out_op is None:
            self.model()
        if self._loss_op is None:
            self.loss()
        if self._train_step is None:
            self.optimizer()
        self._history, self._snapshots = History(), Snapshots(self._epochs)
        self._last_record = None
        start = self._pixels.feed([(self._image_var, self._start_image())])
        self._session.run(self._start_op, start)
        with ExitStack() as stack:
            if callbacks is None:
                callbacks = [stack.enter_context(ProgressBar(self._epochs, self._eval_step))]
            watchers = [self._history, self._snapshots, *callbacks]
            descend(self._step, self._evaluate, self._epochs, watchers, self._keep)
        return self

    def _start_image(self):
        """The picture to start from, in the network's space, (1, H, W, 3)."""
        content = pictures.preprocess(self._image_content, self._norm_mean_matrix)
        if self._options.initial == "content":
            return content
        if self._options.initial == "noise":
            generator = np.random.default_rng(self._options.seed)
            noise = generator.standard_normal(content.shape, np.float32)
            return noise * np.float32(NOISE_DEVIATION)
        return pictures.preprocess(self._image_initial, self._norm_mean_matrix)

    def _step(self):
        """One step; the losses and the picture of before it come from the same run."""
        return self._state(self._session.run([*self._state_ops(), self._train_step])[:-1])

    def _evaluate(self):
        return self._state(self._session.run(self._state_ops()))

    def _state_ops(self):
        terms = [self._loss_content_op, self._loss_style_op, self._loss_total_var_op]
        return [self._loss_op, *terms, self._y_out_op]

    @staticmethod
    def _state(values):
        *losses, image = values
        return Losses(*(float(value) for value in losses)), image

    def _keep(self, record):
        self._last_record = record

    @property
    def _losses_train(self):
        return self._history.column("total")

    @property
    def _losses_content_train(self):
        return self._history.column("content")

    @property
    def _losses_style_train(self):
        return self._history.column("style")

    @property
    def _losses_total_var_train(self):
        return self._history.column("tv")

    # --- look -----------------------------------------------------------------------------------

    def print(self, title):
        """Write a table of what the object holds now, under a title."""
        print(state_table(title, self))

    def show_output_image(self):
        """Show the result: in a window, or in the notebook."""
        image = self._result("show_output_image")
        size = (8, 8 * image.shape[0] / image.shape[1])
        figures.show_figure(figures.draw_picture, image, size=size)

    def save_output_image(self, path):
        """Write the result; values are clipped to 0-255 and rounded, never rescaled.

        Args:
            path: ends in .png, .jpg, .jpeg, .tif, .tiff or .webp.

        Raises:
            PictureError: unknown suffix.
            OutputError: the file cannot be written.
        """
        pictures.write_image(path, self._result("save_output_image"))

    def save_output_image_gif(self, path):
        """Write the way from the start to the result as a GIF, its frames even in log time."""
        self._result("save_output_image_gif")
        pictures.write_gif(path, list(self._snapshots.pictures.values()))

    def plot_losses(self, path=None):
        """Plot total, content, style and total variation loss against iterations, log scale.

        Args:
            path: a .png file to write; the plot is shown when None.
        """
        self._result("plot_losses")
        records = self._history.records
        if path is None:
            figures.show_figure(figures.draw_losses, records)
        else:
            figures.save_figure(path, figures.draw_losses, records)

    def write_tensorboard_graph(self, folder):
        """Write the graph to a folder, for `tensorboard --logdir FOLDER`."""
        self._need("write_tensorboard_graph", model=self._y_out_op)
        with self._session.graph.as_default():
            v1.summary.FileWriter(str(folder), self._session.graph).close()

    def _result(self, caller):
        """The last good picture, float32 (H, W, 3)."""
        self._need(caller, fit=self._last_record)
        return self._last_record.image

    # --- housekeeping ---------------------------------------------------------------------------

    def _need(self, caller, **steps):
        """Raise unless every step named has left what is given for it."""
        for step, trace in steps.items():
            if trace is None:
                raise MissingStepError(f"{caller}() builds on {step}(): call {step}() first.")

    def _forget_model(self):
        """Close a session of our own and forget all that lived in it."""
        if self._own_session and self._session is not None:
            self._session.close()
            self._session = None
        self._init_var_op = self._y_out_op = self._image_var = self._image_t = None
        self._image_content_holder = self._image_style_holder = None
        self._vgg_layers = self._content_t = self._style_t = self._pixels = None
        self._features_content = None
        self._forget_loss()

    def _forget_loss(self):
        """Forget what depends on the style layers."""
        self._features_style = None
        self._loss_op = self._loss_content_op = self._loss_style_op = None
        self._loss_total_var_op = None
        self._optimizer = self._train_step = self._start_op = None
        self._history, self._snapshots, self._last_record = History(), None, None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._own_session and self._session is not None:
            self._session.close()
