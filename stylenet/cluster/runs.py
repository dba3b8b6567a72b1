"""Whole runs on a cluster, such as the pictures of a folder.

A worker takes up a run for a while and gives back its state, from which any worker goes on. So
what one that dies has cost is that while, and the states are here to be kept.
"""

from dataclasses import replace
from itertools import islice

from stylenet.cluster.recipe import NetRecipe
from stylenet.cluster.worker import Assignment, paint

AT_THE_DOOR = 2  # runs beyond one a worker, so that none waits for its next


def run_all(cluster, assignments, seconds, on_stage, on_look=lambda: None):
    """Have runs taken to their ends.

    Args:
        cluster: Cluster.
        assignments: (key, place, Assignment), taken as workers become free; `place` is from
            `Cluster.bring`.
        seconds: about what a worker works on a run before it gives back its state.
        on_stage: (key, Stage) -> None, called as each comes back.
        on_look: called every second, as of `Cluster.wait`.

    Raises:
        ClusterLostError: the scheduler or all workers went away.
    """
    assignments, on_their_way = iter(assignments), {}
    while True:
        room = cluster.workers.count + AT_THE_DOOR - len(on_their_way)
        for key, place, assignment in islice(assignments, room):
            future = cluster.submit(paint, place, assignment, seconds)
            on_their_way[future] = key, place, assignment
        if not on_their_way:
            return
        for future in cluster.wait(list(on_their_way), on_look):
            key, place, assignment = on_their_way.pop(future)
            stage = cluster.result(future)
            if not stage.finished:
                going_on = replace(assignment, state=stage.state)
                again = cluster.submit(paint, place, going_on, seconds)
                on_their_way[again] = key, place, going_on
            on_stage(key, stage)


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


def assignment_of(net, cluster, finish, state=None):
    """(place, Assignment) of the run of a net that has its pictures and its network.

    Args:
        net: CNNStyleNet.
        cluster: Cluster.
        finish: net after `fit` -> what is wanted of it; must be known to the workers by name.
        state: RunState to go on from, or None.
    """
    place = cluster.bring(net.fingerprint, net.network)
    state = state and state.in_memory()
    return place, Assignment(NetRecipe.of(net), net.pictures, state, cluster.workers.memory, finish)
