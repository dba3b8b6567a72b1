"""The files that a run leaves. The picture first: it is what must not be lost."""

import tempfile
from pathlib import Path

from stylenet import figures
from stylenet.errors import OutputError
from stylenet.run_report import caption, run_report, write_report
from stylenet.sessions import device_name


def write_results(net, outputs, files, network):
    """Write picture, run file and plots of a run, also of one that was stopped.

    A file that cannot be written keeps none of the others from being written, and a picture that
    does not fit where it should be goes to the folder for temporary files.

    Args:
        net: CNNStyleNet after `fit`.
        outputs: OutputFiles.
        files: name -> the pictures read, by the names of the command line.
        network: FoundNetwork.

    Returns:
        the report, see `stylenet.run_report`.

    Raises:
        OutputError: a file could not be written; says where the picture is.
    """
    report = run_report(
        {**files, **net._options.as_dict()},
        device_name(net._session),
        {"file": str(network.path), "embedded": network.embedded},
        net.run_identity(),
        net._image_content,
        net._image_style,
        net._history.records,
        net._last_record.losses,
    )
    faults = []
    for write in (
        lambda: _write_picture(net, outputs.picture),
        lambda: write_report(outputs.run, report),
        lambda: net.plot_losses(outputs.loss),
        lambda: _write_summary(net, outputs.summary, caption(report)),
    ):
        try:
            write()
        except OutputError as error:
            faults.append(str(error))
    if faults:
        raise OutputError(faults[0])
    return report


def _write_summary(net, path, text):
    result = net._finished(net._last_record.image)
    pictures = net._image_content, net._image_style, result
    figures.save_figure(path, figures.draw_summary, *pictures, text)


def _write_picture(net, path):
    try:
        net.save_output_image(path)
    except OutputError as error:
        with tempfile.NamedTemporaryFile(prefix=f"{path.stem}-", suffix=path.suffix) as file:
            rescued = Path(file.name)
        net.save_output_image(rescued)
        raise OutputError(f"{error} The picture is in {rescued} instead.") from error
