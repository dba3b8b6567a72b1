"""python main1.py: command line -> pictures -> CNNStyleNet -> pictures, plots and run file."""

import logging
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from tqdm.auto import tqdm

import MLPreProcess as pictures
from stylenet.command.arguments import TLS_FILES, options_from, parse
from stylenet.command.quiet import quick_start, quiet_start
from stylenet.descent.callbacks import ProgressBar, ProgressFiles, SaveState
from stylenet.descent.checkpoint import StateFile
from stylenet.descent.identity import check_inputs
from stylenet.descent.interrupts import StopBetweenSteps
from stylenet.disk.claims import claimed
from stylenet.disk.whole_files import check_writable
from stylenet.engine.memory import (
    PLOT_BYTES,
    expected_disk,
    expected_seconds,
    fitting_width,
    in_words,
    peak_memory,
    result_bytes,
    state_bytes,
    unfilled_bytes,
)
from stylenet.errors import (
    ClusterError,
    ClusterLostError,
    NotFiniteError,
    OptionError,
    OutputError,
    PictureError,
    StyleNetError,
)
from stylenet.network.model_files import download_network, find_network
from stylenet.network.network_file import read_network
from stylenet.options.options import STARTS
from stylenet.options.tiles import check_shared_tiles
from stylenet.pictures.sizes import pyramid
from stylenet.results.outputs import plan_jobs

SAMPLES = Path(__file__).parent / "images"
SAMPLE_CONTENT = SAMPLES / "content_harbour.jpg"
SAMPLE_STYLES = [SAMPLES / "style_swirls.jpg"]

DRY_STEPS = 3  # the first pays for what is set up once, two are timed
HOW_TO_GO_ON = "the same command with --resume goes on"
EXIT_STOPPED, EXIT_BAD_INPUT, EXIT_INTERRUPTED = 1, 2, 130

logger = logging.getLogger(__name__)


def main(argv=None):
    """Run the program.

    Args:
        argv: the arguments; the process's own when None.

    Returns:
        Exit code: 0 done, 1 stopped on the way, 2 bad input, 130 interrupted.
    """
    if hasattr(sys.stdout, "reconfigure"):  # a notebook's has not
        sys.stdout.reconfigure(errors="backslashreplace")  # for file names of no known letters
    try:
        arguments, fingerprints = parse(argv)
        if arguments.download_network:
            print(
                f"VGG-19 in float32 is in {download_network()}; it is used from now on. It is the "
                "network that comes along with all its digits, of which that one has three."
            )
            return 0
        return paint(arguments, fingerprints)
    except StyleNetError as error:
        return _fail(error, _exit_code(error))
    except KeyboardInterrupt as stop:
        return _fail(str(stop) or "interrupted.", EXIT_INTERRUPTED)
    except OSError as error:  # of a name too long, a device that is gone …
        return _fail(f"{error.filename or 'a file'}: {error.strerror or error}.", EXIT_BAD_INPUT)
    except Exception as error:  # a user never sees a traceback; a developer asks the log for it
        logger.debug("unexpected error", exc_info=True)
        return _fail(_explain(error), EXIT_STOPPED)


def paint(arguments, fingerprints=None):
    """Check everything, then paint one picture after the other with one network.

    Args:
        arguments: of the command line.
        fingerprints: what the inputs must have, see `stylenet.descent.identity`; None: whatever they have.

    Returns:
        Exit code; among several pictures one that fails is told and passed over.
    """
    options = options_from(arguments)
    arguments.styles = arguments.styles or SAMPLE_STYLES
    begin = time.perf_counter()
    jobs, finished = _plan(arguments, options)
    for content in finished:
        print(f"{content} is finished already.")
    if not jobs:
        return 0
    network = find_network(arguments.network)
    names = [job.outputs.picture for job in jobs] + [options.checkpoint_output, options.tensorboard]
    with (
        claimed(names),
        _make_net(arguments, options, jobs[0].content, network) as net,
        _cluster(arguments) as cluster,
    ):

        def load(job):
            _check_memory(net, job.content, arguments.styles, options)
            net.load_image_content_style(job.content)
            pictures.check_size(job.outputs.picture, *net._image_content.shape[:2])
            if fingerprints:
                check_inputs(fingerprints, net.run_identity())

        if cluster and _is_batch(jobs, finished):
            return _paint_elsewhere(net, jobs, arguments, network, load, cluster)
        net.work_on(cluster)
        exit_code = 0
        for job in jobs:
            try:
                load(job)
                if arguments.dry_run:
                    _tell_expectations(net, job, options, arguments, begin)
                else:
                    _paint_one(net, job, arguments, network)
            except StyleNetError as error:
                if len(jobs) == 1:
                    raise
                exit_code = _pass_over(job, error)
            begin = time.perf_counter()  # of the next; the first pays for the program's start
        return exit_code


