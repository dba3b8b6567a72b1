"""The command line: its flags come from the table of options, its errors are one sentence."""

import argparse
import sys
from pathlib import Path

from stylenet import __version__
from stylenet.errors import OptionError
from stylenet.network.model_files import EMBEDDED
from stylenet.options.converters import positive, whole
from stylenet.options.options import Options, specs
from stylenet.options.presets import DEFAULT_PRESET, NETWORKS
from stylenet.results.earlier_run import read_run

SAVE_SECONDS = 60.0
LOOPBACK = "127.0.0.1"


class _HelpFormatter(argparse.ArgumentDefaultsHelpFormatter):
    """Shows defaults, but for those that only say that nothing was given."""

    def _get_help_string(self, action):
        if action.default is None or action.default is False:
            return action.help
        return super()._get_help_string(action)


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        if "expected" in message and "argument" in message:
            message += "; a name that begins with a dash is written ./-name"
        raise OptionError(f"{message}; see `{self.prog} --help`.")


def _beside_main1():
    """Whether this is called by the name of the file, or in its own tests and tools."""
    return Path(sys.argv[0]).stem != "cnn-stylenet"


def build_parser():
    """The parser of `python main1.py`."""
    parser = _Parser(
        prog="python main1.py" if _beside_main1() else "cnn-stylenet",
        description="Paints a picture in the style of another (Gatys et al. 2015).",
        allow_abbrev=False,
        formatter_class=_HelpFormatter,
    )
    _add_files(parser.add_argument_group("pictures and network"))
    run = parser.add_argument_group("run")
    for name, default, spec in specs():
        if spec.flag:
            _add_option(run, name, default, spec)
    run.add_argument(
        "--progress-write", action="store_true", help="keep the losses so far in a text file"
    )
    run.add_argument(
        "--progress-plot", action="store_true", help="keep the loss plot up to date during the run"
    )
    run.add_argument(
        "--resume", action="store_true", help="go on with a run that was stopped, if there is one"
    )
    run.add_argument(
        "--save-every",
        metavar="SECONDS",
        default=SAVE_SECONDS,
        help="keep the state of the run on disk this often, to go on from",
    )
    run.add_argument(
        "--dry-run", action="store_true", help="say what it will take and write, after two steps"
    )
    _add_cluster(parser.add_argument_group("more than one machine"))
    _add_other_work(parser.add_argument_group("in place of a run"))
    return parser


def _add_other_work(group):
    group.add_argument(
        "--page",
        metavar="ADDRESS",
        nargs="?",
        const=LOOPBACK,
        help="open a page to paint on, for this machine alone; ADDRESS[:PORT] opens it to others",
    )
    group.add_argument("--presets", action="store_true", help="list the presets, a line each")
    group.add_argument(
        "--download-network",
        action="store_true",
        help="fetch VGG-19 in float32 (535 MB), where the one that comes along has three digits, "
        "and stop",
    )
    group.add_argument("--version", action="version", version=f"CNN-StyleNet {__version__}")


def _add_cluster(group):
    group.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="have the work done by the workers of this Dask scheduler, such as tcp://host:8786",
    )
    group.add_argument(
        "--local-workers",
        metavar="N",
        help="have the work done by so many processes of one core each on this machine",
    )


def _add_files(group):
    group.add_argument(
        "--content", metavar="FILE", nargs="+", help="the picture to paint, several, or a folder"
    )
    group.add_argument(
        "--styles", metavar="FILE", nargs="+", help="the picture, or pictures, to take the style of"
    )
    group.add_argument(
        "--output", metavar="FILE", help="the result, or a folder; plots and run file beside it"
    )
    group.add_argument("--overwrite", action="store_true", help="replace an existing result")
    group.add_argument(
        "--content-mask",
        metavar="FILE",
        nargs="+",
        help="where each style applies: white, one each",
    )
    group.add_argument(
        "--style-masks", metavar="FILE", nargs="+", help="what part of each style counts, one each"
    )
    group.add_argument(
        "--from-run", metavar="FILE", help="repeat the run of a run file; further flags change it"
    )
    group.add_argument(
        "--network",
        metavar="FILE",
        help=f"VGG-19 as a .mat or .npz file, or one that comes along: {', '.join(EMBEDDED)}",
    )


def _add_option(group, name, default, spec):
    if spec.nargs == "?":
        several = {"nargs": "?", "const": spec.bare}
    else:
        several = {"nargs": spec.nargs} if spec.nargs else {}
    group.add_argument(
        spec.flag, dest=name, metavar=spec.metavar, default=default, help=spec.help, **several
    )


def parse(argv=None):
    """The arguments; those of an earlier run where --from-run names one and nothing else is given.

    Returns:
        (arguments, fingerprints that the inputs must have: of a run repeated as it was, or None).

    Raises:
        OptionError: a flag or value is wrong.
    """
    parser, fingerprints = build_parser(), None
    parser.set_defaults(preset=None)
    given = parser.parse_args(argv)
    values = {}
    if given.from_run:
        values, fingerprints = read_run(given.from_run)
    parser.set_defaults(**{"preset": DEFAULT_PRESET} | values)
    if given.preset:
        parser.set_defaults(**Options.of_preset(given.preset).as_dict())
        of_earlier_preset = values.get("network") == NETWORKS.get(values.get("preset"))
        if given.preset in NETWORKS or of_earlier_preset:
            parser.set_defaults(network=None)  # that of the preset
    arguments = parser.parse_args(argv)
    if any(getattr(arguments, name) != value for name, value in values.items()):
        fingerprints = None
    arguments.save_every = _seconds(arguments.save_every)
    _check_cluster(arguments)
    if arguments.page is not None:
        _check_page(parser, arguments)
    return arguments, fingerprints


def _check_cluster(arguments):
    """Put the number of local workers into its final form; refuse what does not go together."""
    if None not in (arguments.scheduler, arguments.local_workers):
        raise OptionError(
            "--scheduler and --local-workers both say who does the work; give one of them."
        )
    if arguments.local_workers is not None:
        try:
            arguments.local_workers = whole(1)(arguments.local_workers)
        except ValueError as error:
            raise OptionError(
                f"--local-workers is {arguments.local_workers}, expected {error}."
            ) from None


def _check_page(parser, arguments):
    """Refuse what is chosen on the page."""
    flags = {name: spec.flag for name, _, spec in specs()}
    for name, value in vars(arguments).items():
        if name not in ("page", "network") and value != parser.get_default(name):
            flag = flags.get(name, f"--{name.replace('_', '-')}")
            raise OptionError(
                f"--page has pictures and options chosen on it, and got {flag}; leave that out."
            )


def _seconds(value):
    try:
        return positive(value)
    except ValueError as error:
        raise OptionError(f"--save-every is {value}, expected {error}.") from None


def options_from(arguments):
    """The Options among parsed arguments.

    Raises:
        OptionError: a value is not allowed.
    """
    return Options(**{name: getattr(arguments, name) for name, _, spec in specs() if spec.flag})
