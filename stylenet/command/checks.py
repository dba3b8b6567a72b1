"""What is wrong with a command line, found while nothing has been loaded yet."""

from dataclasses import astuple
from pathlib import Path

from stylenet.descent.checkpoint import StateFile
from stylenet.disk.apart import check_apart
from stylenet.disk.inputs import readable
from stylenet.disk.whole_files import check_writable
from stylenet.errors import OptionError, OutputError
from stylenet.network.model_files import find_network
from stylenet.options.options import STARTS
from stylenet.options.patterns import fill_pattern
from stylenet.options.presets import NETWORKS
from stylenet.options.tiles import check_shared_tiles
from stylenet.pictures.reading import picture_size
from stylenet.pictures.writing import check_suffix
from stylenet.results.outputs import jobs_of


def checked_jobs(arguments, options):
    """The runs that are asked for, their inputs and outputs looked at.

    Args:
        arguments: of the command line.
        options: Options.

    Returns:
        list of Job.

    Raises:
        StyleNetError: of the first thing that is wrong.
    """
    replaced = arguments.overwrite or arguments.dry_run  # which writes nothing
    jobs = jobs_of(arguments.content, arguments.output, replaced, arguments.resume)
    initial = [] if options.initial in STARTS else [options.initial]
    masks = [*(arguments.content_mask or []), *(arguments.style_masks or [])]
    inputs = [*arguments.styles, *initial, *masks]
    for path in inputs + [job.content for job in jobs if len(jobs) == 1]:
        picture_size(path, options.max_megapixels)
    for name in [job.outputs.picture for job in jobs[:1]] + [options.checkpoint_output]:
        if name:
            check_suffix(name)
    read = [*inputs, *(job.content for job in jobs)]
    if not (arguments.resume or replaced):  # which may replace the very run file they were told by
        read.append(arguments.from_run)
    read.append(find_network(arguments.network, NETWORKS.get(options.preset)).path)
    check_apart(_written(jobs, options), [path for path in read if path])
    _check_further_outputs(options, len(jobs))
    gone_on = arguments.resume and any(StateFile(job.outputs.state).exists() for job in jobs)
    if not replaced and not gone_on:
        _check_checkpoints(options)
    if is_shared(arguments):
        _check_shared(arguments, options, len(jobs))
    return jobs


def is_shared(arguments):
    """Whether workers of a cluster are to do the work."""
    return arguments.scheduler is not None or arguments.local_workers is not None


def _written(jobs, options):
    """Every file that the runs may write: (path, the option that names it)."""
    for job in jobs:
        yield from ((path, "--output") for path in (*astuple(job.outputs), job.outputs.before))
    yield from ((path, "--checkpoint-output") for path in _checkpoints(options))


def _checkpoints(options):
    """The pictures on the way, by name."""
    if not options.checkpoint_output:
        return []
    every = options.checkpoint_iterations
    steps = range(every, options.epochs + 1, every)
    return [fill_pattern(options.checkpoint_output, step) for step in steps]


def _check_checkpoints(options):
    """What is there stays, where nobody says that it may be replaced."""
    for path in _checkpoints(options):
        if path.exists():
            raise OutputError(
                f"{path} exists already; choose another --checkpoint-output or add --overwrite."
            )


def _check_shared(arguments, options, count):
    """What a cluster cannot do."""
    if count == 1:
        check_shared_tiles(options)
    elif arguments.dry_run:
        raise OptionError(
            "--dry-run times the steps of one picture, got several pictures for a cluster; give "
            "one of them, or leave out --scheduler or --local-workers."
        )


def _check_further_outputs(options, count):
    """Files that a run writes besides its results."""
    for flag, name in (
        ("--checkpoint-output", options.checkpoint_output),
        ("--tensorboard", options.tensorboard),
    ):
        if name and count > 1:
            raise OutputError(f"{flag} is for one picture, got {count}; paint them one by one.")
    if options.checkpoint_output:
        check_writable(Path(options.checkpoint_output).parent)
    if options.tensorboard:
        _check_utf8("--tensorboard", options.tensorboard)
        check_writable(options.tensorboard)


def _check_utf8(flag, name):
    """TensorFlow writes to no other names."""
    try:
        str(name).encode()
    except UnicodeEncodeError as error:
        raise OutputError(
            f"{flag} is {readable(name)}, which is no UTF-8 and which TensorFlow cannot write to; "
            "choose another name."
        ) from error
