"""What is known of an option besides its name and default."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Spec:
    """What is known of one option besides its name and default.

    Attributes:
        flag: its name on the command line; None where only the class has it.
        metavar: what stands for its value in the help.
        convert: anything -> the value in its final form; ValueError says what was expected.
        help: its meaning, one phrase.
        nargs: as in argparse: "+" takes several values, "?" may be given bare, 0 is a switch.
        bare: the value where the flag is given without one.
    """

    flag: str | None
    metavar: str
    convert: object
    help: str
    nargs: str | int | None = None
    bare: object = None


def option(default, flag, metavar, convert, help_text, nargs=None, bare=None):
    """A field of a dataclass that knows its Spec."""
    spec = Spec(flag, metavar, convert, help_text, nargs, bare)
    return field(default=default, metadata={"spec": spec})