def _is_batch(jobs, finished):
    return len(jobs) + len(finished) > 1


def _pass_over(job, error):
    """Tell of a picture of a batch that failed; returns the exit code for it."""
    named = str(job.content) in str(error)
    return _fail(error if named else f"{job.content}: {error}", _exit_code(error))


@contextmanager
def _cluster(arguments):
    """The cluster that the command line asks for, or None."""
    where = {name: getattr(arguments, name) for name in ("scheduler", "local_workers", *TLS_FILES)}
    if arguments.scheduler is None and arguments.local_workers is None:
        yield None
        return
    try:
        with quiet_start():
            from stylenet.cluster.cluster import Cluster
    except ModuleNotFoundError as error:
        raise OptionError(
            f"--scheduler and --local-workers need {error.name}, which is not installed; run "
            "`pip install '.[cluster]'` in the folder of main1.py."
        ) from error
    for name in ("distributed", "distributed.client"):  # Dask gives each a level of its own
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters is told here
    with ExitStack() as stack:
        with quiet_start():  # the workers' chatter too, as long as they live
            cluster = stack.enter_context(Cluster(**where))
        print(f"{cluster.workers}; dashboard at {cluster.dashboard}")
        yield cluster


def _paint_elsewhere(net, jobs, arguments, network, load, cluster):
    """A batch whose pictures the workers paint, each whole; the files are written here."""
    from stylenet.cluster.batch_files import BatchFiles
    from stylenet.cluster.runs import RunSteps, run_all, start_of
    from stylenet.results.run_files import packed_results

    net._free_memory, codes = cluster.workers.memory, [0]
    write = BatchFiles(net._eval_step, arguments.progress_write, arguments.progress_plot)

    def starts():
        for job in jobs:
            finish = partial(
                packed_results,
                name=job.outputs.picture.name,
                files=_files_read(job, arguments),
                network=network,
            )
            try:
                load(job)
                state = _stopped_run(job.outputs) if arguments.resume else None
                if state:
                    net.check_state(state)
                yield job, *start_of(net, cluster, finish, state)
            except ClusterError:
                raise
            except StyleNetError as error:
                codes.append(_pass_over(job, error))

    def on_stage(job, stage):
        try:
            write(job, stage)
        except StyleNetError as error:
            codes.append(_pass_over(job, error))
        steps.count(job.content, stage, net._epochs)

    stop = StopBetweenSteps()
    with stop, tqdm(total=len(jobs) * net._epochs, unit="step", dynamic_ncols=True) as bar:
        steps = RunSteps(bar)
        with _stopped_with_advice(jobs):
            run_all(cluster, starts(), arguments.save_every, on_stage, lambda: stop(None))
    return codes[-1]


