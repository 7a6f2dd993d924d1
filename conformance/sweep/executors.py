"""Who does the chunks: processes of this machine, or a Dask cluster. One way to ask either."""

from __future__ import annotations

import multiprocessing
import os
import signal
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import Any, Self, TypeVar

__all__ = ["Cluster", "ClusterError", "Executor", "ThisMachine", "WorkerDiedError"]

Task = TypeVar("Task")
Done = TypeVar("Done")

# A worker has one core: several processes of one thread each are faster than several threads of
# which each waits for the slowest, and a backend then cuts an array the same way everywhere.
_ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
}
# How often in a row a worker may die before a task is done again: an accident is not a habit.
_DEATHS = 3


class WorkerDiedError(RuntimeError):
    """Workers die on one and the same task."""


class ClusterError(RuntimeError):
    """A Dask cluster cannot be used."""


class Executor(ABC):
    """Workers, for as long as a ``with`` block lasts; leaving it stops them at once."""

    @abstractmethod
    def each(self, work: Callable[[Task], Done], tasks: Iterable[Task]) -> Iterator[Done]:
        """Yield what `work` makes of each task, in the order in which they are done.

        Parameters
        ----------
        work : callable
            Importable by name where the workers are.
        tasks : iterable
            What there is to do; each picklable.

        Yields
        ------
        object
            What `work` returned.

        Raises
        ------
        WorkerDiedError
            If a task kills its worker again and again. A worker that dies once is replaced and
            its task given to another.
        Exception
            What `work` raised.
        """

    def __enter__(self) -> Self:
        return self

    @abstractmethod
    def __exit__(self, *error: object) -> None: ...


class ThisMachine(Executor):
    """Processes of this machine, one thread each.

    Parameters
    ----------
    workers : int
        How many.
    """

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._pool: ProcessPoolExecutor | None = None

    def each(self, work: Callable[[Task], Done], tasks: Iterable[Task]) -> Iterator[Done]:
        left = list(tasks)
        deaths = 0
        while left:
            try:
                for task, result in self._until_death(work, left):
                    left.remove(task)
                    deaths = 0
                    yield result
            except BrokenProcessPool as error:
                self._stop()
                deaths += 1
                if deaths == _DEATHS:
                    raise WorkerDiedError(
                        f"workers died {_DEATHS} times in a row, while {left[0]} was next to be "
                        "done; what is done is kept. Is there memory enough? Try fewer workers"
                    ) from error

    def _until_death(
        self, work: Callable[[Task], Done], tasks: list[Task]
    ) -> Iterator[tuple[Task, Done]]:
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self._workers, context, initializer=_begin)
        waiting = iter(tuple(tasks))
        futures: dict[Future[Done], Task] = {}
        while True:
            # One task more than there are hands: nobody waits for work, and little is given up.
            for task in islice(waiting, self._workers + 1 - len(futures)):
                futures[self._pool.submit(work, task)] = task
            if not futures:
                return
            done, _ = wait(futures, return_when=FIRST_COMPLETED)
            for future in done:
                yield futures.pop(future), future.result()

    def _stop(self) -> None:
        """Stop the workers now; what they are in the middle of is lost, and nothing else."""
        if self._pool is None:
            return
        processes = list((self._pool._processes or {}).values())
        self._pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.terminate()
        for process in processes:
            process.join()
        self._pool = None

    def __exit__(self, *error: object) -> None:
        self._stop()


def _begin() -> None:
    """Make a worker ready: frameworks read the environment when they are imported, later."""
    os.environ.update(_ONE_THREAD)
    # Ctrl-C is for the parent, which stops the workers when it has written its report.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


class Cluster(Executor):
    """The workers of a Dask cluster, on which actinit and the backend must be installed.

    Parameters
    ----------
    address : str
        Of the scheduler, such as ``tcp://10.0.0.5:8786``.

    Raises
    ------
    ClusterError
        If Dask is not installed or no scheduler answers.
    """

    def __init__(self, address: str) -> None:
        try:
            from dask.distributed import Client
        except ModuleNotFoundError as error:
            raise ClusterError(
                "--scheduler needs Dask; run: pip install 'actinit[cluster]'"
            ) from error
        try:
            self._client: Any = Client(address, timeout="10s", set_as_default=False)
        except (OSError, ValueError) as error:
            raise ClusterError(
                f"no Dask scheduler answers at {address!r} ({error}); expected an address such as "
                "tcp://10.0.0.5:8786, which `dask scheduler` prints when it starts"
            ) from error

    def each(self, work: Callable[[Task], Done], tasks: Iterable[Task]) -> Iterator[Done]:
        from dask.distributed import KilledWorker, as_completed

        futures = [self._client.submit(work, task, pure=False) for task in tasks]
        try:
            for future in as_completed(futures):
                yield future.result()
        except KilledWorker as error:
            raise WorkerDiedError(f"{error}; what is done is kept") from error
        finally:
            self._client.cancel(futures, force=True)

    def __exit__(self, *error: object) -> None:
        self._client.close()
