"""The files that a run leaves. The picture first: it is what must not be lost."""

import tempfile
from dataclasses import asdict
from pathlib import Path

from stylenet.disk.whole_files import write_whole
from stylenet.errors import OutputError
from stylenet.pictures.levels import to_bytes
from stylenet.results import figures
from stylenet.results.outputs import OutputFiles
from stylenet.results.run_report import caption, run_report, write_report


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
        the report, see `stylenet.results.run_report`.

    Raises:
        OutputError: a file could not be written; says where the picture is.
    """
    report = _report(net, files, network)

    def write_run():
        if report["iterations"] == net.options.epochs:  # who stops a run does not wait for it
            saved = to_bytes(net.result.image())
            report["losses_saved"] = net.losses_of(saved).by_name()
        write_report(outputs.run, report)

    _write_each(
        lambda: _write_picture(outputs.picture, net.result.save),
        write_run,
        lambda: net.result.plot(outputs.loss),
        lambda: _write_summary(net, outputs.summary, caption(report)),
    )
    return report


def packed_results(net, name, files, network):
    """The same files as bytes, to be written by another process.

    Args:
        net, files, network: as of `write_results`.
        name: of the picture's file.

    Returns:
        (the report, name of the field of OutputFiles -> bytes).
    """
    with tempfile.TemporaryDirectory() as folder:
        outputs = OutputFiles.beside(Path(folder) / name)
        report = write_results(net, outputs, files, network)
        paths = asdict(outputs).items()
        return report, {kind: path.read_bytes() for kind, path in paths if path.exists()}


def write_packed(outputs, packed):
    """Write what `packed_results` gave.

    Args:
        outputs: OutputFiles.
        packed: name of the field -> bytes.

    Raises:
        OutputError: as of `write_results`.
    """
    picture = packed["picture"]
    _write_each(
        lambda: _write_picture(outputs.picture, lambda path: write_whole(path, picture)),
        *(
            lambda kind=kind: write_whole(getattr(outputs, kind), packed[kind])
            for kind in packed
            if kind != "picture"
        ),
    )


def result_line(picture, report):
    """What is told of a run that is over."""
    return (
        f"{picture}: {report['iterations']} steps, {report['seconds_total']:.0f} s, total loss "
        f"{report['losses']['total']:.5g}"
    )


def _report(net, files, network):
    return run_report(
        {**files, **net.options.as_dict()},
        net.engines.device(),
        {"file": str(network.path), "name": network.name},
        net.run_identity(),
        net.pictures.content,
        net.pictures.styles,
        net.result.history.records,
        net.result.record.losses,
    )


def _write_each(*writes):
    """Do each of them, whatever becomes of the others; raises the first OutputError at the end."""
    faults = []
    for write in writes:
        try:
            write()
        except OutputError as error:
            faults.append(str(error))
    if faults:
        raise OutputError(faults[0])


def _write_summary(net, path, text):
    pictures = net.pictures.content, net.pictures.styles, net.result.image()
    figures.save_figure(path, figures.draw_summary, *pictures, text)


def _write_picture(path, write):
    try:
        write(path)
    except OutputError as error:
        with tempfile.NamedTemporaryFile(prefix=f"{path.stem}-", suffix=path.suffix) as file:
            rescued = Path(file.name)
        write(rescued)
        raise OutputError(f"{error} The picture is in {rescued} instead.") from error
