"""Whole runs on a cluster: pictures of a folder, points of a parameter grid.

A worker takes up a run for a while and gives back its state, from which any worker goes on. So
what one that dies has cost is that while, and the states are here to be kept.
"""

from dataclasses import replace
from itertools import islice

from tqdm.auto import tqdm

from stylenet.cluster.worker import Start, paint
from stylenet.errors import OptionError

STINT_SECONDS = 60.0
AT_THE_DOOR = 2  # runs beyond one a worker, so that none waits for its next


def run_all(cluster, starts, seconds, on_stage, on_look=lambda: None):
    """Have runs taken to their ends.

    Args:
        cluster: Cluster.
        starts: (key, place, Start), taken as workers become free; `place` is from `Cluster.bring`.
        seconds: about what a worker works on a run before it gives back its state.
        on_stage: (key, Stage) -> None, called as each comes back.
        on_look: called every second, as of `Cluster.wait`.

    Raises:
        ClusterLostError: the scheduler or all workers went away.
    """
    starts, on_their_way = iter(starts), {}
    while True:
        room = cluster.workers.count + AT_THE_DOOR - len(on_their_way)
        for key, place, start in islice(starts, room):
            future = cluster.submit(paint, place, start, seconds)
            on_their_way[future] = key, place, start
        if not on_their_way:
            return
        for future in cluster.wait(list(on_their_way), on_look):
            key, place, start = on_their_way.pop(future)
            stage = cluster.result(future)
            if not stage.finished:
                going_on = replace(start, state=stage.state)
                again = cluster.submit(paint, place, going_on, seconds)
                on_their_way[again] = key, place, going_on
            on_stage(key, stage)


def fit_all(nets, cluster):
    """Fit nets, each whole on a worker; afterwards each holds its result as after its own `fit`.

    The points of a parameter grid, for example: a net for each.

    Args:
        nets: list of CNNStyleNet; what writes files on the way is to be left out of their options.
        cluster: Cluster.

    Raises:
        OptionError: an option would write files on another machine.
        ClusterLostError: the scheduler or all workers went away.
        StyleNetError: of the first net whose fit ended in one; the others are done then.
    """
    errors = {}
    total = sum(net._epochs for net in nets)
    with tqdm(total=total, unit="step", dynamic_ncols=True) as bar:
        steps = RunSteps(bar)

        def on_stage(number, stage):
            if stage.finished:
                if stage.result:
                    nets[number].take_fit(stage.result)
                if stage.error:
                    errors[number] = stage.error
            steps.count(number, stage, nets[number]._epochs)

        run_all(cluster, _starts(nets, cluster), STINT_SECONDS, on_stage)
    if errors:
        raise errors[min(errors)]


class RunSteps:
    """Counts the steps of several runs in one bar, as they come back.

    Args:
        bar: of tqdm; its unit is the step.
    """

    def __init__(self, bar):
        self._bar, self._done = bar, {}

    def count(self, key, stage, epochs):
        """Take note of a Stage of the run `key` of so many steps."""
        reached = epochs if stage.finished else stage.state.iteration
        self._bar.update(reached - self._done.get(key, 0))
        self._done[key] = reached


def _starts(nets, cluster):
    for number, net in enumerate(nets):
        if net._options.checkpoint_output or net._options.tensorboard:
            raise OptionError(
                "checkpoint_output and tensorboard write files where the work is done, got a net "
                "with one of them for a cluster; leave it out."
            )
        yield number, *start_of(net, cluster, type(net).fit_result)


def start_of(net, cluster, finish, state=None):
    """(place, Start) of a net's run; reads its pictures and network where it has not.

    Args:
        net: CNNStyleNet.
        cluster: Cluster.
        finish: net after `fit` -> what is wanted of it; must be known to the workers by name.
        state: RunState to go on from, or None.
    """
    if net._full is None:
        net.load_image_content_style()
    if net._biases is None:
        net.load_model_info()
    place = cluster.bring(net._network_fingerprint, net._network_arrays)
    state = state and state.in_memory()
    return place, Start(net.recipe(), net._full, state, cluster.workers.memory, finish)
