"""Every option once: name, default, meaning, check. Class, command line and README read it here."""

import difflib
from dataclasses import asdict, dataclass, fields

from stylenet.errors import OptionError
from stylenet.options.converters import (
    checkpoint_pattern,
    choice,
    fraction,
    layer_weights,
    number,
    numbers,
    positive,
    share,
    text,
    tile_size,
    whole,
)
from stylenet.options.presets import DEFAULT_PRESET, PRESETS
from stylenet.options.spec import option
from stylenet.options.tiles import check_tiles

COLOR_SPACES = ("ycbcr", "lab", "luv", "yuv")
COLOR_MATCHES = ("linear", "histogram", "start-linear", "start-histogram")
STARTS = ("noise", "content", "style")  # any other start is the name of a file
STATISTIC_NAMES = ("gram", "mean-std", "wasserstein")
POOLINGS = ("max", "avg")
PRECISIONS = ("auto", "float32", "bfloat16")
OPTIMIZER_NAMES = ("lbfgs", "adam")
NORMALIZATIONS = ("relative", "neural-style")
PADDINGS = ("replicate", "zero")
# Those that the constructor of CNNStyleNet names, in its order.
NAMED = (
    *("epochs", "eval_step", "weight_image_content", "weight_image_style"),
    *("weight_regularization", "n_strides", "n_pool_wndsize", "n_pool_strides"),
)
MASKS = ("content_masks", "style_masks")  # which are pictures, no options
RATE_BEGIN, RATE_END = 2.0, 0.2  # first and last learning rate / the rate given, measured


