"""python main1.py: command line -> pictures -> CNNStyleNet -> pictures, plots and run file."""

import logging
import sys
from pathlib import Path

import MLPreProcess as pictures
from stylenet import figures
from stylenet.arguments import build_parser, options_from
from stylenet.callbacks import ProgressBar, ProgressFiles
from stylenet.errors import NotFiniteError, PictureError, StyleNetError
from stylenet.estimate import (
    expected_memory,
    expected_seconds,
    free_memory,
    in_words,
    peak_memory,
)
from stylenet.interrupts import StopBetweenSteps
from stylenet.model_files import download_network, find_network
from stylenet.outputs import plan_jobs
from stylenet.pyramid import pyramid
from stylenet.quiet import quiet_start

SAMPLES = Path(__file__).parent / "images"
SAMPLE_CONTENT = SAMPLES / "content_harbour.jpg"
SAMPLE_STYLES = [SAMPLES / "style_swirls.jpg"]

DRY_STEPS = 3  # the first pays for what is set up once, two are timed
EXIT_STOPPED, EXIT_BAD_INPUT, EXIT_INTERRUPTED = 1, 2, 130

logger = logging.getLogger(__name__)


def main(argv=None):
    """Run the program.

    Args:
        argv: the arguments; the process's own when None.

    Returns:
        Exit code: 0 done, 1 stopped on the way, 2 bad input, 130 interrupted.
    """
    try:
        arguments = build_parser().parse_args(argv)
        if arguments.download_network:
            print(f"The real VGG-19 is in {download_network()}; it is used from now on.")
            return 0
        return paint(arguments)
    except NotFiniteError as error:
        return _fail(error, EXIT_STOPPED)
    except StyleNetError as error:
        return _fail(error, EXIT_BAD_INPUT)
    except KeyboardInterrupt:
        return _fail("interrupted.", EXIT_INTERRUPTED)
    except Exception as error:  # a user never sees a traceback; a developer asks the log for it
        logger.debug("unexpected error", exc_info=True)
        return _fail(_explain(error), EXIT_STOPPED)


def paint(arguments):
    """Check everything, then paint one picture after the other with one network.

    Returns:
        Exit code; among several pictures one that cannot be read is told and passed over.
    """
    options = options_from(arguments)
    styles = arguments.styles or SAMPLE_STYLES
    jobs, finished = _plan(arguments, options, styles)
    for content in finished:
        print(f"{content} is finished already.")
    if not jobs:
        return 0
    network = find_network(arguments.network)
    with _make_net(arguments, options, jobs[0].content, styles, network) as net:
        net.load_model_info()
        exit_code = 0
        for job in jobs:
            try:
                net.load_image_content_style(job.content)
                _check_memory(net)
            except PictureError as error:
                if len(jobs) == 1:
                    raise
                exit_code = _fail(error, EXIT_BAD_INPUT)
                continue
            if arguments.dry_run:
                _tell_expectations(net, job, options)
            else:
                _paint_one(net, job, arguments, network)
        return exit_code


def _plan(arguments, options, styles):
    """Find wrong names while nothing has been loaded yet; returns (jobs, finished pictures)."""
    contents = arguments.content or [SAMPLE_CONTENT]
    jobs, finished = plan_jobs(contents, arguments.output, arguments.overwrite)
    for name in [job.outputs.picture for job in jobs[:1]] + [options.checkpoint_output]:
        if name:
            pictures.check_suffix(name)
    initial = [] if options.initial in ("noise", "content", "style") else [options.initial]
    masks = [*(arguments.content_mask or []), *(arguments.style_masks or [])]
    needed = [*styles, *initial, *masks] + [job.content for job in jobs if len(jobs) == 1]
    for path in needed:
        if not Path(path).is_file():
            pictures.read_image(path)  # raises the error that fits
    return jobs, finished