def _plan(arguments, options):
    """Find what is wrong while nothing has been loaded yet; returns (jobs, finished pictures)."""
    contents = arguments.content or [SAMPLE_CONTENT]
    jobs, finished = plan_jobs(
        contents, arguments.output, arguments.overwrite, arguments.resume, options.epochs
    )
    initial = [] if options.initial in STARTS else [options.initial]
    masks = [*(arguments.content_mask or []), *(arguments.style_masks or [])]
    inputs = [*arguments.styles, *initial, *masks]
    for path in inputs + [job.content for job in jobs if len(jobs) == 1]:
        pictures.picture_size(path, options.max_megapixels)
    for name in [job.outputs.picture for job in jobs[:1]] + [options.checkpoint_output]:
        if name:
            pictures.check_suffix(name)
    sources = {Path(path).resolve() for path in [*inputs, *(job.content for job in jobs)]}
    for job in jobs:
        if job.outputs.picture.resolve() in sources:
            raise OutputError(
                f"{job.outputs.picture} is a picture this run reads; choose another --output."
            )
    _check_further_outputs(options, len(jobs) + len(finished))
    if arguments.scheduler is not None or arguments.local_workers is not None:
        _check_shared(jobs, finished, arguments, options)
    return jobs, finished


def _check_shared(jobs, finished, arguments, options):
    """What a cluster cannot do."""
    if not _is_batch(jobs, finished):
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


def _make_net(arguments, options, content, network):
    with ThreadPoolExecutor(1) as pool, quiet_start(), quick_start():
        # Most of it is unpacking, which a second core does while the first imports TensorFlow.
        reading = pool.submit(read_network, network.path)
        from CNNStyleNet import CNNStyleNet
    keywords = options.as_dict()
    if arguments.dry_run:  # a few steps at full size are enough to know the rest
        keywords |= {"epochs": DRY_STEPS, "scales": 1, "tensorboard": None}
        keywords |= {"checkpoint_output": None, "checkpoint_iterations": None}
    net = CNNStyleNet(
        content,
        arguments.styles,
        network.path,
        content_masks=arguments.content_mask,
        style_masks=arguments.style_masks,
        **keywords,
    )
    net.load_model_info(reading.result())
    return net


def _check_memory(net, content, styles, options):
    """Refuse a picture that would not fit, before hours of work end with the process killed."""
    sizes = [pictures.picture_size(path, options.max_megapixels) for path in (content, *styles)]
    scales = 1, *(options.style_scales or [1] * len(styles))

    def plan_at(width):
        widths = [max(1, round(width * scale)) for scale in scales]
        shapes = [
            (max(1, round(h * new / w)), new) for (h, w), new in zip(sizes, widths, strict=True)
        ]
        return shapes, net.tile_plan(shapes[0], shapes[1:])

    shapes, (tile, needed) = plan_at(options.width or sizes[0][1])
    height, width = shapes[0]
    free = net._free_memory
    if free and needed > free:
        fitting = fitting_width(width, lambda narrower: plan_at(narrower)[1][1], free)
        raise PictureError(
            f"A result of {width} x {height} pixels in this style needs about {needed / 1e9:.1f} "
            f"GB of memory{' in tiles' if tile else ''} and {free / 1e9:.1f} GB are free; choose "
            f"--width {fitting} or less{', or --tile auto' if options.tile == 'off' else ''}."
        )
    if tile and options.tile == "auto":
        print(f"{content}: too large for the memory in one piece; painted in tiles of {tile} px.")
    remembered = net.remembered(shapes[0], shapes[1:])
    if remembered < options.lbfgs_memory:
        print(f"{content}: L-BFGS remembers {remembered} steps, as no more fit into the memory.")


def _paint_one(net, job, arguments, network):
    """One run and its files; also those of a run that was stopped."""
    from stylenet.results.run_files import result_line, write_results

    options, outputs = net._options, job.outputs
    state = _stopped_run(outputs) if arguments.resume else None
    done, records = (state.iteration, state.history) if state else (0, [])
    state_file = StateFile(outputs.state)
    callbacks = [
        StopBetweenSteps(),
        SaveState(partial(net.run_state, lazy=True), state_file, arguments.save_every),
        ProgressBar(options.epochs, options.eval_step, done),
    ]
    if arguments.progress_write or arguments.progress_plot:
        text = outputs.progress if arguments.progress_write else None
        plot = outputs.loss if arguments.progress_plot else None
        callbacks.append(ProgressFiles(options.epochs, text, plot, records=records))
    try:
        with _stopped_with_advice([job]):
            net.fit(callbacks, state)
    finally:
        if net._last_record is not None:
            report = write_results(net, outputs, _files_read(job, arguments), network)
            print(result_line(outputs.picture, report))


