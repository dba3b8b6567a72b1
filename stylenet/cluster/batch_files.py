"""What comes back of a batch that is painted elsewhere, written here as a run here would."""

from tqdm.auto import tqdm

from stylenet.descent.callbacks import loss_table, losses_line
from stylenet.descent.checkpoint import StateFile
from stylenet.descent.records import LOSSES, Losses, Record
from stylenet.disk.whole_files import write_whole
from stylenet.errors import OutputError
from stylenet.results.figures import draw_losses, save_figure
from stylenet.results.run_files import result_line, write_packed


class BatchFiles:
    """Writes states, progress and results of the pictures of a batch.

    Args:
        print_every: print the losses every so many steps, or None.
        progress_write, progress_plot: keep the losses so far in a file, as text and as a plot.
    """

    def __init__(self, print_every, progress_write, progress_plot):
        self._print_every = print_every
        self._progress_write, self._progress_plot = progress_write, progress_plot
        self._told = {}  # by picture, records looked at

    def __call__(self, job, stage):
        """Write what there is of a Stage of a Job.

        Raises:
            OutputError: a result cannot be written.
            StyleNetError: that ended the run, after all is written.
        """
        if stage.state:
            self._write_state(StateFile(job.outputs.state), stage)
            self._report_losses(job, stage.state.history)
        if stage.result:
            report, packed = stage.result
            self._report_losses(job, report["history"])
            write_packed(job.outputs, packed)
            tqdm.write(result_line(job.outputs.picture, report))
        if stage.error:
            raise stage.error

    def _write_state(self, file, stage):
        try:
            file.write(stage.state)
            if stage.finished:
                file.drop_previous()
        except OutputError as error:
            tqdm.write(f"warning: {error} The run goes on, but cannot be resumed from here.")

    def _report_losses(self, job, records):
        for record in records[self._told.get(job.content, 0) :]:
            if self._print_every and record["iteration"] % self._print_every == 0:
                tqdm.write(f"{job.content}: {losses_line(_as_record(record))}")
        self._told[job.content] = len(records)
        if self._progress_write:
            write_whole(job.outputs.progress, loss_table(records).encode())
        if self._progress_plot:
            save_figure(job.outputs.loss, draw_losses, records)


def _as_record(row):
    losses = Losses(*(row[name] for name in LOSSES))
    return Record(row["iteration"], losses, None, row["seconds"])
