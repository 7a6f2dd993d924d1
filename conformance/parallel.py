"""Who does the chunks: processes of this machine, or a Dask cluster. One way to ask either."""

from __future__ import annotations

import getpass
import multiprocessing
import os
import signal
import tempfile
import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from itertools import count
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Self, TypeVar, cast

__all__ = [
    "Cluster",
    "ClusterError",
    "Executor",
    "ThisMachine",
    "WorkerDiedError",
    "default",
    "end_with_parent",
    "own_caches",
    "pool",
]

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


# More gain little, since frameworks compute on several cores anyway, and take 2 GiB each.
_MOST = 4


def default() -> int:
    """Return how many processes to use where nobody says."""
    return min(_MOST, os.cpu_count() or 1)


def own_caches(worker: str) -> dict[str, str]:
    """Return the environment in which a worker compiles into a folder that is its alone.

    Two processes that compile into one folder may read what the other has half written.

    Parameters
    ----------
    worker : str
        Its name, the same from run to run, so that what was compiled is found again.
    """
    name = "TORCHINDUCTOR_CACHE_DIR"
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container may have no name for its user
        user = str(os.getuid())
    # The framework's own choice, where nobody made one.
    shared = os.environ.get(name) or Path(tempfile.gettempdir(), f"torchinductor_{user}")
    return {name: str(Path(shared, worker))}


def pool(workers: int | None = None) -> ProcessPoolExecutor:
    """Return new processes that end when this one does, also when it is killed.

    Parameters
    ----------
    workers : int, optional
        How many; by default one for each core.
    """
    # Not forked: a framework's threads may be running in this process.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers or os.cpu_count(), context, initializer=end_with_parent)


def end_with_parent() -> None:
    """End this process as soon as the one that started it is gone, whatever it is computing.

    A parent that is killed tells nobody, and a worker would finish what it has, or wait for more.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="actinit parent").start()


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

    Each has a pipe of its own. With a queue that all share, as `concurrent.futures` has it, a
    worker that is killed in the middle of an answer leaves the others waiting for ever.

    Parameters
    ----------
    workers : int
        How many.
    """

    def __init__(self, workers: int) -> None:
        self._count = workers
        self._workers: list[_Worker] = []

    def each(self, work: Callable[[Task], Done], tasks: Iterable[Task]) -> Iterator[Done]:
        waiting = deque(tasks)
        busy: dict[Connection, tuple[_Worker, Task]] = {}
        deaths = 0
        while waiting or busy:
            while waiting and len(busy) < self._count:
                worker = self._idle(busy)
                task = waiting.popleft()
                worker.give(work, task)
                busy[worker.pipe] = worker, task
            for pipe in wait(list(busy)):
                worker, task = busy.pop(cast(Connection, pipe))  # wait returns what it was given
                try:
                    result = worker.answer()
                except EOFError:
                    self._workers.remove(worker)
                    waiting.appendleft(task)
                    deaths += 1
                    if deaths == _DEATHS:
                        raise WorkerDiedError(
                            f"workers died {_DEATHS} times in a row, the last on {task}; what is "
                            "done is kept. Is there memory enough? Try fewer workers"
                        ) from None
                else:
                    deaths = 0
                    yield result

    def _idle(self, busy: Container[Connection]) -> _Worker:
        """Return a worker that has nothing to do: a new one if all that there are have."""
        for worker in self._workers:
            if worker.pipe not in busy:
                return worker
        taken = {worker.number for worker in self._workers}
        self._workers.append(_Worker(next(one for one in count() if one not in taken)))
        return self._workers[-1]

    def __exit__(self, *error: object) -> None:
        """Stop the workers; what they are in the middle of is lost, and nothing else."""
        for worker in self._workers:
            worker.stop()
        self._workers = []


class _Worker:
    """A process and this end of its pipe; its number tells it from those beside it."""

    def __init__(self, number: int) -> None:
        self.number = number
        context = multiprocessing.get_context("spawn")
        self.pipe, far = context.Pipe()
        self._process = context.Process(target=_serve, args=(far,), daemon=True)
        # Before NumPy is imported, which reads it once.
        with _environment({**_ONE_THREAD, **own_caches(f"worker{number}")}):
            self._process.start()
        far.close()  # so that the pipe ends when the process does

    def give(self, work: Callable[[Task], Any], task: Task) -> None:
        with suppress(BrokenPipeError):  # it died idle: that shows where its answer is asked for
            self.pipe.send((work, task))

    def answer(self) -> Any:
        """Return the result, or raise what was raised; EOFError if the process has died."""
        try:
            good, result = self.pipe.recv()
        except OSError as error:  # such as a connection that was reset
            raise EOFError from error
        if not good:
            raise result
        return result

    def stop(self) -> None:
        self._process.terminate()
        self._process.join()
        self.pipe.close()


@contextmanager
def _environment(changes: Mapping[str, str]) -> Iterator[None]:
    """Change environment variables for as long as a process is started, which inherits them."""
    before = {name: os.environ.get(name) for name in changes}
    os.environ.update(changes)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _serve(pipe: Connection) -> None:
    """Do what comes through the pipe, until the other end is closed."""
    # Ctrl-C is for the parent, which stops the workers when it has written its report.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()
    with suppress(EOFError):
        while True:
            work, task = pipe.recv()
            try:
                answer = True, work(task)
            except Exception as error:  # of any kind: it is the caller's
                answer = False, error
            pipe.send(answer)


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
            self._client: Any = Client(  # type: ignore[no-untyped-call]
                address, timeout="10s", set_as_default=False
            )
        except (OSError, ValueError) as error:
            raise ClusterError(
                f"no Dask scheduler answers at {address!r} ({error}); expected an address such as "
                "tcp://10.0.0.5:8786, which `dask scheduler` prints when it starts"
            ) from error

    def each(self, work: Callable[[Task], Done], tasks: Iterable[Task]) -> Iterator[Done]:
        from dask.distributed import KilledWorker, as_completed

        futures = [self._client.submit(work, task, pure=False) for task in tasks]
        try:
            with self._client.as_current():
                finished = as_completed(futures)  # type: ignore[no-untyped-call]
            for future in finished:
                yield future.result()
        except KilledWorker as error:
            raise WorkerDiedError(f"{error}; what is done is kept") from error
        finally:
            self._client.cancel(futures, force=True)

    def __exit__(self, *error: object) -> None:
        self._client.close()
