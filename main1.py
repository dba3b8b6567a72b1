"""python main1.py: command line -> pictures -> CNNStyleNet -> pictures, plots and run file."""

import logging
import sys
from pathlib import Path

import MLPreProcess as pictures
from stylenet import figures
from stylenet.arguments import build_parser, options_from
from stylenet.errors import NotFiniteError, PictureError, StyleNetError
from stylenet.model_files import download_network, find_network
from stylenet.outputs import plan_outputs
from stylenet.quiet import quiet_start

SAMPLES = Path(__file__).parent / "images"
SAMPLE_CONTENT = SAMPLES / "content_harbour.jpg"
SAMPLE_STYLES = [SAMPLES / "style_swirls.jpg"]

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
    """Check everything, paint, write the results; also those of a run that was stopped."""
    options = options_from(arguments)
    content = arguments.content or SAMPLE_CONTENT
    styles = arguments.styles or SAMPLE_STYLES
    outputs = _check_files(arguments, options, content, styles)
    network = find_network(arguments.network)
    with quiet_start():
        from CNNStyleNet import CNNStyleNet
    with CNNStyleNet(content, styles, network.path, **options.as_dict()) as net:
        net.load_image_content_style().load_model_info()
        if network.embedded:
            print(
                "Painting with the small embedded network; for the real VGG-19 (535 MB) run "
                "`python main1.py --download-network` once."
            )
        try:
            net.fit()
        except (KeyboardInterrupt, NotFiniteError):
            _write_results(net, arguments, network, outputs)
            raise
        _write_results(net, arguments, network, outputs)
    return 0


def _check_files(arguments, options, content, styles):
    """Find wrong names while nothing has been loaded yet; returns the planned OutputFiles."""
    if arguments.output:
        pictures.check_suffix(arguments.output)
    outputs = plan_outputs(arguments.output, arguments.overwrite)
    initial = [] if options.initial in ("noise", "content") else [options.initial]
    for path in [content, *styles, *initial]:
        if not Path(path).is_file():
            pictures.read_image(path)
    return outputs


def _write_results(net, arguments, network, outputs):
    """The picture first: it is what must not be lost. Nothing where not even a start was made."""
    from stylenet.run_report import caption, run_report, write_report
    from stylenet.sessions import device_name

    if net._last_record is None:
        return
    net.save_output_image(outputs.picture)
    options = {"content": arguments.content, "styles": arguments.styles, **net._options.as_dict()}
    report = run_report(
        options,
        device_name(net._session),
        {"file": str(network.path), "embedded": network.embedded},
        net._image_content,
        net._image_style,
        net._history.records,
    )
    write_report(outputs.run, report)
    net.plot_losses(outputs.loss)
    result = net._last_record.image
    figures.save_figure(
        outputs.summary,
        figures.draw_summary,
        net._image_content,
        net._image_style,
        result,
        caption(report),
    )
    losses = report["losses"]
    print(
        f"{outputs.picture}: {report['iterations']} steps, {report['seconds_total']:.0f} s, total "
        f"loss {losses['total']:.5g}"
    )


def _explain(error):
    name = type(error).__name__
    if name in ("ResourceExhaustedError", "MemoryError"):
        return "There is not enough memory for this picture; choose a smaller --width."
    return f"Something unexpected happened ({name}: {str(error).splitlines()[0]})."


def _fail(message, code):
    print(f"error: {message}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
