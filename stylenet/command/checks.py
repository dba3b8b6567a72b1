"""What is wrong with a command line, found while nothing has been loaded yet."""

from pathlib import Path

from stylenet.disk.whole_files import check_writable
from stylenet.errors import OptionError, OutputError
from stylenet.options.options import STARTS
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
        (list of Job, list of the pictures already finished).

    Raises:
        StyleNetError: of the first thing that is wrong.
    """
    jobs, finished = jobs_of(
        arguments.content,
        arguments.output,
        arguments.overwrite,
        arguments.resume,
        options.epochs,
    )
    initial = [] if options.initial in STARTS else [options.initial]
    masks = [*(arguments.content_mask or []), *(arguments.style_masks or [])]
    inputs = [*arguments.styles, *initial, *masks]
    for path in inputs + [job.content for job in jobs if len(jobs) == 1]:
        picture_size(path, options.max_megapixels)
    for name in [job.outputs.picture for job in jobs[:1]] + [options.checkpoint_output]:
        if name:
            check_suffix(name)
    _check_apart(jobs, inputs)
    count = len(jobs) + len(finished)
    _check_further_outputs(options, count)
    if is_shared(arguments):
        _check_shared(arguments, options, count)
    return jobs, finished


def is_shared(arguments):
    """Whether workers of a cluster are to do the work."""
    return arguments.scheduler is not None or arguments.local_workers is not None


def _check_apart(jobs, inputs):
    """No result may replace what is read."""
    sources = {Path(path).resolve() for path in [*inputs, *(job.content for job in jobs)]}
    for job in jobs:
        if job.outputs.picture.resolve() in sources:
            raise OutputError(
                f"{job.outputs.picture} is a picture this run reads; choose another --output."
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
        check_writable(options.tensorboard)
