"""A relay between our client and a server that breaks the line when we send the nth time."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Line:
    """What passes the relay. `port` is where to connect; the line breaks for good when we have sent `cut_at` times."""

    port: int
    cut_at: int
    sent: int = 0
    cut: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def due(self) -> bool:
        """Counts one more message of ours; true if the line is to break before it goes through."""
        with self.lock:
            self.sent += 1
            self.cut = self.cut or self.sent == self.cut_at
            return self.cut


@contextmanager
def relay(server_port: int, cut_at: int) -> Iterator[Line]:
    """A relay on loopback to a server on loopback."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        line = Line(listening.getsockname()[1], cut_at)
        open_sockets: list[socket.socket] = []
        threading.Thread(target=_accept, args=(listening, server_port, line, open_sockets), daemon=True).start()
        try:
            yield line
        finally:
            for one in open_sockets:
                _close(one)


def _accept(listening: socket.socket, server_port: int, line: Line, open_sockets: list[socket.socket]) -> None:
    with suppress(OSError):
        while True:
            ours, _ = listening.accept()
            if line.cut:
                _close(ours)
                continue
            theirs = socket.create_connection(("127.0.0.1", server_port))
            open_sockets += [ours, theirs]
            threading.Thread(target=_pump, args=(ours, theirs, line), daemon=True).start()
            threading.Thread(target=_pump, args=(theirs, ours, None), daemon=True).start()


def _pump(start: socket.socket, end: socket.socket, line: Line | None) -> None:
    with suppress(OSError):
        while data := start.recv(65_536):
            if line is not None and line.due():
                break
            end.sendall(data)
    _close(start)
    _close(end)


def _close(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
