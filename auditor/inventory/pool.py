"""Texts read by several processes. Tasks may end in any order; a task whose process dies is tried once more, elsewhere.

A process is started afresh (`spawn`), never forked: libraries of ours keep threads that would not survive a fork. Texts
go through pipes, so no file and no command line holds them.
"""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from auditor.errors import InventoryError
from auditor.inventory.hits import Hit

Hits = Mapping[str, tuple[Hit, ...]]

# A worker needs some three seconds to start, in which one process reads about 100,000 characters.
WORTH_WORKERS = 600_000
MOST_WORKERS = 4
# Characters of a task, and how often a task may take its process with it.
_TASK, _TRIES = 20_000, 2


@dataclass(frozen=True, slots=True)
class Asked:
    """How texts are to be read."""

    countries: frozenset[str] | None = None
    exact: bool = False
    model: str = ""


def workers_for(texts: Iterable[str], wanted: int = 0) -> int:
    """How many processes are to read these texts: as many as wanted, else as many as pay."""
    if wanted:
        return wanted
    return min(MOST_WORKERS, _cores()) if sum(map(len, texts)) >= WORTH_WORKERS else 1


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def read_texts(asked: Asked, texts: Mapping[str, Sequence[str]], *, workers: int = 1) -> dict[str, tuple[Hit, ...]]:
    """What is found in each distinct text, given by the language of the model that is to read it.

    Texts that brought down every process they were given to are missing. Raises InventoryError where no process can
    read at all.
    """
    tasks = _tasks(texts)
    reader = _reader(asked) if workers < 2 else None
    read: dict[str, tuple[Hit, ...]] = {}
    for hits in (_answer(reader, task) for task in tasks) if reader else _by_workers(asked, tasks, workers):
        read.update(hits)
    return read


def _reader(asked: Asked) -> Any:
    from auditor.inventory.engine import TextReader, load_recognizers

    return TextReader(load_recognizers(asked.countries), exact=asked.exact, model=asked.model)


@dataclass(frozen=True, slots=True)
class _Task:
    """Texts that one process reads at a time, with the model of a language."""

    language: str
    texts: tuple[str, ...] = field(repr=False)


def _tasks(by_language: Mapping[str, Sequence[str]]) -> list[_Task]:
    tasks = []
    for language, texts in by_language.items():
        task, size = list[str](), 0
        for text in dict.fromkeys(texts):
            task.append(text)
            size += len(text)
            if size >= _TASK:
                tasks.append(_Task(language, tuple(task)))
                task, size = [], 0
        if task:
            tasks.append(_Task(language, tuple(task)))
    return tasks


def _answer(reader: Any, task: _Task) -> Hits:
    return dict(zip(task.texts, reader.read(task.texts, task.language), strict=True))


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    pipe: Connection
    task: int = -1
    """The number of the task it is at; -1 while it has none."""


def _by_workers(asked: Asked, tasks: Sequence[_Task], count: int) -> Iterator[Hits]:
    waiting, tries, answered = deque(range(len(tasks))), [0] * len(tasks), False
    workers = [_start(asked) for _ in range(min(count, len(tasks)))]
    try:
        while workers:
            for worker in [w for w in workers if w.task < 0]:
                if waiting:
                    worker.task = waiting.popleft()
                    _send(worker, tasks[worker.task])
                else:
                    workers.remove(worker)
                    _stop(worker)
            # Waiting for nothing would have no end.
            for pipe in wait([w.pipe for w in workers]) if workers else ():
                worker = next(w for w in workers if w.pipe is pipe)
                hits = _receive(worker)
                if isinstance(hits, InventoryError):
                    raise hits
                if hits is not None:
                    answered = True
                    yield hits
                else:
                    tries[worker.task] += 1
                    if tries[worker.task] < _TRIES:
                        waiting.append(worker.task)
                    workers.remove(worker)
                    _stop(worker)
                    if not answered and sum(tries) > 2 * count:
                        raise InventoryError(
                            "The processes that read texts end before they have read any.", do="Use --workers 1."
                        )
                    workers.append(_start(asked))
                worker.task = -1
    finally:
        for worker in workers:
            _stop(worker)


def _start(asked: Asked) -> _Worker:
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs, asked), daemon=True)
    with _interrupts_ignored(), _only_installed():
        process.start()
    # With our copy of its end closed, the worker's death is the end of the pipe.
    theirs.close()
    return _Worker(process, ours)


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """What is started meanwhile ignores Ctrl-C for good: it is this process that answers it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _only_installed() -> Iterator[None]:
    """What is started meanwhile runs no module that lies where the audit was started."""
    before = os.environ.get("PYTHONSAFEPATH")
    os.environ["PYTHONSAFEPATH"] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONSAFEPATH"]
        else:
            os.environ["PYTHONSAFEPATH"] = before


def _send(worker: _Worker, task: _Task) -> None:
    # A worker that died is noticed when its answer is awaited.
    with suppress(OSError):
        worker.pipe.send(task)


def _receive(worker: _Worker) -> Hits | InventoryError | None:
    """The worker's answer; None if it died."""
    try:
        answer: Hits | InventoryError = worker.pipe.recv()
    except (EOFError, OSError):
        return None
    return answer


def _stop(worker: _Worker) -> None:
    worker.pipe.close()
    worker.process.kill()
    worker.process.join()


def _work(pipe: Connection, asked: Asked) -> None:
    """Answer tasks until the pipe ends, as it does when the parent is gone."""
    reader = None
    while True:
        try:
            task = pipe.recv()
            reader = reader or _reader(asked)
            answer: Any = _answer(reader, task)
        except EOFError:
            return
        except InventoryError as error:
            answer = error
        pipe.send(answer)
