"""The command line: its flags come from the table of options, its errors are one sentence."""

import argparse

from stylenet import __version__
from stylenet.errors import OptionError
from stylenet.options import Options, specs


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        raise OptionError(f"{message}; see `python main1.py --help`.")


def build_parser():
    """The parser of `python main1.py`."""
    parser = _Parser(
        prog="python main1.py",
        description="Paints a picture in the style of another (Gatys et al. 2015).",
        allow_abbrev=False,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    files = parser.add_argument_group("pictures and network")
    files.add_argument("--content", metavar="FILE", help="the picture to be painted")
    files.add_argument(
        "--styles", metavar="FILE", nargs="+", help="the picture, or pictures, to take the style of"
    )
    files.add_argument("--output", metavar="FILE", help="the result; plots and run file beside it")
    files.add_argument("--overwrite", action="store_true", help="replace an existing result")
    files.add_argument("--network", metavar="FILE", help="VGG-19 as a .mat file")
    files.add_argument(
        "--download-network", action="store_true", help="fetch the real VGG-19 (535 MB) and stop"
    )
    files.add_argument("--version", action="version", version=f"CNN-StyleNet {__version__}")
    run = parser.add_argument_group("run")
    for name, default, spec in specs():
        if spec.flag:
            run.add_argument(
                spec.flag,
                dest=name,
                metavar=spec.metavar,
                default=default,
                type=_reader(spec.kind),
                help=spec.help,
            )
    return parser


def options_from(arguments):
    """The Options among parsed arguments.

    Raises:
        OptionError: a value is not allowed.
    """
    return Options(**{name: getattr(arguments, name) for name, _, spec in specs() if spec.flag})


def _reader(kind):
    """A converter that leaves what it cannot convert for Options to refuse, in its own words."""

    def read(text):
        try:
            return kind(text)
        except ValueError:
            return text

    return read
