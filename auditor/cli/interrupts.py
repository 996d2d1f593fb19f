"""Ctrl-C, and being told to end: what a run was asked is remembered, whatever becomes of the exception.

A library may turn the exception into one of its own (DuckDB says "Query interrupted"), and one raised while an object
is being destroyed is only printed. So it is remembered that somebody asked, and raised again where it was lost.
"""

from __future__ import annotations

import signal
import sys
import threading
from dataclasses import dataclass
from types import FrameType

_LATER = 0.02
"""Seconds until a lost interrupt comes once more."""


@dataclass(slots=True)
class _Asked:
    end: bool = False


_ASKED = _Asked()
_before = sys.unraisablehook


def catch_signals() -> None:
    """From now on SIGINT and SIGTERM raise KeyboardInterrupt and are remembered."""
    _ASKED.end = False
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    sys.unraisablehook = _lost


def asked_to_end() -> bool:
    """Whether a signal came."""
    return _ASKED.end


def check() -> None:
    """Raises KeyboardInterrupt if a signal came whose exception went astray."""
    if _ASKED.end:
        raise KeyboardInterrupt


def _interrupt(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
    """Being told to end is as good as Ctrl-C: the private directory goes first."""
    _ASKED.end = True
    raise KeyboardInterrupt


def _lost(fault: sys.UnraisableHookArgs) -> None:
    """Called for what was raised where nothing can be raised: an interrupt comes once more, the rest as before."""
    if _ASKED.end and isinstance(fault.exc_value, KeyboardInterrupt):
        main = threading.main_thread().ident or 0
        # At once, it would be raised in here, and lost too.
        again = threading.Timer(_LATER, signal.pthread_kill, (main, signal.SIGINT))
        again.daemon = True
        again.start()
    else:
        _before(fault)
