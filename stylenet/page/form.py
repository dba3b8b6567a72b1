"""What is chosen on the page, as the flags of the command line that say the same."""

from dataclasses import dataclass, field

from stylenet.errors import OptionError
from stylenet.options.options import STARTS, specs
from stylenet.options.presets import PRESETS

USUAL_WIDTH = 512
# Options that the page has no field for: files of the machine it runs on, which is nobody's to
# choose who only sees the page, what is told on its terminal, its owner's limit, and clips.
LEFT_OUT = (
    *("preset", "width", "eval_step", "checkpoint_output", "checkpoint_iterations", "tensorboard"),
    *("max_megapixels", "weight_temporal", "frame_epochs", "frame_rate"),
)


@dataclass(frozen=True)
class Form:
    """One press of the button.

    Attributes:
        photo: path of the picture to paint, or None.
        styles: paths of the pictures to take the style of.
        preset: name of a preset.
        strength: the style's weight is the preset's times 2 to the power of this.
        width: of the result, pixels.
        keep_colors: whether the photo's colours stay.
        more: name of an option -> text; empty or None: as the preset has it.
    """

    photo: str | None
    styles: tuple
    preset: str
    strength: float = 0.0
    width: int = USUAL_WIDTH
    keep_colors: bool = False
    more: dict = field(default_factory=dict)

    def flags(self):
        """The command line that paints this.

        Raises:
            OptionError: there is no photo or no style, or an option has a value it cannot have.
        """
        if not self.photo or not self.styles:
            missing = "style" if self.photo else "photo"
            raise OptionError(f"There is no {missing} yet; drop one, or click a sample.")
        flags = ["--content", self.photo, "--styles", *self.styles, f"--preset={self.preset}"]
        flags.append(f"--width={self.width:.0f}")
        if self.strength:
            weight = preset_value(self.preset, "weight_image_style") * 2**self.strength
            flags.append(f"--style-weight={weight:.6g}")
        if self.keep_colors:
            flags.append("--preserve-colors")
        for name, spec in fields():
            flags += _flag(spec, self.more.get(name))
        return flags


def fields():
    """(name, Spec) of every option that may be chosen behind "More"."""
    return [(name, spec) for name, _, spec in specs() if spec.flag and name not in LEFT_OUT]


def choices_of(name, spec):
    """The values among which an option is chosen; None where it takes any text."""
    return STARTS if name == "initial" else getattr(spec.convert, "names", None)


def preset_value(preset, name):
    """What an option is by a preset."""
    defaults = {option: default for option, default, _ in specs()}
    return PRESETS[preset][1].get(name, defaults[name])


def _flag(spec, text):
    """A flag with its value, which can be no flag itself; [] where nothing was chosen."""
    text = (text or "").strip()
    if not text:
        return []
    if spec.nargs != "+":
        return [f"{spec.flag}={text}"]
    values = text.replace(",", " ").split()
    try:
        spec.convert(values)
    except ValueError as error:
        raise OptionError(f"{spec.flag} is {text}, expected {error}.") from None
    return [spec.flag, *values]
