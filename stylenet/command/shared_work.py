"""The work of a run done by the workers of a cluster."""

import logging
from contextlib import ExitStack, contextmanager
from functools import partial

from tqdm.auto import tqdm

from stylenet.command.checks import is_shared
from stylenet.command.painting import (
    files_read,
    loss_reports,
    stopped_run,
    stopped_with_advice,
)
from stylenet.command.quiet import quiet_imports
from stylenet.descent.callbacks import SaveState
from stylenet.descent.checkpoint import StateFile
from stylenet.descent.identity import check_state
from stylenet.descent.interrupts import StopBetweenSteps
from stylenet.descent.records import record_of
from stylenet.errors import ClusterError, OptionError, StyleNetError
from stylenet.results.run_files import packed_results, result_line, write_packed


@contextmanager
def cluster_of(arguments):
    """The Cluster that the command line asks for, or None."""
    if not is_shared(arguments):
        yield None
        return
    try:
        with quiet_imports():
            from stylenet.cluster.cluster import Cluster
    except ModuleNotFoundError as error:
        raise OptionError(
            f"--scheduler and --local-workers need {error.name}, which is not installed; run "
            "`pip install '.[cluster]'` in the folder of main1.py."
        ) from error
    for name in ("distributed", "distributed.client"):  # Dask gives each a level of its own
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters is told here
    with ExitStack() as stack:
        with quiet_imports():  # the workers' chatter too, as long as they live
            cluster = stack.enter_context(Cluster(arguments.scheduler, arguments.local_workers))
        print(f"{cluster.workers}; dashboard at {cluster.dashboard}")
        yield cluster


def paint_elsewhere(net, jobs, arguments, network, cluster, load, pass_over):
    """Pictures that the workers paint, each whole; the files are written here.

    Args:
        net: CNNStyleNet with its network.
        jobs: list of Job.
        arguments: of the command line.
        network: FoundNetwork.
        cluster: Cluster.
        load: Job -> whether there is anything to do; has the net read its pictures.
        pass_over: (Job, StyleNetError) -> exit code; tells of one that failed.

    Returns:
        exit code.
    """
    from stylenet.cluster.runs import RunSteps, run_all

    net.free_memory, codes = cluster.workers.memory, [0]
    elsewhere = {job: PaintedElsewhere(job, net.options, arguments) for job in jobs}
    assigned = partial(_assigned, net, arguments, network, cluster, load)

    def failed(job, error):
        codes.append(pass_over(job, error))

    def on_stage(job, stage):
        try:
            elsewhere[job].take(stage)
        except StyleNetError as error:
            failed(job, error)
        steps.count(job.content, stage, net.options.epochs)

    total, stop = len(jobs) * net.options.epochs, StopBetweenSteps()
    with stop, tqdm(total=total, unit="step", dynamic_ncols=True) as bar:
        steps = RunSteps(bar)
        with stopped_with_advice(jobs):
            assignments = _each(jobs, assigned, failed)
            run_all(cluster, assignments, arguments.save_every, on_stage, lambda: stop(None))
    return codes[-1]


def _each(jobs, assigned, failed):
    """What `assigned` gives of each job, as it is asked for; one that fails is passed over."""
    for job in jobs:
        try:
            if assignment := assigned(job):
                yield assignment
        except ClusterError:
            raise
        except StyleNetError as error:
            failed(job, error)


def _assigned(net, arguments, network, cluster, load, job):
    """(Job, place, Assignment); None where the job is finished already."""
    from stylenet.cluster.runs import assignment_of

    name, read = job.outputs.picture.name, files_read(job, arguments)
    finish = partial(packed_results, name=name, files=read, network=network)
    if not load(job):
        return None
    state = stopped_run(job.outputs) if arguments.resume else None
    if state:
        check_state(state, net.run_identity())
    return job, *assignment_of(net, cluster, finish, state)


class PaintedElsewhere:
    """A picture that a worker paints: what comes back is written as if it were painted here.

    Args:
        job: Job.
        options: Options.
        arguments: of the command line.
    """

    def __init__(self, job, options, arguments):
        self._outputs, self._state, self._told = job.outputs, None, 0
        self._save = SaveState(lambda: self._state, StateFile(job.outputs.state))
        self._reports = loss_reports(options, job.outputs, arguments, title=f"{job.content}: ")

    def take(self, stage):
        """Write what there is of a `stylenet.cluster.worker.Stage`.

        Raises:
            OutputError: a result cannot be written.
            StyleNetError: that ended the run, after all is written.
        """
        if stage.state:
            self._state = stage.state
            self._save.write(finished=stage.finished)
            self._tell(stage.state.history)
            self._state = None  # the worker's is large, and there are many pictures
        if stage.result:
            report, packed = stage.result
            self._tell(report["history"])
            write_packed(self._outputs, packed)
            tqdm.write(result_line(self._outputs.picture, report))
        if stage.error:
            raise stage.error

    def _tell(self, records):
        for report in self._reports:
            for row in records[self._told :]:
                report(record_of(row))
            if hasattr(report, "write"):  # what came of a stage came at once, faster than files
                report.write()
        self._told = len(records)
