"""One picture after the other, in this process."""

from contextlib import contextmanager
from functools import partial

from stylenet.descent.callbacks import LossLines, ProgressBar, SaveState
from stylenet.descent.checkpoint import StateFile
from stylenet.descent.interrupts import StopBetweenSteps
from stylenet.errors import ClusterLostError
from stylenet.results.progress_files import ProgressFiles
from stylenet.results.run_files import result_line, write_results

HOW_TO_GO_ON = "the same command with --resume goes on"


def paint_one(net, job, arguments, network, watchers=()):
    """One run and its files; also those of a run that was stopped.

    Args:
        net: CNNStyleNet, its pictures loaded.
        job: Job.
        arguments: of the command line.
        network: FoundNetwork.
        watchers: further callbacks of the run.
    """
    options, outputs = net.options, job.outputs
    state = stopped_run(outputs) if arguments.resume else None
    callbacks = [
        StopBetweenSteps(),
        SaveState(
            partial(net.run_state, lazy=True), StateFile(outputs.state), arguments.save_every
        ),
        ProgressBar(options.epochs, state.iteration if state else 0),
        *loss_reports(options, outputs, arguments, state.history if state else ()),
        *watchers,
    ]
    try:
        with stopped_with_advice([job]):
            net.fit(callbacks, state)
    finally:
        if net.result is not None:
            report = write_results(net, outputs, files_read(job, arguments), network)
            print(result_line(outputs.picture, report))


def loss_reports(options, outputs, arguments, records=(), title=""):
    """The callbacks that tell the losses on the way, as far as they are asked for.

    Args:
        options: Options.
        outputs: OutputFiles.
        arguments: of the command line.
        records: of the steps before, where a run is gone on with.
        title: what printed lines begin with.
    """
    reports = [LossLines(options.eval_step, title)] if options.eval_step else []
    if arguments.progress_write or arguments.progress_plot:
        text = outputs.progress if arguments.progress_write else None
        plot = outputs.loss if arguments.progress_plot else None
        reports.append(ProgressFiles(options.epochs, text, plot, records=records))
    return reports


@contextmanager
def stopped_with_advice(jobs):
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


def files_read(job, arguments):
    """The pictures of a run by the names of the command line."""
    names = ("styles", "content_mask", "style_masks")
    return {"content": str(job.content)} | {name: getattr(arguments, name) for name in names}


def stopped_run(outputs):
    """The state to go on from; None, and a word about it, where there is none."""
    file = StateFile(outputs.state)
    if not file.exists():
        print(f"There is no state {outputs.state}; beginning anew.")
        return None
    state, warning = file.read()
    if warning:
        print(f"warning: {warning}")
    return state
