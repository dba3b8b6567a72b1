"""Neural style transfer (Gatys, Ecker, Bethge 2015) as one class in the TensorFlow 1.x manner.

The story, in the order of the methods: load the pictures and the network, build the model, extract
the features to be matched, build the loss, choose the optimiser, fit, look.
"""

import dataclasses
import math
from collections import ChainMap
from contextlib import ExitStack
from copy import copy
from pathlib import Path

import numpy as np
import tensorflow as tf

import MLPreProcess as pictures
from stylenet.cluster.recipe import Recipe
from stylenet.descent.averaging import IterateAverage
from stylenet.descent.callbacks import (
    FRAME_PIXELS,
    Checkpoints,
    History,
    ProgressBar,
    Snapshots,
    losses_line,
)
from stylenet.descent.checkpoint import RunState
from stylenet.descent.identity import check_inputs, check_options, identity_of
from stylenet.descent.lazy_arrays import LazyArrays
from stylenet.descent.optimizers import OPTIMIZERS, Problem
from stylenet.descent.records import Losses, Recorder
from stylenet.engine.memory import (
    FEWEST_REMEMBERED,
    arrays_of,
    choose_shared_tile,
    choose_tile,
    expected_tiled_seconds,
    free_memory,
)
from stylenet.engine.tile_grid import halos
from stylenet.engine.tiled import TiledPicture, in_turn
from stylenet.engine.tiled_targets import LayerMasks, TiledContent, TiledStyle
from stylenet.errors import MissingStepError, OptionError, PictureError, StateError
from stylenet.losses.gradient import gradient_by_layers
from stylenet.losses.losses import STATISTICS
from stylenet.losses.objective import Objective, resized_mask, style_sums_of
from stylenet.losses.regions import Regions
from stylenet.losses.sums import Sums, flat
from stylenet.network.feeds import checked_feed
from stylenet.network.layers import Network
from stylenet.network.model_files import find_network
from stylenet.network.network_file import read_network
from stylenet.network.sessions import compute_type, device_name, has_gpu, make_session
from stylenet.network.variables import FedVariables
from stylenet.network.vgg19 import apply_vgg19, conv2d_of_depth_one
from stylenet.options.options import STARTS, Options
from stylenet.options.shares import check_count, content_plan, style_plan
from stylenet.options.tiles import check_shared_tiles, tiles_are_exact
from stylenet.pictures.color import match_colors, with_colors_of
from stylenet.pictures.picture_set import PictureSet
from stylenet.pictures.resampling import resample, size_within
from stylenet.pictures.sizes import sizes_from
from stylenet.pictures.start import start_image
from stylenet.results import figures
from stylenet.results.notebook import as_html
from stylenet.results.state_table import state_table
from stylenet.results.tensorboard import TensorBoardWriter, write_graph

v1 = tf.compat.v1

PICTURE_SHAPE, MASK_SHAPE = (1, None, None, 3), (1, None, None, 1)


