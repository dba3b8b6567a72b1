"""Neural style transfer (Gatys, Ecker, Bethge 2015) as one class in the TensorFlow 1.x manner.

The story, in the order of the methods: load the pictures and the network, build the model, extract
the features to be matched, build the loss, choose the optimiser, fit, look.
"""

import dataclasses
from contextlib import ExitStack
from pathlib import Path

import tensorflow as tf

import MLPreProcess as pictures
from stylenet import figures
from stylenet.averaging import IterateAverage
from stylenet.callbacks import Checkpoints, History, ProgressBar, Snapshots, losses_line
from stylenet.color import match_colors, with_colors_of
from stylenet.errors import MissingStepError, OptionError
from stylenet.feeds import checked_feed
from stylenet.fitting import Losses, descend
from stylenet.losses import STATISTICS
from stylenet.mat_file import read_network
from stylenet.model_files import find_network
from stylenet.notebook import as_html
from stylenet.objective import Objective, resized_mask
from stylenet.options import Options
from stylenet.plan import check_count, content_plan, style_plan
from stylenet.regions import Regions
from stylenet.sessions import make_session
from stylenet.start import start_image
from stylenet.state_table import state_table
from stylenet.tensorboard import TensorBoardWriter, write_graph
from stylenet.variables import FedVariables
from stylenet.vgg19 import apply_vgg19

v1 = tf.compat.v1

PICTURE_SHAPE, MASK_SHAPE = (1, None, None, 3), (1, None, None, 1)


