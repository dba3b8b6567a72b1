"""Neural style transfer (Gatys, Ecker, Bethge 2015) as one class in the TensorFlow 1.x manner.

The story, in the order of the methods: load, model, features, loss, optimiser, fit, look.
"""

from dataclasses import replace

import tensorflow as tf

from stylenet.descent.descent import Descent
from stylenet.descent.identity import check_state, identity_of
from stylenet.descent.records import Recorder
from stylenet.engine.engines import Engines
from stylenet.engine.graph import Graph
from stylenet.engine.machine import free_memory
from stylenet.engine.memory import layout_of
from stylenet.errors import MissingStepError
from stylenet.losses.values import LOSSES
from stylenet.network.network_file import network_of
from stylenet.network.sessions import make_session
from stylenet.options.options import Options
from stylenet.options.presets import NETWORKS
from stylenet.options.tiles import check_shared_tiles
from stylenet.pictures.sources import Sources
from stylenet.results.notebook import as_html
from stylenet.results.overview import held, overview
from stylenet.results.result import Result
from stylenet.results.tensorboard import write_graph
from stylenet.results.watching import watching


class CNNStyleNet:
    """Paints one picture's content in the style of others, by optimising the pixels.

    The network is frozen, the pixels learn:
    x* = argmin alpha L_content + beta L_style + gamma L_tv + L_range of what lies outside 0-255.
    Nothing is read or built before `load_image_content_style`; `fit` runs every earlier step that
    was not called. Use it as a context manager, so that the session it makes is closed.

    Args:
        image_content_path: the content picture, a path or an array (H, W, 3), RGB, 0-255.
        image_style_path: the style picture, likewise, or a list of several.
        vgg_mat_file: VGG-19 as a .mat or .npz file, see `stylenet.network.model_files`.
        session: a tf.compat.v1.Session to work in, which stays open; one is made when None.
        epochs, eval_step, weight_image_content, weight_image_style, weight_regularization,
            n_strides, n_pool_wndsize, n_pool_strides, **more: options, `preset` among them, see
            `stylenet.options.options.Options`. What is left out is as the preset has it.
        content_masks: where in the result each style applies, one picture for each style, white
            where it does; outside all of them the content stays as it is.
        style_masks: which part of each style picture to take the style from, likewise.
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
        weights = weight_image_content, weight_image_style, weight_regularization
        named = epochs, eval_step, *weights, n_strides, n_pool_wndsize, n_pool_strides
        options = Options.of_constructor(*named, **more)
        self._epochs, self._eval_step = options.epochs, options.eval_step
        self.sources = Sources.of(image_content_path, image_style_path, content_masks, style_masks)
        self._vgg_mat_file, self._own_session, self.session = vgg_mat_file, session is None, session
        self.pictures = self._network = self.mean_pixel = self.free_memory = self.cluster = None
        self.graph = self.engines = self._descent = self._result = self._recorder = None
        self._choose(options)

    # --- load -----------------------------------------------------------------------------------

    def load_image_content_style(self, image_content_path=None, pictures=None):
        """Read the pictures: the content at the width asked for, each style at the content's width.

        Args:
            image_content_path: another content from now on; network and model stay.
            pictures: a `stylenet.pictures.picture_set.PictureSet` to take in place of reading.
        """
        if image_content_path is not None:
            self.sources = replace(self.sources, content=image_content_path)
        pictures = pictures or self.sources.read(self.options, self.pictures)
        if self.pictures is None or not pictures.has_styles_of(self.pictures):
            self.features_style, self._styles_known = None, {}
        self.features_content = self._result = self._recorder = None
        self.pictures = self._now = pictures
        return self

    def load_model_info(self, network=None):
        """Take the network's kernels, biases and mean pixel.

        Args:
            network: `stylenet.network.layers.Network` or a path; read from its file when None.
        """
        found = network_of(network, self._vgg_mat_file, NETWORKS.get(self.options.preset))
        self.close()  # what was built is of another network
        self._network = found
        self.mean_pixel, self.fingerprint = self._network.mean_pixel, self._network.fingerprint
        self.free_memory = free_memory()
        return self

    # --- model, features, loss, optimiser -------------------------------------------------------

    def model(self):
        """Build the network once over each of three inputs: two placeholders and one variable.

        The weights enter the graph once, and no size is fixed in it (README, step 2).
        """
        if self.pictures is None:
            self.load_image_content_style()
        if self.graph:
            self.close()
        if self._network is None:
            self.load_model_info()
        self._result = self._recorder = None
        self.session = self.session or make_session(tf.Graph())
        more = self.shares, self.sources.mask_counts, self.pictures.reference is not None
        self.graph = Graph(self.session, self._network, self.options, *more)
        # Its arrays are in the session by now, and memory needs them once.
        self._network = replace(self._network, **self.graph.weights)
        self.engines = Engines(self.graph, lambda: self.cluster)
        return self

    def extract_content_features(self):
        """P: the content picture's features, by feeding the content placeholder (README, step 3).

        Returns a dict, layer name -> float32 (1, H_l, W_l, C_l); in tiles, where these wait.
        """
        self._need("extract_content_features", model=self.graph)
        self.features_content = self.engines.now.content(self._now.content)
        return self.features_content

    def extract_style_features(self):
        """A: the style pictures' Gram matrices, by feeding the style placeholder (README, step 4).

        Returns a dict, layer name -> list of float32, one for each style; Gram: (C_l, C_l).
        """
        self._need("extract_style_features", model=self.graph)
        now, masks = self.engines.now, self._now.style_masks or [None] * len(self._now.styles)
        found = [now.style(*pair) for pair in zip(self._now.styles, masks, strict=True)]
        self.features_style = {layer: [of[layer] for of in found] for layer in self._style_layers}
        return self.features_style

    def set_style_layers(self, layers):
        """Choose the layers that make the style; before `loss` (README, step 5).

        Args:
            layers: names such as "relu3_1", weighted equally, or a dict name -> weight, or a text
                as of --style-layers. "relu1_1:2" takes the second style alone for a layer.
        """
        self._choose(replace(self.options, style_layers=layers))
        if self.graph:
            self.graph.choose(self.options, self.shares)
            self.engines.begin_anew()
        return self

    def _choose(self, options):
        """Go by options, and by what they give each content layer, and each style at each layer."""
        self.shares, self.options = self.sources.shares(options), options
        self.features_content = self.features_style = self._descent = None
        self._styles_known = {}  # width -> features

    def loss(self):
        """Build alpha L_content + beta L_style + gamma L_tv + L_range (README, steps 1 to 6).

        What the losses compare with is set by `fit`, for each size anew.
        """
        self._need("loss", model=self.graph)
        self._descent = None  # it would go on minimising an earlier loss
        self.graph.build_loss()
        self.engines.begin_anew()
        return self

    def optimizer(self):
        """Build what descends by the gradient of the pixels, L-BFGS or Adam (README, step 7)."""
        self._need("optimizer", model=self.graph, loss=self._loss_op)
        self.graph.build_gradient()
        self._descent = Descent(self.graph, self.options)
        return self

    # --- fit ------------------------------------------------------------------------------------

    def fit(self, callbacks=None, state=None):
        """Take `epochs` steps downhill from the start, coarse to fine; an earlier fit is forgotten.

        Args:
            callbacks: called with every `stylenet.descent.records.Record`, see
                `stylenet.results.watching`; a bar, and in a notebook the picture, when None.
            state: a RunState that `run_state` gave, to go on from it.

        Raises:
            NotFiniteError: a loss or a gradient is NaN or infinite; the last good picture is kept.
            StateError: the state is that of another run; the result of an earlier fit stays.
            KeyboardInterrupt: Ctrl-C; the picture so far is kept.
        """
        if self.graph is None:
            self.model()
        if self.graph.objective is None:
            self.loss()
        if self._descent is None:
            self.optimizer()
        if state is not None:
            check_state(state, self.run_identity())
        result = Result(self.options, self.pictures, self._descent.steps_are_trials, state)
        with (
            watching(self.options, self.session.graph, result, callbacks) as watchers,
            self.engines.watched_by(watchers),
        ):
            before, self._result, self._recorder = self._result, result, Recorder(watchers, state)
            try:
                self._descend(self._recorder, state)
            finally:
                self._result = result if result.begun else before or result
        return self

    def _descend(self, report, state):
        """The loop: size by size, step by step; `report` gets every state on the way."""
        descent = self._descent
        for size in descent.begin_run(self.pictures, state):
            layout = self._use_size(*size)
            descent.begin_size(self.engines.now, self._now, layout.remembered)
            while descent.unfinished:
                descent.step(report)
        descent.finish(report)

    def _use_size(self, height, width):
        """Aim at the pictures of a size; returns how they go through the network, a Layout."""
        self._now = self.pictures.resized(height, width)
        layout = self.layout(*self._now.shapes)
        self.engines.use(layout.tile)
        if width not in self._styles_known:
            self._styles_known[width] = self.extract_style_features()
        self.features_style = self._styles_known[width]
        self.engines.now.aim(self._now, self.extract_content_features(), self.features_style)
        return layout

    def layout(self, shape, style_shapes):
        """The `stylenet.engine.memory.Layout` of a result (height, width), of styles likewise."""
        self._need("layout", load_model_info=self._network)
        given = self._network.biases, self.free_memory, self.cluster and self.cluster.workers
        return layout_of(self.options, self.shares, shape, style_shapes, *given)

    def run_state(self, lazy=False):
        """The run between two steps, for `fit` to go on from, see `Descent.run_state`; or None."""
        if self._recorder is None or self._descent is None:
            return None
        known = self.run_identity(), self._result.history.records, self._recorder.seconds
        return self._descent.run_state(*known, lazy)

    def run_identity(self):
        """What makes this run this run, see `stylenet.descent.identity`."""
        return identity_of(self.options, self.pictures, self.fingerprint)

    # --- look -----------------------------------------------------------------------------------

    @property
    def result(self):
        """The `stylenet.results.result.Result` of the last fit; None while it has no picture."""
        return self._result if self._result and self._result.record else None

    def print(self, title):
        """Write a table of what the object holds now, under a title."""
        print(overview(title, self))

    def show_output_image(self):
        """Show the result: in a window, or in the notebook."""
        self._need("show_output_image", fit=self.result)
        self.result.show()

    def save_output_image(self, path):
        """Write the result, clipped to 0-255 and rounded; the suffix says in which format."""
        self._need("save_output_image", fit=self.result)
        self.result.save(path)

    def save_output_image_gif(self, path):
        """Write the way from the start to the result as a GIF."""
        self._need("save_output_image_gif", fit=self.result)
        self.result.gif(path)

    def plot_losses(self, path=None):
        """Plot the losses against iterations to a .png file; shown where there is no path."""
        self._need("plot_losses", fit=self.result)
        self.result.plot(path)

    def write_tensorboard_graph(self, folder):
        """Write the graph to a folder, for `tensorboard --logdir FOLDER`."""
        self._need("write_tensorboard_graph", model=self.graph)
        write_graph(folder, self.session.graph)

    def losses_of(self, image):
        """The Losses of a picture (H, W, 3), 0-255, of the size the run has come to."""
        self._need("losses_of", fit=self.result, optimizer=self._descent)
        return self._descent.losses_of(image)

    @property
    def losses(self):
        """The losses by name, each a list of those of all records; none before `fit`."""
        records = self._result.history.records if self._result else []
        return {name: [record[name] for record in records] for name in LOSSES}

    def __getattr__(self, name):
        """What one of the names stands for that `print` lists; None where it is not there yet."""
        return held(self, name)

    def _repr_html_(self):
        return as_html(self.pictures, self.result)

    # --- housekeeping ---------------------------------------------------------------------------

    def work_on(self, cluster):
        """Have tiles worked on by a `stylenet.cluster.cluster.Cluster`; None: by this process."""
        if cluster:
            check_shared_tiles(self.options)
        self.cluster = cluster
        return self

    def network(self):
        """The `stylenet.network.layers.Network` in use; got back from the session where it is."""
        self._need("network", load_model_info=self._network)
        return self.graph.network() if self.graph else self._network

    def _need(self, caller, **steps):
        """Raise unless every step named has left what is given for it."""
        for step, trace in steps.items():
            if trace is None:
                raise MissingStepError(f"{caller}() builds on {step}(): call {step}() first.")

    def close(self):
        """Forget the model, and close its session where that is our own; the result stays."""
        if self._own_session and self.session is not None:
            self.session.close()
            self.session = None
        self._network = self.graph = self.engines = None
        self._choose(self.options)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
