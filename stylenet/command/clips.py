"""A clip in place of a picture: what is asked for, looked at, painted and told."""

import time
from functools import partial
from importlib import import_module
from pathlib import Path

from stylenet.command.checks import is_shared
from stylenet.command.expectations import expected_seconds, in_words, result_bytes
from stylenet.command.memory_check import check_memory, sizes_of
from stylenet.command.painting import HOW_TO_GO_ON
from stylenet.command.shared_work import cluster_of
from stylenet.descent.identity import check_inputs
from stylenet.descent.interrupts import StopBetweenSteps
from stylenet.disk.claims import claimed
from stylenet.errors import ClusterLostError, OptionError
from stylenet.network.model_files import find_network
from stylenet.options.options import STARTS
from stylenet.options.presets import NETWORKS
from stylenet.pictures.reading import picture_size
from stylenet.pictures.sizes import pyramid
from stylenet.video.files import SUFFIXES, ClipFiles

VIDEOS = (
    *(".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg"),
    *(".wmv", ".flv", ".ts", ".mts", ".3gp", ".ogv"),
)
DEFAULT_OUTPUT = Path("output") / "clip.mp4"
FOR_PICTURES = ("progress_write", "progress_plot")


def is_clip(arguments):
    """Whether a clip is asked for: by the content, or by the output's name."""
    output = Path(arguments.output or "")
    contents = [Path(path).suffix.lower() for path in arguments.content or ()]
    named = output.suffix.lower() in SUFFIXES and not output.is_dir()
    return named or any(suffix in VIDEOS for suffix in contents)


def paint_clip_of(arguments, options, fingerprints, make_net):
    """Paint the clip of a command line.

    Args:
        arguments: of the command line.
        options: Options.
        fingerprints: what the inputs must have, or None.
        make_net: (content, FoundNetwork) -> CNNStyleNet with its network.

    Returns:
        exit code.
    """
    begin = time.perf_counter()
    network = find_network(arguments.network, NETWORKS.get(options.preset))
    files = _checked_files(arguments, options, network)
    read = {name: getattr(arguments, name) for name in ("styles", "content_mask", "style_masks")}
    read = {"content": str(arguments.content[0])} | read
    with (
        claimed([files.clip, files.frames]),
        make_net(arguments.content[0], network) as net,
        cluster_of(arguments) as cluster,
    ):
        from stylenet.video.clips import first_of

        painter = _painter(net, files)
        sizes = [first_of(painter.clip).image.shape[:2]]
        sizes += sizes_of(arguments.styles, options.max_megapixels)
        check_memory(net, arguments.content[0], sizes)
        if fingerprints:
            check_inputs(fingerprints, painter.identity())
        if arguments.dry_run:
            return _tell(painter, net, files, options, begin)
        return _paint(painter, net, files, arguments, cluster, read, network)


def _painter(net, files):
    from stylenet.video.frame_store import FrameStore
    from stylenet.video.painter import ClipPainter

    return ClipPainter(net, FrameStore(files.frames))


def _checked_files(arguments, options, network):
    """The ClipFiles of a command line; raises of the first thing that is wrong with it."""
    _check_installed()
    if is_shared(arguments) and arguments.dry_run:
        raise OptionError("--dry-run of a clip times this machine; leave out the workers.")
    if len(arguments.content) > 1:
        raise OptionError(
            f"A clip is painted alone, got {len(arguments.content)} contents; paint them one by "
            "one."
        )
    for name in FOR_PICTURES:
        if getattr(arguments, name):
            flag = f"--{name.replace('_', '-')}"
            raise OptionError(f"{flag} is for pictures, got a clip; leave it out.")
    from stylenet.video.run import check_options

    check_options(options)
    masks = [*(arguments.content_mask or []), *(arguments.style_masks or [])]
    pictures = [*arguments.styles, *(path for path in masks if not Path(path).is_dir())]
    pictures += [] if options.initial in STARTS else [options.initial]
    for path in pictures:
        picture_size(path, options.max_megapixels)
    output = Path(arguments.output or DEFAULT_OUTPUT)
    if output.is_dir():
        output = output / f"{Path(arguments.content[0]).stem}.mp4"
    files = ClipFiles.beside(output)
    read = [*arguments.content, *pictures, *masks, network.path]
    files.check(read, arguments.overwrite or arguments.dry_run, arguments.resume)
    return files


def _check_installed():
    """Raise OptionError where the extra is missing."""
    try:
        for name in ("av", "cv2"):
            import_module(name)
    except ModuleNotFoundError as error:
        raise OptionError(
            f"A clip needs {error.name}, which is not installed; run `pip install '.[video]'` in "
            "the folder of main1.py."
        ) from error


def _paint(painter, net, files, arguments, cluster, read, network):
    from stylenet.video.run import begin, paint_all, write_all

    if begin(painter, net, files, arguments.overwrite, arguments.resume):
        print(f"{files.clip} is finished already.")
        return 0
    try:
        with StopBetweenSteps() as stop:
            if cluster:
                from stylenet.cluster.clip_runs import paint_shots

                frames = paint_shots(cluster, net, painter, lambda: stop(None))
            else:
                frames = painter.paint([lambda record: stop(record)])  # entered here, once
            paint_all(painter, frames)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"interrupted; {HOW_TO_GO_ON}.") from None
    except ClusterLostError as error:
        raise ClusterLostError(f"{str(error).rstrip('.')}; {HOW_TO_GO_ON}.") from error
    finally:
        report = write_all(painter, net, files, read, network)
        if report:
            print(
                f"{files.clip}: {report['frames']} of {painter.count} frames, "
                f"{report['seconds_total']:.0f} s"
            )
    return 0


def _tell(painter, net, files, options, begin):
    """Print what the run would take and write, from two timed steps of the first frame."""
    from stylenet.video.frame import paint_frame

    painter.check()
    paint_frame(net, painter.first_frame())
    times = net.result.history.column("seconds")
    loading = time.perf_counter() - begin - (times[-1] - times[0])
    shape, shots, count = painter.first.content.shape[:2], len(painter.shots), painter.count
    per_size = partial(expected_seconds, times)
    later = per_size([(*shape, options.frame_epochs + 1)])
    first = per_size(pyramid(*shape, options.epochs, options.scales))
    seconds = loading + shots * first + (count - shots) * later
    frames = count * result_bytes(shape, ".png")
    print(f"{painter.clip.path}: {count} frames of {shape[1]} x {shape[0]} px")
    print(f"  shots   {shots}, {options.epochs} steps for the first frame of each")
    print(f"  later   {options.frame_epochs} steps a frame")
    print(f"  time    about {in_words(seconds)}")
    print(f"  disk    about {frames / 1e6:.1f} MB of frames, until the clip is whole")
    for path in (files.clip, files.strip, files.run):
        print(f"  writes  {path}")
    return 0
