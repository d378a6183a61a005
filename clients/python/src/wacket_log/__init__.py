"""Logs of a program, for the Wacket agent on the same machine.

    import logging, wacket_log
    logging.getLogger().addHandler(wacket_log.Handler())

    wacket_log.log("valve 3 stuck", "warn", valve=3)

Lines go into a file in the temporary folder, which the agent reads; without an agent nothing else happens. Nothing
here raises, waits, starts a thread or needs to be closed: a program is never worse off for being logged.
`docs/reference/program-log-format.md` describes the file.
"""

from wacket_log.handler import Handler
from wacket_log.plain import log, statistics

__all__ = ["Handler", "log", "statistics"]
__version__ = "0.1.0"
