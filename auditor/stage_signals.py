"""Ctrl-C ends what the engine is doing at once: on its own it looks only between its tasks, some of which take long."""

from __future__ import annotations

import contextlib
import signal
import socket
import threading
from collections.abc import Callable, Iterator

_ENDING = (signal.SIGINT, signal.SIGTERM)


@contextlib.contextmanager
def on_signal(interrupt: Callable[[], object]) -> Iterator[None]:
    """Within, `interrupt` is called from a thread of its own as soon as the process is told to end.

    Python runs a signal's handler only when the main thread is back from the call it is in. Where that thread is not
    ours to watch over, nothing is done.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    reading, writing = socket.socketpair()
    writing.setblocking(False)
    before = signal.set_wakeup_fd(writing.fileno(), warn_on_full_buffer=False)

    def watch() -> None:
        while number := reading.recv(1):
            if number[0] in _ENDING:
                with contextlib.suppress(Exception):
                    interrupt()

    watching = threading.Thread(target=watch, name="auditor-signals", daemon=True)
    watching.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        writing.close()
        watching.join()
        reading.close()