@contextmanager
def _stopped_with_advice(jobs):
    """Adds to what stops a run how to go on, where there is a state."""

    def advised(words):
        resumable = any(StateFile(job.outputs.state).exists() for job in jobs)
        return f"{words}; {HOW_TO_GO_ON}." if resumable else f"{words}."

    try:
        yield
    except KeyboardInterrupt:
        raise KeyboardInterrupt(advised("interrupted")) from None
    except ClusterLostError as error:
        raise ClusterLostError(advised(str(error).rstrip("."))) from error


def _files_read(job, arguments):
    """The pictures of a run by the names of the command line."""
    names = ("styles", "content_mask", "style_masks")
    return {"content": str(job.content)} | {name: getattr(arguments, name) for name in names}


def _stopped_run(outputs):
    """The state to go on from; None, and a word about it, where there is none."""
    file = StateFile(outputs.state)
    if not file.exists():
        print(f"There is no state {outputs.state}; beginning anew.")
        return None
    state, warning = file.read()
    if warning:
        print(f"warning: {warning}")
    return state


def _tell_expectations(net, job, options, arguments, begin):
    """What the run would take and write, from two timed steps of it at full size, or a tile.

    Its time is that of the whole program, which began at `begin`.
    """
    shape = net._image_content.shape[:2]
    style_shapes = [style.shape[:2] for style in net._image_style]
    sizes = pyramid(*shape, options.epochs, options.scales)
    tile, memory = net.tile_plan(shape, style_shapes)
    disk = result_bytes(shape, job.outputs.picture.suffix.lower()) + PLOT_BYTES
    disk += state_bytes(shape, options)
    scratch = expected_disk(shape, net.content_channels()) if tile else 0
    if tile:
        start = time.perf_counter() - begin
        seconds = start + net.expected_tiled_seconds(sizes)
    else:
        net.fit([])
        times = net._history.column("seconds")
        start = time.perf_counter() - begin - (times[-1] - times[0])
        seconds = start + expected_seconds(times, sizes)
        peak = peak_memory()
        memory = peak + unfilled_bytes(shape, options, DRY_STEPS) if peak else memory
    print(f"{job.content}: result {shape[1]} x {shape[0]} px, {options.epochs} steps")
    for height, width, steps in sizes:
        print(f"  steps   {steps} at {width} x {height}")
    print(f"  tiles   of {tile} px" if tile else "  tiles   none, in one piece")
    print(f"  time    about {in_words(seconds)}")
    print(f"  memory  about {memory / 1e9:.1f} GB")
    temporary = f", and {scratch / 1e6:.1f} MB of temporary files" if scratch else ""
    print(f"  disk    about {disk / 1e6:.1f} MB{temporary}")
    outputs = job.outputs
    names = [outputs.picture, outputs.loss, outputs.summary, outputs.run, outputs.state]
    names += [outputs.progress] * arguments.progress_write
    for name in [*names, options.checkpoint_output, options.tensorboard]:
        if name:
            print(f"  writes  {name}")


def _explain(error):
    name = type(error).__name__
    if isinstance(error, ModuleNotFoundError):
        return f"{error.name} is not installed; run `pip install .` in the folder of main1.py."
    if name in ("ResourceExhaustedError", "MemoryError"):
        return "There is not enough memory for this picture; choose a smaller --width."
    return f"Something unexpected happened ({name}: {(str(error).splitlines() or [''])[0]})."


def _exit_code(error):
    stopped = isinstance(error, (NotFiniteError, ClusterLostError))
    return EXIT_STOPPED if stopped else EXIT_BAD_INPUT


def _fail(message, code):
    tqdm.write(f"error: {message}", file=sys.stderr)  # not into a bar that is there
    return code


if __name__ == "__main__":
    sys.exit(main())
