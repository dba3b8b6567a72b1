"""More than one machine: the workers of a Dask cluster, as a run sees them.

Dask (https://distributed.dask.org) finds the workers, moves the data, and has the work of a worker
that died done elsewhere. However that went, results come in the order of the tiles, so that sums
have the same last digits whoever did what.
"""

import logging
import time
import warnings
from collections import deque
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager, suppress

import dask
import distributed

from stylenet.cluster.recipe import TileRecipe
from stylenet.cluster.worker import (
    LocalWorker,
    Workplace,
    check_versions,
    memory_limit,
    versions,
    work_on_tile,
)
from stylenet.engine.machine import free_memory
from stylenet.engine.memory import Workers
from stylenet.errors import ClusterError, ClusterLostError

CONNECT_SECONDS = 10
WORKERLESS_SECONDS = 60  # without any worker, until nobody is expected any more
LOOK_SECONDS = 1  # between two looks at whether the scheduler is still there
FETCH_SECONDS = 60  # for a result to come, until it is asked what became of it
AHEAD = 2  # tiles on their way for each worker, so that none waits for its next
LOCAL_SETTINGS = {
    # Deaths of workers at a piece of work, until it is taken for what they die of.
    "distributed.scheduler.allowed-failures": 10,
    # For a worker to come back by itself; importing TensorFlow takes long on a busy machine.
    "distributed.deploy.lost-worker-timeout": "30s",
}