@dataclass(frozen=True)
class Options:
    """The hyper-parameters of a run, checked when made.

    The weights have neural-style's numbers. `preset` is the name that the values came by, for who
    looks at them later; `of_preset` is what takes them from it.

    Raises:
        OptionError: a value is of the wrong type or out of its range, or two do not go together.
    """

    preset: str = option(
        DEFAULT_PRESET,
        "--preset",
        "NAME",
        choice(tuple(PRESETS)),
        f"values of many options at once, which others then change: {', '.join(PRESETS)}",
    )
    epochs: int = option(60, "--iterations", "N", whole(1), "steps of the optimiser")
    eval_step: int | None = option(
        None, "--print-iterations", "N", whole(1), "print the losses every N iterations"
    )
    width: int | None = option(
        None, "--width", "PX", whole(1), "width of the result; the content's own by default"
    )

    weight_image_content: float = option(
        5.0, "--content-weight", "W", number, "weight of the content loss"
    )
    weight_image_style: float = option(
        500.0, "--style-weight", "W", number, "weight of the style loss"
    )
    weight_regularization: float = option(
        100.0, "--tv-weight", "W", number, "weight of the total variation loss"
    )
    weight_range: float = option(
        200_000.0,
        "--range-weight",
        "W",
        number,
        "weight of the loss of values outside 0-255, which saving cuts off",
    )
    normalization: str = option(
        "relative",
        "--normalization",
        "{relative,neural-style}",
        choice(NORMALIZATIONS),
        "the losses as parts of what they ask for, or as neural-style has them",
    )
    content_weight_blend: float = option(
        1.0, "--content-weight-blend", "B", fraction, "B of relu4_2 and 1 - B of relu5_2 as content"
    )
    content_layers: str | None = option(
        None, "--content-layers", "L=W,…", layer_weights, "content layers and weights by name"
    )
    style_layer_weight_exp: float = option(
        1.0, "--style-layer-weight-exp", "E", positive, "each style layer counts E times the last"
    )
    style_layers: str | None = option(
        None,
        "--style-layers",
        "L[:STYLE]=W,…",
        layer_weights,
        "style layers and weights by name; L:STYLE takes one style for a layer",
    )
    style_statistic: str = option(
        "gram",
        "--style-statistic",
        "NAME",
        choice(STATISTIC_NAMES),
        "what of a layer makes the style",
    )
    style_scales: tuple | None = option(
        None, "--style-scales", "S", numbers(positive), "size of each style, 1 as the content", "+"
    )
    style_blend_weights: tuple | None = option(
        None, "--style-blend-weights", "W", numbers(number), "share of each style; equal", "+"
    )

    scales: int | None = option(
        None,
        "--scales",
        "N",
        whole(1, 16),
        "sizes from coarse to fine, each twice the one before; as many as bring the first to about "
        "512 pixels",
    )
    optimizer: str = option(
        "lbfgs", "--optimizer", "NAME", choice(OPTIMIZER_NAMES), "lbfgs or adam"
    )
    lbfgs_memory: int = option(
        10, "--lbfgs-memory", "N", whole(1, 100), "steps that L-BFGS remembers"
    )
    learning_rate: float = option(
        10.0,
        "--learning-rate",
        "R",
        positive,
        "Adam's learning rate; it falls from 2 R to 0.2 R at every size",
    )
    learning_rate_end: float | None = option(
        None,
        "--learning-rate-end",
        "R",
        positive,
        "fall from R to this instead; R itself keeps the rate as it is",
    )
    beta1: float = option(0.9, "--beta1", "B", share, "Adam's decay of the mean")
    beta2: float = option(0.999, "--beta2", "B", share, "Adam's decay of the square")
    eps: float = option(1e-8, "--eps", "E", positive, "Adam's epsilon")
    average: float = option(
        0.0, "--average", "D", share, "show the average of the steps, which fades by D each step"
    )

    initial: str = option(
        "content",
        "--initial",
        "{noise,content,style,FILE}",
        text,
        "the start: noise, the content, noise in the style's colours, a picture",
    )
    initial_noiseblend: float | None = option(
        None, "--initial-noiseblend", "Q", fraction, "start from 1 - Q of it and Q of noise"
    )
    seed: int = option(
        0, "--seed", "N", whole(0), "seed of the noise; the same seed, the same picture"
    )

    preserve_colors: str | None = option(
        None,
        "--preserve-colors",
        "SPACE",
        choice(COLOR_SPACES),
        f"keep the content's colours: {', '.join(COLOR_SPACES)}",
        "?",
        "ycbcr",
    )
    match_colors: str | None = option(
        None,
        "--match-colors",
        "HOW",
        choice(COLOR_MATCHES),
        f"move the style's colours to the content's, or the start's: {', '.join(COLOR_MATCHES)}",
        "?",
        "linear",
    )

    weight_temporal: float = option(
        30_000.0,
        "--temporal-weight",
        "W",
        number,
        "weight of the loss between a clip's frame and the ones before, moved as the content moved",
    )
    frame_epochs: int = option(
        16, "--frame-iterations", "N", whole(1), "steps of each frame of a clip after its first"
    )
    frame_rate: float = option(
        25.0, "--frame-rate", "FPS", positive, "frames a second of a clip that is a folder of them"
    )

    precision: str = option(
        "auto",
        "--precision",
        "{auto,float32,bfloat16}",
        choice(PRECISIONS),
        "of the convolutions; auto takes bfloat16 where the processor has it",
    )
    tile: str | int = option(
        "auto",
        "--tile",
        "{auto,off,PX}",
        tile_size,
        "compute in tiles of so many pixels a side, a multiple of 16, with the same result; auto "
        "does where the whole picture does not fit into memory",
    )
    max_megapixels: int = option(
        80,
        "--max-megapixels",
        "N",
        whole(1),
        "refuse a picture of more, which may be a small file that unpacks beyond all memory",
    )
    padding: str = option(
        "replicate",
        "--padding",
        "{replicate,zero}",
        choice(PADDINGS),
        "what a convolution sees beyond the border: the border again, or zeros as in training",
    )
    pooling: str = option("max", "--pooling", "{max,avg}", choice(POOLINGS), "how to pool")
    n_strides: int = option(1, None, "N", whole(1, 16), "stride of the convolutions")
    n_pool_wndsize: int = option(
        2, None, "N", whole(1, 16), "height and width of the pooling window"
    )
    n_pool_strides: int = option(2, None, "N", whole(1, 16), "stride of the pooling")

    checkpoint_output: str | None = option(
        None,
        "--checkpoint-output",
        "PATTERN",
        checkpoint_pattern,
        "pictures on the way; %%s in the name becomes the step",
    )
    checkpoint_iterations: int | None = option(
        None, "--checkpoint-iterations", "N", whole(1), "such a picture every N iterations"
    )
    tensorboard: str | None = option(
        None, "--tensorboard", "DIR", text, "write graph, losses and pictures for TensorBoard"
    )

    def __post_init__(self):
        for item in fields(self):
            value = getattr(self, item.name)
            if value is None and item.default is None:
                continue
            object.__setattr__(self, item.name, _converted(item, value))
        self._check_together()

    def _check_together(self):
        if self.content_layers and self.content_weight_blend != 1:
            raise OptionError(
                "--content-layers and --content-weight-blend both choose the content layers; "
                "give one of them."
            )
        from_noise = self.initial in ("noise", "style") and self.initial_noiseblend is None
        if from_noise and (self.match_colors or "").startswith("start-"):
            raise OptionError(
                f"--match-colors {self.match_colors} needs a picture to start from; add --initial "
                "content or a file."
            )
        if self.average and self.optimizer != "adam":
            raise OptionError(
                "--average is of Adam's steps, where those of L-BFGS are trials that may be taken "
                "back; add --optimizer adam, or leave it out."
            )
        if isinstance(self.tile, int):
            check_tiles(self)
        if bool(self.checkpoint_output) != bool(self.checkpoint_iterations):
            raise OptionError(
                "--checkpoint-output and --checkpoint-iterations go together; give both or none."
            )

    @classmethod
    def of_preset(cls, preset=DEFAULT_PRESET, **values):
        """The options of a preset, changed by keywords.

        Raises:
            OptionError: there is no such preset, no such option, or a value it cannot have.
        """
        names = [item.name for item in fields(cls)]
        for name in values:
            if name not in names:
                near = difflib.get_close_matches(name, [*names, *MASKS], n=1)
                hint = (
                    f"did you mean {near[0]}?" if near else f"expected one of {', '.join(names)}."
                )
                raise OptionError(f"There is no option {name}; {hint}")
        if preset not in tuple(PRESETS):
            cls(preset=preset)  # which says what is wrong
        return cls(**{"preset": preset} | PRESETS[preset][1] | values)

    @classmethod
    def of_constructor(cls, *values, **more):
        """The options of a call of CNNStyleNet: NAMED in their order, and others by name.

        Of NAMED, None stands for what the preset has.
        """
        pairs = zip(NAMED, values, strict=True)
        return cls.of_preset(**{name: value for name, value in pairs if value is not None}, **more)

    @property
    def rates(self):
        """The first and the last learning rate at every size."""
        if self.learning_rate_end:
            return self.learning_rate, self.learning_rate_end
        return RATE_BEGIN * self.learning_rate, RATE_END * self.learning_rate

    def as_dict(self):
        """Name -> value, in the order of the table, fit for JSON."""
        return asdict(self)


def specs():
    """(name, default, Spec) of every option, in the order of the table."""
    return [(item.name, item.default, item.metadata["spec"]) for item in fields(Options)]


def _converted(item, value):
    """The value in its final form, or an error that names the option the way the user wrote it."""
    spec = item.metadata["spec"]
    try:
        return spec.convert(value)
    except ValueError as error:
        name = f"{spec.flag} (`{item.name}` of the class)" if spec.flag else f"`{item.name}`"
        shown = value if isinstance(value, str) and value else repr(value)
        raise OptionError(f"{name} is {shown}, expected {error}.") from None
