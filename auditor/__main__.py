"""The `auditor` command."""

import atexit
import gc

from auditor.cli import main

# Before Python lets a process go it looks for cycles among all objects, several times: a second more after Ctrl-C.
atexit.register(gc.freeze)

if __name__ == "__main__":
    main()