class CNNStyleNet:
    """Paints one picture's content in the style of others, by optimising the pixels.

    The network is frozen, the pixels learn:
    x* = argmin alpha L_content + beta L_style + gamma L_tv.
    Nothing is read or built before `load_image_content_style`; `fit` runs every earlier step that
    was not called. Use it as a context manager, so that the session it makes is closed.

    Args:
        image_content_path: the content picture, a path or an array (H, W, 3), RGB, 0-255.
        image_style_path: the style picture, likewise, or a list of several.
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
        content_masks: where in the result each style applies, one picture for each style, white
            where it does; outside all of them the content stays as it is.
        style_masks: which part of each style picture to take the style from, likewise.
        **more: the other fields of `stylenet.options.Options`: width, learning_rate, initial …

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
        content_masks=None,
        style_masks=None,
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
        self._epochs, self._eval_step = self._options.epochs, self._options.eval_step
        self._image_content_path = image_content_path
        self._image_style_paths = _as_list(image_style_path)
        self._content_mask_paths = _as_list(content_masks)
        self._style_mask_paths = _as_list(style_masks)
        self._vgg_mat_file = vgg_mat_file
        self._session, self._own_session = session, session is None
        self._image_content = self._image_initial = None
        self._image_style, self._content_masks, self._style_masks = [], [], []
        self._weights = self._biases = self._norm_mean_matrix = None
        self._plan_layers()
        self._forget_model()

    # --- load -----------------------------------------------------------------------------------

    def load_image_content_style(self, image_content_path=None):
        """Read the pictures: the content at the width asked for, each style at the content's width.

        Args:
            image_content_path: another content from now on; network and model stay.

        Raises:
            PictureError: a picture or a mask is missing or cannot be read.
        """
        if image_content_path is not None:
            self._image_content_path = image_content_path
        content = pictures.as_image(self._image_content_path)
        width_before = self._image_content.shape[1] if self._image_style else None
        width = self._options.width or content.shape[1]
        self._image_content = pictures.resize_to_width(content, width)
        self._features_content = self._last_record = None
        if width != width_before or self._options.match_colors:
            self._load_styles(width)
        size = self._image_content.shape[:2]
        if self._options.initial not in ("noise", "content", "style"):
            self._image_initial = pictures.resize_image(
                pictures.read_image(self._options.initial), *size
            )
        self._content_masks = [pictures.as_mask(path, *size) for path in self._content_mask_paths]
        return self

    def _load_styles(self, width):
        self._features_style = None
        scales = self._options.style_scales or [1] * len(self._image_style_paths)
        self._image_style = [
            pictures.resize_to_width(pictures.as_image(path), max(1, round(width * scale)))
            for path, scale in zip(self._image_style_paths, scales, strict=True)
        ]
        if self._options.match_colors in ("linear", "histogram"):
            self._image_style = [
                match_colors(image, self._image_content, self._options.match_colors)
                for image in self._image_style
            ]
        self._style_masks = [
            pictures.as_mask(path, *image.shape[:2])
            for path, image in zip(self._style_mask_paths, self._image_style, strict=False)
        ]

    def load_model_info(self):
        """Read the network's kernels, biases and mean pixel.

        Raises:
            NetworkFileError: the file is missing, damaged or another network.
        """
        network = read_network(self._vgg_mat_file or find_network().path)
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
            self._style_mask_holder = v1.placeholder(tf.float32, MASK_SHAPE, "style_mask_holder")
            self._pixels = FedVariables()
            self._image_var = self._pixels.add("image", PICTURE_SHAPE, trainable=True)
            # One read, so that the losses of a step and the picture they belong to agree.
            self._image_t = tf.ensure_shape(self._image_var.read_value(), PICTURE_SHAPE)
            if self._content_masks:
                self._regions = Regions(self._image_t, len(self._content_masks))
                self._image_t = self._regions.image_t
            self._vgg_layers = self._network(self._image_t, "vgg19_image")
            self._content_layers_t = self._network(self._image_content_holder, "vgg19_content")
            self._style_layers_t = self._network(self._image_style_holder, "vgg19_style")
            self._y_out_op = tf.add(self._image_t[0], self._norm_mean_matrix, name="picture")
        return self

    def _load_weights(self):
        """Move the weights from NumPy arrays into variables of the session."""
        fed, values = FedVariables(), []
        for store, kind in ((self._weights, "kernel"), (self._biases, "bias")):
            for name, array in store.items():
                store[name] = fed.add(f"{name}_{kind}", array.shape)
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
                pooling=options.pooling,
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
        wanted = {layer: self._content_layers_t[layer] for layer in self._content_layer}
        feed = checked_feed(self._image_content_holder, batch)
        self._features_content = self._session.run(wanted, feed)
        return self._features_content

    def extract_style_features(self):
        """A: the style pictures' Gram matrices, by feeding the style placeholder (README, step 3).

        Returns:
            dict, layer name -> list of float32, one for each style; (C_l, C_l) where the statistic
            is the Gram matrix.
        """
        self._need("extract_style_features", model=self._y_out_op)
        statistic = STATISTICS[self._options.style_statistic]
        mask_t = self._style_mask_holder if self._style_masks else None
        with self._session.graph.as_default():
            ops = {}
            for layer in self._style_layers:
                features_t = self._style_layers_t[layer]
                ops[layer] = statistic.of(features_t, resized_mask(mask_t, features_t))
        features = {layer: [] for layer in ops}
        for number, image in enumerate(self._image_style):
            batch = pictures.preprocess(image, self._norm_mean_matrix)
            feed = checked_feed(self._image_style_holder, batch)
            if self._style_masks:
                feed |= checked_feed(self._style_mask_holder, self._style_masks[number][None])
            for layer, value in self._session.run(ops, feed).items():
                features[layer].append(value)
        self._features_style = features
        return features

    def set_style_layers(self, layers):
        """Choose the layers that make the style; before `loss`.

        Args:
            layers: names such as "relu3_1", weighted equally, or a dict name -> weight, or a text
                as of --style-layers. The weights are scaled to sum 1. "relu1_1:2" takes the second
                style alone for a layer.

        Raises:
            OptionError: no such layer, no such style, or weights that cannot be scaled.
        """
        self._options = dataclasses.replace(self._options, style_layers=layers)
        self._plan_layers()
        self._forget_loss()
        return self

    def _plan_layers(self):
        """Content layers with their weights, style terms, and the weight of each style layer."""
        count = len(self._image_style_paths)
        if not count:
            raise OptionError("There is no style picture, expected one or more.")
        for name, masks in (
            ("--content-mask", self._content_mask_paths),
            ("--style-masks", self._style_mask_paths),
        ):
            check_count(name, masks or None, count)
        names = [
            Path(style).stem if isinstance(style, (str, Path)) else str(number)
            for number, style in enumerate(self._image_style_paths, start=1)
        ]
        self._content_layer = content_plan(self._options)
        self._style_terms = style_plan(self._options, names)
        self._style_layers = {}
        for term in self._style_terms:
            weight = self._style_layers.get(term.layer, 0.0)
            self._style_layers[term.layer] = weight + term.weight

    # --- loss -----------------------------------------------------------------------------------

    def loss(self):
        """Build alpha L_content + beta L_style + gamma L_tv (README, steps 2 to 5).

        The features that were not extracted yet are extracted now.
        """
        self._need("loss", model=self._y_out_op)
        with self._session.graph.as_default():
            self._objective = Objective(
                self._image_t,
                self._vgg_layers,
                self._options,
                self._content_layer,
                self._style_terms,
                self._regions.masks if self._regions else {},
            )
        self._loss_content_op = self._objective.content_op
        self._loss_style_op = self._objective.style_op
        self._loss_total_var_op = self._objective.tv_op
        self._loss_op = self._objective.total_op
        self._load_targets()
        return self

    def _load_targets(self):
        """Set what the losses compare with: features of the content and the styles, and masks."""
        if self._features_content is None:
            self.extract_content_features()
        if self._features_style is None:
            self.extract_style_features()
        self._objective.load(self._session, self._features_content, self._features_style)
        if self._regions:
            content = pictures.preprocess(self._image_content, self._norm_mean_matrix)
            self._regions.load(self._session, self._content_masks, content)

    # --- fit ------------------------------------------------------------------------------------

    def optimizer(self):
        """Adam (Kingma & Ba 2014) on the pixels of the generated picture (README, step 6)."""
        self._need("optimizer", model=self._y_out_op, loss=self._loss_op)
        options = self._options
        with self._session.graph.as_default():
            self._optimizer = v1.train.AdamOptimizer(
                options.learning_rate, options.beta1, options.beta2, options.eps
            )
            self._train_step = self._optimizer.minimize(self._loss_op, var_list=[self._image_var])
            self._start_op = tf.group(
                self._pixels.initializer(), v1.variables_initializer(self._optimizer.variables())
            )
        return self

    def fit(self, callbacks=None):
        """Take `epochs` steps downhill from the start; an earlier fit is forgotten.

        Ctrl-C ends it with KeyboardInterrupt and keeps the picture so far.

        Args:
            callbacks: called with every `stylenet.fitting.Record`, entered and left where they are
                context managers; a progress bar when None.

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
        self._load_targets()
        self._history, self._snapshots = History(), Snapshots(self._epochs)
        self._average = IterateAverage(self._options.average)
        self._last_record = None
        self._set_pixels(self._start_op, self._start_image())
        if callbacks is None:
            callbacks = [ProgressBar(self._epochs, self._eval_step)]
        with ExitStack() as stack:
            watchers = [self._history, self._snapshots, *self._own_callbacks(), *callbacks]
            for watcher in watchers:
                if hasattr(watcher, "__enter__"):
                    stack.enter_context(watcher)
            descend(self._step, self._evaluate, self._epochs, watchers, self._keep)
        return self

    def _own_callbacks(self):
        """The callbacks that options ask for."""
        options = self._options
        if options.checkpoint_output:
            pattern, every = options.checkpoint_output, options.checkpoint_iterations
            yield Checkpoints(pattern, every, self._write_picture)
        if options.tensorboard:
            folder, graph = options.tensorboard, self._session.graph
            yield TensorBoardWriter(folder, graph, options.as_dict(), self._epochs, self._finished)

    def _start_image(self):
        """The picture to start from, in the network's space, (1, H, W, 3)."""
        return start_image(
            self._options,
            self._image_content,
            self._image_style[0],
            self._image_initial,
            self._norm_mean_matrix,
        )

    def _set_pixels(self, op, batch):
        self._session.run(op, self._pixels.feed([(self._image_var, batch)]))

    def _step(self):
        """One step; the losses and the picture of before it come from the same run."""
        return self._state(self._session.run([self._state_ops(), self._train_step])[0])

    def _evaluate(self):
        """The state at the end, without a step; that of the average where one is asked for."""
        losses, image = self._state(self._session.run(self._state_ops()))
        if not self._options.average:
            return losses, image
        batch = pictures.preprocess(image, self._norm_mean_matrix)
        self._set_pixels(self._pixels.initializer(), batch)
        return self._state(self._session.run(self._state_ops()), average=False)

    def _state_ops(self):
        """What is fetched with every step."""
        terms = {
            "total": self._loss_op,
            "content": self._loss_content_op,
            "style": self._loss_style_op,
            "tv": self._loss_total_var_op,
        }
        return terms, self._objective.part_ops, self._y_out_op

    def _state(self, values, average=True):
        terms, parts, image = values
        terms = {name: float(value) for name, value in terms.items()}
        parts = {name: float(value) for name, value in parts.items()}
        return Losses(**terms, parts=parts), self._average(image) if average else image

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
        frames = [self._finished(image) for image in self._snapshots.pictures.values()]
        pictures.write_gif(path, frames)

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
        write_graph(folder, self._session.graph)

    def _repr_html_(self):
        """What a notebook shows of the object: content, styles, result, losses."""
        shown = {}
        if self._image_content is not None:
            shown["content"] = self._image_content
        for number, image in enumerate(self._image_style, start=1):
            shown[f"style {number}"] = image
        if self._last_record is None:
            return as_html(shown, "no result yet, call fit()")
        shown["result"] = self._finished(self._last_record.image)
        return as_html(shown, losses_line(self._last_record))

    def _result(self, caller):
        """The last good picture as it is shown and saved, float32 (H, W, 3)."""
        self._need(caller, fit=self._last_record)
        return self._finished(self._last_record.image)

    def _finished(self, image):
        """A picture with the content's colours where these are to be kept."""
        space = self._options.preserve_colors
        return with_colors_of(image, self._image_content, space) if space else image

    def _write_picture(self, path, image):
        pictures.write_image(path, self._finished(image))

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
        self._image_content_holder = self._image_style_holder = self._style_mask_holder = None
        self._vgg_layers = self._content_layers_t = self._style_layers_t = None
        self._pixels = self._regions = None
        self._forget_loss()

    def _forget_loss(self):
        """Forget what depends on the layers chosen."""
        self._features_content = self._features_style = self._objective = None
        self._loss_op = self._loss_content_op = self._loss_style_op = None
        self._loss_total_var_op = self._optimizer = self._train_step = self._start_op = None
        self._history, self._snapshots, self._last_record = History(), None, None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._own_session and self._session is not None:
            self._session.close()


def _as_list(value):
    """A list of what may be one thing, several or None."""
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]