class Cluster:
    """The workers of a scheduler, or some of this machine; a context manager.

    Args:
        scheduler: address of a `dask scheduler`, such as "tcp://host:8786".
        local_workers: processes to start on this machine instead, of one core each.

    Attributes:
        workers: Workers, as many as there were at the start.
        dashboard: address of Dask's dashboard.

    Raises:
        ClusterError: on entering: no scheduler or no worker answers, or a worker has other
            versions.
    """

    def __init__(self, scheduler=None, local_workers=None):
        self._scheduler, self._local_workers = scheduler, local_workers
        self._brought = set()
        self._local = self._client = self._stack = self.workers = self.dashboard = None

    def __enter__(self):
        with ExitStack() as stack:
            if self._scheduler is None:
                stack.enter_context(dask.config.set(LOCAL_SETTINGS))
                self._local = self._start_workers()
                stack.callback(_closed_quietly, self._local)
            self._client = self._connect(self._local or self._scheduler)
            stack.callback(_closed_quietly, self._client)
            if self._local:
                self._client.register_plugin(LocalWorker())
            self._look_around()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self._stack.close()

    def bring(self, name, network):
        """Bring a network to all workers, those that start later too, once.

        Args:
            name: its fingerprint.
            network: () -> `stylenet.network.layers.Network`.

        Returns:
            the name of the place where it is.
        """
        if name not in self._brought:
            with self._lost_if(OSError):
                self._client.register_plugin(Workplace(name, network(), versions()), name=name)
            self._brought.add(name)
        return name

    def over_tiles_of(self, graph, work, units, *shared):
        """The results of a unit of work over tiles, as `tile_work.in_turn` gives them.

        Args:
            graph: Graph that the unit is of.
            work, shared: as of `in_turn`.
            units: pairs of (Tile, arrays), taken as workers become free.

        Raises:
            ClusterLostError: the scheduler or all workers went away.
        """
        place = self.bring(graph.fingerprint, graph.network)
        recipe, name = TileRecipe.of(graph), work.name
        on_their_way = deque()
        for tile, arrays in units:
            future = self.submit(work_on_tile, place, recipe, name, tile, arrays, shared)
            on_their_way.append((tile, future))
            if len(on_their_way) >= AHEAD * self.workers.count:
                tile, future = on_their_way.popleft()
                yield tile, self.result(future)
        while on_their_way:
            tile, future = on_their_way.popleft()
            yield tile, self.result(future)

    def submit(self, function, *arguments):
        """The future of a task. What it needs goes along, so that any worker can do it again."""
        with self._lost_if(OSError, RuntimeError), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of tasks of more than 10 MB
            return self._client.submit(function, *arguments, pure=False)

    def result(self, future):
        """What a task gives; waits for it.

        Raises:
            ClusterLostError: nobody is left to do it, or whoever took it up died.
        """
        while True:
            self.wait([future])
            if future.status == "error":
                raise _reason(future.exception())
            # A worker that dies with what it has done is found out as that is fetched: wait again.
            with self._lost_if(CancelledError, OSError), suppress(distributed.TimeoutError):
                return future.result(FETCH_SECONDS)

    def wait(self, futures, on_look=lambda: None):
        """Wait until one of some tasks is done, and return those that are.

        Args:
            futures: list of what `submit` gave.
            on_look: called every second; what it raises ends the wait.

        Raises:
            ClusterLostError: nobody is left to do them.
        """
        seen = time.monotonic()
        while True:
            on_look()
            if self._local:  # where Dask gave up a worker that died again and again, have another
                self._local.scale(self._local_workers)
            with (
                self._lost_if(CancelledError, OSError),
                suppress(distributed.TimeoutError),
                self._client.as_current(),
            ):
                return distributed.wait(futures, LOOK_SECONDS, "FIRST_COMPLETED").done
            with self._lost_if(OSError):
                if self._client.status != "running":
                    raise OSError
                if self._client.nthreads():
                    seen = time.monotonic()
            if time.monotonic() - seen > WORKERLESS_SECONDS:
                raise ClusterLostError(
                    f"There has been no worker at {self._address} for {WORKERLESS_SECONDS} s."
                )

    def _start_workers(self):
        return distributed.LocalCluster(
            n_workers=self._local_workers,
            threads_per_worker=1,
            processes=True,
            memory_limit=None,  # what a run needs is checked before it starts
            dashboard_address=":0",  # any port that is free
            silence_logs=logging.CRITICAL,
        )

    def _connect(self, where):
        try:
            security = {"security": self._security()} if self._address.startswith("tls:") else {}
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of versions, which are looked at here
                return distributed.Client(
                    where, timeout=CONNECT_SECONDS, set_as_default=False, **security
                )
        except ClusterError:
            raise
        except Exception as error:  # whatever sockets, TLS and Dask have for an address
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            trusted = " and certificates that it trusts" * self._address.startswith("tls://")
            raise ClusterError(
                f"No scheduler answers at {self._address} ({reason}); start one with "
                f"`dask scheduler` and give the address that it prints{trusted}."
            ) from error

    def _security(self):
        """The TLS files of Dask's own configuration."""
        security = distributed.Security(require_encryption=True)
        if security.get_connection_args("client")["ssl_context"] is None:
            raise ClusterError(
                f"{self._address} needs certificates; name them in Dask's configuration, "
                "distributed.comm.tls, as the scheduler's are."
            )
        return security

    def _look_around(self):
        """Who is there, and whether each is fit for the work."""
        client, address = self._client, self._address
        try:
            client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        except distributed.TimeoutError as error:
            raise ClusterError(
                f"The scheduler {address} has no worker; start one with `dask worker {address} "
                "--nworkers N --nthreads 1`, N its cores."
            ) from error
        ours = versions()
        for worker, theirs in client.run(versions, on_error="return").items():
            check_versions(worker, theirs if isinstance(theirs, dict) else {}, ours)
        count, here = len(client.nthreads()), self._scheduler is None
        if here:
            free = free_memory()
            memory = free and free / count
        else:
            memory = min(filter(None, client.run(memory_limit).values()), default=None)
        self.workers = Workers(count, memory, here)
        self.dashboard = client.dashboard_link

    @property
    def _address(self):
        return self._scheduler or "this machine"

    @contextmanager
    def _lost_if(self, *errors):
        try:
            yield
        except errors as error:
            if isinstance(error, TimeoutError):  # an OSError to Python, and no harm
                raise
            raise ClusterLostError(
                f"The scheduler {self._address} went away in the middle of the run."
            ) from error


def _reason(error):
    """What to raise for the error of a task; of a task that workers die of, a sentence."""
    if not isinstance(error, distributed.KilledWorker):
        return error
    return ClusterLostError(
        f"Worker after worker died of the same piece of work, at last {error.last_worker.address}, "
        "perhaps for want of memory; choose a smaller --tile or --width."
    )


def _closed_quietly(thing):
    """Close what may have lost its other end."""
    with suppress(Exception):
        thing.close(timeout=CONNECT_SECONDS)