def _make_net(arguments, options, content, styles, network):
    with quiet_start():
        from CNNStyleNet import CNNStyleNet
    keywords = options.as_dict()
    if arguments.dry_run:  # a few steps at full size are enough to know the rest
        keywords |= {"epochs": DRY_STEPS, "scales": 1, "tensorboard": None}
        keywords |= {"checkpoint_output": None, "checkpoint_iterations": None}
    net = CNNStyleNet(
        content,
        styles,
        network.path,
        content_masks=arguments.content_mask,
        style_masks=arguments.style_masks,
        **keywords,
    )
    if network.embedded:
        print(
            "Painting with the small embedded network; for the real VGG-19 (535 MB) run "
            "`python main1.py --download-network` once."
        )
    return net


def _check_memory(net):
    """Refuse a picture that would not fit, before hours of work end with the process killed."""
    height, width = net._image_content.shape[:2]
    needed, free = expected_memory(height * width, net._biases), free_memory()
    if free and needed > free:
        fitting = int(width * (free / needed) ** 0.5 * 0.95)
        raise PictureError(
            f"A result of {width} x {height} pixels needs about {needed / 1e9:.1f} GB of memory "
            f"and {free / 1e9:.1f} GB are free; choose --width {fitting} or less."
        )


def _paint_one(net, job, arguments, network):
    """One run and its files; also those of a run that was stopped."""
    options, outputs = net._options, job.outputs
    callbacks = [StopBetweenSteps(), ProgressBar(options.epochs, options.eval_step)]
    if arguments.progress_write or arguments.progress_plot:
        text = outputs.progress if arguments.progress_write else None
        plot = outputs.loss if arguments.progress_plot else None
        callbacks.append(ProgressFiles(options.epochs, text, plot))
    try:
        net.fit(callbacks)
    finally:
        _write_results(net, job, arguments, network)


def _tell_expectations(net, job, options):
    """What the run would take and write, from two timed steps of it at full size."""
    net.fit([])
    height, width = net._image_content.shape[:2]
    sizes = pyramid(height, width, options.epochs, options.scales)
    seconds = expected_seconds(net._history.column("seconds"), sizes)
    memory = peak_memory()
    print(f"{job.content}: result {width} x {height} px, {options.epochs} steps")
    for height, width, steps in sizes:
        print(f"  steps   {steps} at {width} x {height}")
    print(f"  time    about {in_words(seconds)}")
    print(f"  memory  about {memory / 1e9:.1f} GB" if memory else "  memory  unknown here")
    for path in (job.outputs.picture, job.outputs.loss, job.outputs.summary, job.outputs.run):
        print(f"  writes  {path}")


def _write_results(net, job, arguments, network):
    """The picture first: it is what must not be lost. Nothing where not even a start was made."""
    from stylenet.run_report import caption, run_report, write_report
    from stylenet.sessions import device_name

    if net._last_record is None:
        return
    outputs = job.outputs
    net.save_output_image(outputs.picture)
    files = ("styles", "content_mask", "style_masks")
    files = {"content": job.content} | {name: getattr(arguments, name) for name in files}
    report = run_report(
        {**files, **net._options.as_dict()},
        device_name(net._session),
        {"file": str(network.path), "embedded": network.embedded},
        net._image_content,
        net._image_style,
        net._history.records,
    )
    write_report(outputs.run, report)
    net.plot_losses(outputs.loss)
    pair = net._image_content, net._image_style
    result = net._finished(net._last_record.image)
    figures.save_figure(outputs.summary, figures.draw_summary, *pair, result, caption(report))
    print(
        f"{outputs.picture}: {report['iterations']} steps, {report['seconds_total']:.0f} s, total "
        f"loss {report['losses']['total']:.5g}"
    )


def _explain(error):
    name = type(error).__name__
    if name in ("ResourceExhaustedError", "MemoryError"):
        return "There is not enough memory for this picture; choose a smaller --width."
    return f"Something unexpected happened ({name}: {(str(error).splitlines() or [''])[0]})."


def _fail(message, code):
    print(f"error: {message}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