class CNNStyleNet:
    """Paints one picture's content in the style of others, by optimising the pixels.

    The network is frozen, the pixels learn:
    x* = argmin alpha L_content + beta L_style + gamma L_tv, and L_range, which is of what lies
    outside 0-255.
    Nothing is read or built before `load_image_content_style`; `fit` runs every earlier step that
    was not called. Use it as a context manager, so that the session it makes is closed.

    Args:
        image_content_path: the content picture, a path or an array (H, W, 3), RGB, 0-255.
        image_style_path: the style picture, likewise, or a list of several.
        vgg_mat_file: VGG-19 as a .mat or .npz file; found by `stylenet.network.model_files` when None.
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
        **more: `preset`, see `stylenet.options.presets`, and the other fields of
            `stylenet.options.options.Options`: width, learning_rate, initial … What is left out is as the
            preset has it, and so are those above where they are None.

    Raises:
        OptionError: an option has a value it cannot have, or there is none of that name.
    """

    def __init__(
        self,
        image_content_path,
        image_style_path,
        vgg_mat_file=None,
        session=None,
        epochs=None,
        eval_step=None,
        weight_image_content=None,
        weight_image_style=None,
        weight_regularization=None,
        n_strides=None,
        n_pool_wndsize=None,
        n_pool_strides=None,
        content_masks=None,
        style_masks=None,
        **more,
    ):
        named = {
            "epochs": epochs,
            "eval_step": eval_step,
            "weight_image_content": weight_image_content,
            "weight_image_style": weight_image_style,
            "weight_regularization": weight_regularization,
            "n_strides": n_strides,
            "n_pool_wndsize": n_pool_wndsize,
            "n_pool_strides": n_pool_strides,
        }
        given = {name: value for name, value in named.items() if value is not None}
        self._options = Options.of_preset(**given, **more)
        self._epochs, self._eval_step = self._options.epochs, self._options.eval_step
        self._image_content_path = image_content_path
        self._image_style_paths = _as_list(image_style_path)
        self._content_mask_paths = _as_list(content_masks)
        self._style_mask_paths = _as_list(style_masks)
        self._vgg_mat_file = vgg_mat_file
        self._session, self._own_session = session, session is None
        self._full = self._now = self._image_content = self._image_style = None
        self._weights = self._biases = self._norm_mean_matrix = self._y_out_op = None
        self._free_memory, self._tile_watchers, self._cluster = None, [], None
        self._plan_layers()
        self._forget_model()
        self._forget_result()

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
        options, before, limit = self._options, self._full, self._options.max_megapixels
        content = pictures.as_image(self._image_content_path, limit)
        content = pictures.resize_to_width(content, options.width or content.shape[1])
        size = content.shape[:2]
        if before is None or before.content.shape[1] != size[1] or options.match_colors:
            styles = self._load_styles(content)
        else:
            styles = before.styles
        initial = None
        if options.initial not in STARTS:
            initial = pictures.read_image(options.initial, megapixels=limit)
            initial = pictures.resize_image(initial, *size)
        content_masks = [pictures.as_mask(path, *size, limit) for path in self._content_mask_paths]
        style_masks = [
            pictures.as_mask(path, *image.shape[:2], limit)
            for path, image in zip(self._style_mask_paths, styles, strict=False)
        ]
        return self.take_pictures(PictureSet(content, styles, initial, content_masks, style_masks))

    def take_pictures(self, picture_set):
        """Paint these pictures from now on, a `stylenet.pictures.picture_set.PictureSet`; the rest stays."""
        if self._full is None or not picture_set.has_styles_of(self._full):
            self._style_features_at = {}
        self._full = self._now = picture_set
        self._image_content, self._image_style = picture_set.content, picture_set.styles
        self._features_content = self._features_style = None
        self._forget_result()
        return self

    def _load_styles(self, content):
        scales = self._options.style_scales or [1] * len(self._image_style_paths)
        how = self._options.match_colors
        styles = []
        for path, scale in zip(self._image_style_paths, scales, strict=True):
            width = max(1, round(content.shape[1] * scale))
            style = pictures.as_image(path, self._options.max_megapixels)
            style = pictures.resize_to_width(style, width)
            matched = how in ("linear", "histogram")
            styles.append(match_colors(style, content, how) if matched else style)
        return styles

    def load_model_info(self, network=None):
        """Take the network's kernels, biases and mean pixel.

        Args:
            network: `stylenet.network.layers.Network`; read from its file when None.

        Raises:
            NetworkFileError: the file is missing, damaged or another network.
        """
        network = network or read_network(find_network(self._vgg_mat_file).path)
        self._weights, self._biases = dict(network.kernels), dict(network.biases)
        self._norm_mean_matrix = network.mean_pixel
        self._free_memory = free_memory()
        self._network_fingerprint = network.fingerprint
        return self

    # --- model ----------------------------------------------------------------------------------

    def model(self):
        """Build the network once over each of three inputs: content, style and generated picture.

        The first two are placeholders, the third is the variable that is optimised. The weights
        enter the graph once, and no size is fixed in it.
        """
        if self._image_content is None:
            self.load_image_content_style()
        return self._build_model()

    def _build_model(self):
        if self._y_out_op is not None:
            self._forget_model()
        if self._weights is None:
            self.load_model_info()
        self._forget_result()
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
            self._pixels_t = tf.ensure_shape(self._image_var.read_value(), PICTURE_SHAPE)
            self._image_t = self._pixels_t
            if self._content_mask_paths:
                self._regions = Regions(self._image_t, len(self._content_mask_paths))
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
        self._init_var_op = fed.initializers()
        fed.load(self._session, values)

    def _network(self, image_t, scope):
        options = self._options
        with tf.name_scope(scope):
            return apply_vgg19(
                image_t,
                self._weights,
                self._biases,
                pooling=options.pooling,
                padding=options.padding,
                n_strides=options.n_strides,
                pool_window=options.n_pool_wndsize,
                pool_strides=options.n_pool_strides,
                compute_type=compute_type(options.precision),
                convolve=tf.nn.conv2d if has_gpu() else conv2d_of_depth_one,
            )

    # --- features -------------------------------------------------------------------------------

    def extract_content_features(self):
        """P: the content picture's features, by feeding the content placeholder (README, step 3).

        Returns:
            dict, layer name -> float32 (1, H_l, W_l, C_l); in tiles, the `stylenet.engine.tiled.Source`
            of such an array.
        """
        self._need("extract_content_features", model=self._y_out_op)
        if self._tile_size:
            image, size = self._now.content, self._tile_size
            self._features_content = self._tiled_content().features(image, size, self._on_tile)
            return self._features_content
        batch = pictures.preprocess(self._now.content, self._norm_mean_matrix)
        feed = checked_feed(self._image_content_holder, batch)
        self._features_content = self._session.run(self._content_wanted(), feed)
        return self._features_content

    def _content_wanted(self):
        """The content layers of the content placeholder: layer name -> tensor."""
        return {layer: self._content_layers_t[layer] for layer in self._content_layer}

    def _tiled_content(self):
        """What gets the content's features tile by tile."""
        holder, layers = self._image_content_holder, self._content_wanted()
        mean_pixel = self._norm_mean_matrix
        return TiledContent(self._session, holder, layers, mean_pixel, self._over_tiles)

    def extract_style_features(self):
        """A: the style pictures' Gram matrices, by feeding the style placeholder (README, step 4).

        Returns:
            dict, layer name -> list of float32, one for each style; (C_l, C_l) where the statistic
            is the Gram matrix.
        """
        self._need("extract_style_features", model=self._y_out_op)
        self._ensure_style_statistics()
        features = {layer: [] for layer in self._style_layers}
        for number, image in enumerate(self._now.styles):
            mask = self._now.style_masks[number] if self._now.style_masks else None
            if self._tile_size:
                feed = self._tiled_style().sums(image, mask, self._tile_size, self._on_tile)
            else:
                feed = self._style_feed(image, mask)
            for layer, value in self._session.run(self._style_statistics_t, feed).items():
                features[layer].append(value)
        self._features_style = features
        return features

    def _style_feed(self, image, mask):
        batch = pictures.preprocess(image, self._norm_mean_matrix)
        feed = checked_feed(self._image_style_holder, batch)
        if mask is not None:
            feed |= checked_feed(self._style_mask_holder, mask[None])
        return feed

    def _tiled_style(self):
        """What adds up the sums of a style picture; the graph gets it once."""
        if self._style_tiles is None:
            self._ensure_style_statistics()
            self._style_tiles = TiledStyle(
                self._session,
                self._image_style_holder,
                self._style_masks_t,
                self._style_sums,
                self._norm_mean_matrix,
                self._over_tiles,
            )
        return self._style_tiles

    def _ensure_style_statistics(self):
        """The statistic of the style placeholder at each style layer; the graph gets it once."""
        if self._style_statistics_t is None:
            self._style_statistics_t = self._build_style_statistics()

    def _build_style_statistics(self):
        """Layer name -> tensor."""
        statistic = STATISTICS[self._options.style_statistic]
        mask_t = self._style_mask_holder if self._style_mask_paths else None
        self._style_sums, self._style_masks_t = {}, {}
        with self._session.graph.as_default(), tf.name_scope("style_statistics"):
            for layer in self._style_layers:
                features_t = self._style_layers_t[layer]
                layer_mask_t = resized_mask(mask_t, features_t)
                if layer_mask_t is not None:
                    self._style_masks_t[layer] = layer_mask_t
                sums_of = style_sums_of(statistic, features_t, layer_mask_t)
                self._style_sums[layer] = Sums(layer, features_t, sums_of)
            return {
                layer: statistic.of_sums(*sums.tensors) for layer, sums in self._style_sums.items()
            }

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
        self._content_layer = content_plan(self._options)
        self._style_terms = style_plan(self._options, self._style_names())
        self._style_layers = {}
        for term in self._style_terms:
            weight = self._style_layers.get(term.layer, 0.0)
            self._style_layers[term.layer] = weight + term.weight

    def _style_names(self):
        """What --style-layers calls the styles: the stems of their files, or their numbers."""
        return [
            Path(style).stem if isinstance(style, (str, Path)) else str(number)
            for number, style in enumerate(self._image_style_paths, start=1)
        ]

    # --- more than one machine ------------------------------------------------------------------

    def work_on(self, cluster):
        """Have the tiles of the picture worked on by a cluster from the next `fit` on.

        Args:
            cluster: `stylenet.cluster.cluster.Cluster`; None: by this process again.

        Raises:
            OptionError: this run goes through the network in one piece.
        """
        if cluster:
            check_shared_tiles(self._options)
        self._cluster = cluster
        return self

    def device(self):
        """Where the work is done: the first GPU, the processor, or the workers of a cluster."""
        self._need("device", model=self._session)
        return str(self._cluster.workers) if self._cluster else device_name(self._session)

    def tile_works(self):
        """Name -> the units of work of tiles, see `stylenet.engine.tiled`; needs no picture."""
        if self._y_out_op is None:
            self._build_model()
        if self._loss_op is None:
            self.loss()
        content, style, picture = self._tiled_content(), self._tiled_style(), self._tile_engine()
        return {work.name: work for work in (content.work, style.work, *picture.works)}

    def recipe(self):
        """What another process makes a net like this one from; its pictures come apart."""
        masks = len(self._content_mask_paths), len(self._style_mask_paths)
        return Recipe(type(self), tuple(self._style_names()), *masks, self._options)

    def fit_result(self):
        """What `fit` came to, to be taken over by `take_fit` of the net it was done for."""
        self._need("fit_result", fit=self._last_record)
        return self._last_record, self._history, self._snapshots

    def take_fit(self, result):
        """Hold what `fit` of another net came to, as if it had been this one's."""
        self._last_record, self._history, self._snapshots = result
        return self

    def _over_tiles(self, work, units, *shared):
        """The results of a unit of work over tiles, in their order, see `in_turn`."""
        if self._cluster is None:
            return in_turn(work, units, *shared)
        place = self._cluster.bring(self._network_fingerprint, self._network_arrays)
        return self._cluster.over_tiles(place, self.recipe(), work.name, units, *shared)

    def _network_arrays(self):
        """The network as it was read, also where its weights are in the session by now."""
        weights = self._weights, self._biases
        if self._y_out_op is not None:
            weights = self._session.run(weights)
        return Network(*weights, self._norm_mean_matrix, self._network_fingerprint)

    # --- loss -----------------------------------------------------------------------------------

    def loss(self):
        """Build alpha L_content + beta L_style + gamma L_tv + L_range (README, steps 1 to 6).

        What the losses compare with is set by `fit`, for each size anew.
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
                self._norm_mean_matrix,
            )
        self._loss_content_op = self._objective.content_op
        self._loss_style_op = self._objective.style_op
        self._loss_total_var_op = self._objective.tv_op
        self._loss_op = self._objective.total_op
        # An optimiser of an earlier loss would go on minimising that one.
        self._optimizer = self._train_step = self._problem = self._descent = None
        self._picture_tiles = None
        return self

    # --- fit ------------------------------------------------------------------------------------

    def optimizer(self):
        """The optimiser of the pixels: Adam, or L-BFGS (README, step 7)."""
        self._need("optimizer", model=self._y_out_op, loss=self._loss_op)
        terms = {
            "total": self._loss_op,
            "content": self._loss_content_op,
            "style": self._loss_style_op,
            "tv": self._loss_total_var_op,
            "range": self._objective.range_op,
        }
        averaged = [self._pixels_t] if self._options.average else []  # as read, before the step
        # Not `_y_out_op`: memory for what a session computes is never given back, and a variable's
        # value comes as a copy of our own.
        state_ops = terms, self._objective.part_ops, self._image_t, averaged
        with self._session.graph.as_default(), tf.name_scope("gradient"):
            slopes = tf.gradients(self._loss_op, flat(self._objective.sums))
            gradient_t = gradient_by_layers(self._objective.sums, slopes, self._image_var)
        self._problem = Problem(
            self._session,
            self._pixels,
            self._image_var,
            self._loss_op,
            gradient_t,
            state_ops,
            self._to_state,
            {name: term_op for name, term_op in terms.items() if name != "total"},
        )
        self._descent = OPTIMIZERS[self._options.optimizer](self._problem, self._options)
        self._optimizer, self._train_step = self._descent.optimizer, self._descent.train_step
        return self

    def fit(self, callbacks=None, state=None):
        """Take `epochs` steps downhill from the start, coarse to fine; an earlier fit is forgotten.

        Ctrl-C ends it with KeyboardInterrupt and keeps the picture so far.

        Args:
            callbacks: called with every `stylenet.descent.records.Record`, entered and left where they are
                context managers, and `on_tile(done, total)` called for every tile of a step where
                they have it; a progress bar when None.
            state: a RunState that `run_state` gave, to go on from it.

        Returns:
            self.

        Raises:
            NotFiniteError: a loss or a gradient became NaN or infinite; the last good picture is
                kept.
            StateError: the state is that of another run.
        """
        if self._y_out_op is None:
            self.model()
        if self._loss_op is None:
            self.loss()
        if self._train_step is None:
            self.optimizer()
        self._forget_result()
        if state:
            self.check_state(state)
            self._history = History(state.history)
        if callbacks is None:
            callbacks = [ProgressBar(self._epochs, self._eval_step)]
        with ExitStack() as stack:
            watchers = [self._history, self._snapshots, *self._own_callbacks(), *callbacks]
            for watcher in watchers:
                if hasattr(watcher, "__enter__"):
                    stack.enter_context(watcher)
            self._tile_watchers = [w.on_tile for w in watchers if hasattr(w, "on_tile")]
            done = (state.iteration, state.seconds) if state else (0, 0.0)
            self._recorder = Recorder(self._keep, watchers, *done)
            self._descend(self._recorder, state)
        self._tile_watchers = []
        return self

    def run_state(self, lazy=False):
        """The run between two steps, for `stylenet.descent.checkpoint.StateFile` and `fit` to go on from.

        To be called by a callback, or after a fit. None while there is no state that is whole: not
        yet, or after a step that broke off half way.

        Args:
            lazy: its arrays are got one by one as they are asked for, until the next step; memory
                need not hold them all.
        """
        reached = self._descent.state() if self._sizes else None
        if reached is None:
            return None
        averages = {}
        for name, average in self._averages.items():
            averages |= {f"{name}_{part}": array for part, array in average.state().items()}
        arrays = LazyArrays([*reached, *averages], ChainMap(reached, averages).__getitem__)
        if not lazy:
            arrays = {name: np.array(arrays[name]) for name in arrays}
        sizes, done = self._sizes, self._descent.done
        state = RunState(self.run_identity(), sizes, done, [], self._recorder.seconds, arrays)
        return dataclasses.replace(state, history=self._history.records[: state.iteration])

    def run_identity(self):
        """What makes this run this run, see `stylenet.descent.identity`: options and fingerprints."""
        if self._identity is None:
            self._identity = identity_of(self._options, self._full, self._network_fingerprint)
        return self._identity

    def check_state(self, state):
        """Raise unless the state is one of this very run, perhaps with fewer steps wanted."""
        now, wanted = self.run_identity(), state.identity["options"]["epochs"]
        check_options(state.identity, now)
        check_inputs(state.identity, now)
        if self._epochs < wanted:
            raise StateError(
                f"The stopped run was to take {wanted} steps, got --iterations {self._epochs}; "
                "give as many, or more."
            )

    def _descend(self, report, state):
        """Size by size, each from the enlarged result of the one before; `report` every state."""
        height, width = self._full.content.shape[:2]
        begun = state.sizes if state else []
        sizes = sizes_from(begun, height, width, self._epochs, self._options.scales)
        present, batch = max(0, len(begun) - 1), None
        for number in range(present, len(sizes)):
            height, width, steps = sizes[number]
            self._use_size(height, width)
            if state and number == present:
                self._restore(state)
            else:
                self._begin(batch)
            batch = None  # not to be held twice while the steps are taken
            self._sizes = sizes[: number + 1]
            self._descent.run(steps, report)
            if self._options.average or number + 1 < len(sizes):
                batch = self._reached()
        report(*self._evaluated(batch))

    def _begin(self, batch):
        """Start at the size in use: from the picture reached at the one before, or anew if None."""
        if batch is None:
            self._descent.begin(self._start_image(), first=True, memory=self._remembered)
        else:
            size = self._now.content.shape[:2]
            start = resample(batch[0], *size)[np.newaxis]
            self._descent.begin(start, first=False, memory=self._remembered)
        self._start_averages(self._options.average)

    def _start_averages(self, decay):
        self._averages = {name: IterateAverage(decay) for name in ("picture", "pixels")}

    def _restore(self, state):
        """Pixels, optimiser and averages as they were."""
        self._descent.restore(state.arrays, state.done)
        self._start_averages(self._options.average)
        for name, average in self._averages.items():
            average.restore({part: state.arrays[f"{name}_{part}"] for part in average.state()})

    def _use_size(self, height, width):
        """Take the pictures at a size, and set what the losses compare with accordingly."""
        self._now = self._full.resized(height, width)
        styles = [style.shape[:2] for style in self._now.styles]
        self._tile_size, _, self._remembered = self._plan((height, width), styles)
        if width not in self._style_features_at:
            self._style_features_at[width] = self.extract_style_features()
        self._features_style = self._style_features_at[width]
        self.extract_content_features()
        if self._regions:
            content = pictures.preprocess(self._now.content, self._norm_mean_matrix)
            self._regions.load(self._session, self._now.content_masks, content)
        if self._tile_size:
            self._objective.load_styles(self._session, self._features_style)
            self._problem.tiles = self._tiled_picture(height, width)
        else:
            self._objective.load(self._session, self._features_content, self._features_style)
            self._problem.tiles = None

    def tile_plan(self, shape, style_shapes):
        """How a result of a size goes through the network.

        Args:
            shape: (height, width).
            style_shapes: list of (height, width), of the styles.

        Returns:
            (size of the tiles, or None: in one piece; bytes of memory it takes).
        """
        return self._plan(shape, style_shapes)[:2]

    def remembered(self, shape, style_shapes):
        """Steps that L-BFGS remembers at a size: as many as asked for, or as fit into memory."""
        return self._plan(shape, style_shapes)[2]

    def _plan(self, shape, style_shapes):
        """What `tile_plan` gives, and the steps that L-BFGS remembers."""
        self._need("tile_plan or remembered", load_model_info=self._biases)
        most = self._options.lbfgs_memory
        for remembered in range(most, min(most, FEWEST_REMEMBERED) - 1, -1):
            arrays = arrays_of(self._options, remembered)
            tile, needed = self._plan_with(shape, style_shapes, arrays)
            if self._options.optimizer == "adam" or needed <= (self._free_memory or math.inf):
                break
        return tile, needed, remembered

    def _plan_with(self, shape, style_shapes, arrays):
        tile = self._options.tile if tiles_are_exact(self._options) else "off"
        halo = self._halos()[1]
        if self._cluster:
            workers = self._cluster.workers
            return choose_shared_tile(
                tile, shape, style_shapes, halo, self._biases, workers, arrays
            )
        free = self._free_memory
        return choose_tile(tile, shape, style_shapes, halo, self._biases, free, arrays)

    def expected_tiled_seconds(self, sizes):
        """Seconds a run in tiles would take, from one tile of each pass.

        Args:
            sizes: list of (height, width, steps), as `stylenet.pictures.sizes` gives it.
        """
        self.model().loss()
        styles = [style.shape[:2] for style in self._full.styles]

        def tile_at(shape):
            return self.tile_plan(shape, styles)[0]

        height, width, _ = sizes[-1]
        workers = self._cluster.workers.count if self._cluster else 1
        rates = self._tile_engine().trial(height, width, tile_at((height, width)), workers)
        return expected_tiled_seconds(rates, sizes, styles, tile_at, self._halos())

    def content_channels(self):
        """Content layer -> number of its channels."""
        convolutions = {layer: layer.replace("relu", "conv") for layer in self._content_layer}
        return {layer: int(self._biases[name].shape[0]) for layer, name in convolutions.items()}

    def _halos(self):
        return halos([*self._content_layer, *self._style_layers])

    def _tile_engine(self):
        """What computes the picture tile by tile; the graph gets it once."""
        if self._picture_tiles is None:
            held = self._regions.held if self._regions else {}
            self._picture_tiles = TiledPicture(
                self._session, self._pixels_t, held, self._objective, self._over_tiles
            )
            self._picture_tiles.on_tile = self._on_tile
            self._layer_masks = LayerMasks(self._session)
        return self._picture_tiles

    def _tiled_picture(self, height, width):
        """The engine of tiles, set to a size."""
        engine = self._tile_engine()
        sources = {f"target/{layer}": source for layer, source in self._features_content.items()}
        for number, mask in enumerate(self._now.content_masks):
            layers = [term.layer for term in self._style_terms if term.style == number]
            at_layers = self._layer_masks.at(mask, layers)
            sources |= {f"mask_{number + 1}/{layer}": at_layers[layer] for layer in layers}
        engine.load(height, width, self._tile_size, sources)
        return engine

    def _on_tile(self, done, total):
        """Tell the callbacks that ask for it how many tiles of a pass are done."""
        for watcher in self._tile_watchers:
            watcher(done, total)

    def _start_image(self):
        """The picture to start from, in the network's space, (1, H, W, 3)."""
        return start_image(self._options, self._now, self._norm_mean_matrix)

    def _reached(self):
        """What the steps at a size came to, in the network's space: the last iterate or average."""
        return copy(self._averages["pixels"])(self._session.run(self._image_var))

    def _evaluated(self, batch):
        """(Losses, picture) of an average, or of the run's own pixels where there is none.

        The run's pixels and averages stay as they are.
        """
        return self._state_at(batch) if self._options.average else self._problem.state()[0]

    def _state_at(self, batch):
        """(Losses, picture) of any pixels (1, H, W, 3); those of the run stay as they are."""
        pixels, averages = self._session.run(self._image_var), self._averages
        self._start_averages(0)
        self._problem.set_image(batch)
        try:
            (state,) = self._problem.state()
        finally:
            self._problem.set_image(pixels)
            self._averages = averages
        return state

    def losses_of(self, image):
        """The losses of a picture of the result's size (H, W, 3), 0-255; after `fit`.

        Returns:
            `stylenet.descent.records.Losses`.

        Raises:
            PictureError: it has another size than the run has come to.
        """
        self._need("losses_of", fit=self._last_record, optimizer=self._problem)
        size = self._now.content.shape[:2]
        if image.shape[:2] != size:
            raise PictureError(
                f"Losses are of a picture of {size[1]} x {size[0]} pixels, got {image.shape[1]} x "
                f"{image.shape[0]}; resize it with MLPreProcess.resize_image."
            )
        return self._state_at(pictures.preprocess(image, self._norm_mean_matrix))[0]

    def saved_losses(self):
        """The losses of the result as it is saved, clipped and rounded; see `losses_of`."""
        return self.losses_of(pictures.to_bytes(self._result("saved_losses")))

    def _own_callbacks(self):
        """The callbacks that options ask for."""
        options = self._options
        if options.checkpoint_output:
            pattern, every = options.checkpoint_output, options.checkpoint_iterations
            yield Checkpoints(pattern, every, self._write_picture)
        if options.tensorboard:
            folder, graph = options.tensorboard, self._session.graph
            yield TensorBoardWriter(folder, graph, options.as_dict(), self._epochs, self._finished)

    def _to_state(self, values):
        """Fetched values as (Losses, picture)."""
        terms, parts, (image,), averaged = values
        for batch in averaged:
            self._averages["pixels"](batch)
        image += self._norm_mean_matrix  # last, for it may be the same array
        terms = {name: float(value) for name, value in terms.items()}
        parts = {name: float(value) for name, value in parts.items()}
        return Losses(**terms, parts=parts), self._averages["picture"](image)

    def _keep(self, record):
        """Keep the last good state, or the best of a size where a step may be only a trial."""
        last = self._last_record
        if (
            last is None
            or not self._descent.steps_are_trials
            or last.image.shape != record.image.shape
        ):
            self._last_record = record
        elif record.losses.total <= last.losses.total:
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
        size = (8, 8 / figures.width_to_height(image))
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
        self._need("save_output_image_gif", fit=self._last_record)
        shots = self._snapshots.pictures.values()
        size = size_within(*self._image_content.shape[:2], FRAME_PIXELS)
        frames = [self._finished(image.astype(np.float32), size) for image in shots]
        pictures.write_gif(path, frames)

    def plot_losses(self, path=None):
        """Plot the total loss and its terms against iterations, log scale.

        Args:
            path: a .png file to write; the plot is shown when None.
        """
        self._need("plot_losses", fit=self._last_record)
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
        styles = self._image_style or []
        for number, image in enumerate(styles, start=1):
            shown[f"style {number}" if len(styles) > 1 else "style"] = image
        if self._last_record is None:
            return as_html(shown, "no result yet, call fit()")
        shown["result"] = self._finished(self._last_record.image)
        return as_html(shown, losses_line(self._last_record))

    def _result(self, caller):
        """The last good picture as it is shown and saved, float32 (H, W, 3)."""
        self._need(caller, fit=self._last_record)
        return self._finished(self._last_record.image)

    def _finished(self, image, size=None):
        """A picture of the result's or another size, with the content's colours if kept."""
        size = size or self._image_content.shape[:2]
        space = self._options.preserve_colors
        if image.shape[:2] == size and not space:
            return image  # what is written is clipped then; a copy of a large picture is saved
        image = pictures.resize_image(image, *size)
        if not space:
            return image
        return with_colors_of(image, pictures.resize_image(self._image_content, *size), space)

    def _write_picture(self, path, image):
        pictures.write_image(path, self._finished(image))

    # --- housekeeping ---------------------------------------------------------------------------

    def _need(self, caller, **steps):
        """Raise unless every step named has left what is given for it."""
        for step, trace in steps.items():
            if trace is None:
                raise MissingStepError(f"{caller}() builds on {step}(): call {step}() first.")

    def _forget_result(self):
        """Forget an earlier fit."""
        self._history, self._snapshots = History(), Snapshots(self._epochs)
        self._last_record = self._recorder = self._identity = None
        self._sizes = []

    def _forget_model(self):
        """Close a session of our own and forget all that lived in it, but not the result."""
        if self._own_session and self._session is not None:
            self._session.close()
            self._session = None
        if self._y_out_op is not None:
            self._weights = self._biases = None  # they lived in the session
        self._init_var_op = self._y_out_op = self._image_var = self._image_t = None
        self._image_content_holder = self._image_style_holder = self._style_mask_holder = None
        self._vgg_layers = self._content_layers_t = self._style_layers_t = None
        self._pixels = self._pixels_t = self._regions = self._layer_masks = None
        self._forget_loss()

    def _forget_loss(self):
        """Forget what depends on the layers chosen."""
        self._features_content = self._features_style = self._objective = None
        self._style_statistics_t, self._style_features_at = None, {}
        self._style_sums = self._style_masks_t = self._style_tiles = self._picture_tiles = None
        self._tile_size = self._remembered = None
        self._loss_op = self._loss_content_op = self._loss_style_op = None
        self._loss_total_var_op = self._optimizer = self._train_step = None
        self._problem = self._descent = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._forget_model()


def _as_list(value):
    """A list of what may be one thing, several or None."""
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]
