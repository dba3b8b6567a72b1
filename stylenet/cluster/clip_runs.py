"""The shots of a clip on a cluster: each goes from frame to frame, several at one time.

What a frame needs of those before it is made here, so that any worker can paint it, and the frames
are kept here as they come.
"""

from stylenet.cluster.recipe import NetRecipe
from stylenet.cluster.worker import paint_one_frame


def paint_shots(cluster, net, painter, on_look=lambda: None):
    """Paint what is not painted yet, as many shots at one time as there are workers.

    Args:
        cluster: Cluster.
        net: CNNStyleNet with its network.
        painter: ClipPainter.
        on_look: called every second, as of `Cluster.wait`.

    Yields:
        (number of a frame, its losses by name), as each is there.

    Raises:
        ClusterLostError: the scheduler or all workers went away.
    """
    place, recipe = cluster.bring(net.fingerprint, net.network), NetRecipe.of(net)
    waiting, on_their_way = iter(painter.shots), {}

    def advance(course, painted=None):
        """Have the next frame of a course painted, or of the next shot where that is over."""
        while course is not None:
            try:
                number, pictures = course.send(painted)
            except StopIteration:
                course, painted = next_course(), None
                continue
            memory = cluster.workers.memory
            future = cluster.submit(paint_one_frame, place, recipe, pictures, memory)
            on_their_way[future] = number, course
            return

    def next_course():
        shot = next(waiting, None)
        return painter.course(shot) if shot else None

    for _ in range(cluster.workers.count):
        advance(next_course())
    while on_their_way:
        for future in cluster.wait(list(on_their_way), on_look):
            number, course = on_their_way.pop(future)
            painted = cluster.result(future)
            advance(course, painted)
            yield number, painted[1]
