"""Every option once: name, default, meaning, check. Class, command line and README read it here."""

import difflib
import math
from dataclasses import asdict, dataclass, field, fields

from stylenet.errors import OptionError


@dataclass(frozen=True)
class Spec:
    """What is known of one option besides its name and default.

    Attributes:
        flag: its name on the command line; None where only the class has it.
        metavar: what stands for its value in the help.
        kind: int, float or str; a whole number is taken where a float is expected.
        help: its meaning, one phrase.
        check: value -> True where the value is allowed.
        expected: the allowed values, in words.
    """

    flag: str | None
    metavar: str
    kind: type
    help: str
    check: object
    expected: str


def _option(default, flag, metavar, kind, help_text, check, expected):
    spec = Spec(flag, metavar, kind, help_text, check, expected)
    return field(default=default, metadata={"spec": spec})


def _whole(default, flag, help_text, least, metavar="N"):
    def check(value):
        return value >= least

    expected = f"a whole number, {least} or more"
    return _option(default, flag, metavar, int, help_text, check, expected)


def _weight(default, flag, help_text):
    def check(value):
        return math.isfinite(value) and value >= 0

    return _option(default, flag, "W", float, help_text, check, "a number, 0 or more")


def _is_rate(value):
    return math.isfinite(value) and value > 0


@dataclass(frozen=True)
class Options:
    """The hyper-parameters of a run, checked when made. Sources: neural-style's defaults.

    Raises:
        OptionError: a value is of the wrong type or out of its range.
    """

    epochs: int = _whole(250, "--iterations", "steps of the optimiser", 1)
    eval_step: int | None = _whole(
        None, "--print-iterations", "print the losses every N iterations", 1
    )
    width: int | None = _whole(
        None, "--width", "width of the result in pixels; the content's own by default", 1, "PX"
    )
    weight_image_content: float = _weight(5.0, "--content-weight", "weight of the content loss")
    weight_image_style: float = _weight(500.0, "--style-weight", "weight of the style loss")
    weight_regularization: float = _weight(
        100.0, "--tv-weight", "weight of the total variation loss"
    )
    learning_rate: float = _option(
        10.0, "--learning-rate", "R", float, "Adam's learning rate", _is_rate, "a number above 0"
    )
    initial: str = _option(
        "noise",
        "--initial",
        "{content,noise,FILE}",
        str,
        "the picture to start from: noise, content or a file",
        bool,
        "noise, content or the name of a picture file",
    )
    seed: int = _whole(0, "--seed", "seed of the noise; the same seed gives the same picture", 0)
    n_strides: int = _whole(1, None, "stride of the convolutions", 1)
    n_pool_wndsize: int = _whole(2, None, "height and width of the pooling window", 1)
    n_pool_strides: int = _whole(2, None, "stride of the pooling", 1)

    def __post_init__(self):
        for item in fields(self):
            value = getattr(self, item.name)
            if value is None and item.default is None:
                continue
            object.__setattr__(self, item.name, _checked(item, value))

    @classmethod
    def from_keywords(cls, **values):
        """Options from keywords, an unknown one answered with a sentence instead of a TypeError."""
        names = [item.name for item in fields(cls)]
        for name in values:
            if name not in names:
                near = difflib.get_close_matches(name, names, n=1)
                hint = (
                    f"did you mean {near[0]}?" if near else f"expected one of {', '.join(names)}."
                )
                raise OptionError(f"There is no option {name}; {hint}")
        return cls(**values)

    def as_dict(self):
        """Name -> value, in the order of the table."""
        return asdict(self)


def specs():
    """(name, default, Spec) of every option, in the order of the table."""
    return [(item.name, item.default, item.metadata["spec"]) for item in fields(Options)]


def _checked(item, value):
    """The value as its kind, or an error that names the option the way the user wrote it."""
    spec = item.metadata["spec"]
    try:
        converted = _convert(spec.kind, value)
    except (TypeError, ValueError, OverflowError):
        converted = None
    if converted is None or not spec.check(converted):
        name = f"{spec.flag} (`{item.name}` of the class)" if spec.flag else f"`{item.name}`"
        raise OptionError(f"{name} is {value!r}, expected {spec.expected}.")
    return converted


def _convert(kind, value):
    """The value as int, float or str, where that loses nothing; None where it is another thing."""
    if isinstance(value, bool) or (kind is str) != isinstance(value, str):
        return None
    converted = kind(value)
    return converted if kind is not int or converted == value else None
