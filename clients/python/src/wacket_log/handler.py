"""`logging.Handler` that writes program logs."""

from __future__ import annotations

import logging
import threading

from wacket_log import lines, plain
from wacket_log.writer import Writer

# Lowest number of each level, from above; what other libraries put between them is the next below.
_LEVELS = (
    (logging.CRITICAL, "critical"),
    (logging.ERROR, "error"),
    (logging.WARNING, "warn"),
    (logging.INFO, "info"),
    (logging.DEBUG, "debug"),
)

_KNOWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_traceback = logging.Formatter()


class Handler(logging.Handler):
    """Takes the logger's name, the place in the source for warnings and worse, the traceback, and what is in `extra`.

    With a formatter of your own, its text is the message. No lock is held while a record is written, so that neither
    threads nor signals nor a fork can make anybody wait.
    """

    def __init__(self, level: int | str = logging.NOTSET, *, folder: str | None = None, program: str | None = None):
        super().__init__(level)
        self._writer = Writer(folder, program) if folder or program else plain.shared()
        self._inside = threading.local()

    def handle(self, record: logging.LogRecord) -> bool:
        kept: object = self.filter(record)
        if isinstance(kept, logging.LogRecord):  # since Python 3.12 a filter may give another one
            record = kept
        if kept:
            self.emit(record)
        return bool(kept)

    def emit(self, record: logging.LogRecord) -> None:
        if getattr(self._inside, "busy", False):  # what formats a record logs something itself
            return
        self._inside.busy = True
        try:
            plain.write(self._writer, self._text(record), _level(record.levelno), _fields(record))
        except Exception:
            plain.write(self._writer, f"(a record of {record.name} that cannot be written)", "error", {})
        finally:
            self._inside.busy = False

    def statistics(self) -> dict[str, int]:
        return self._writer.statistics()

    def _text(self, record: logging.LogRecord) -> str:
        try:
            if self.formatter is not None:
                return self.formatter.format(record)
            text = record.getMessage()
            if record.exc_info:
                text = f"{text}\n{_traceback.formatException(record.exc_info)}"
            return f"{text}\n{_traceback.formatStack(record.stack_info)}" if record.stack_info else text
        except Exception as error:
            return f"{lines.as_text(record.msg)} (cannot be formatted: {type(error).__name__})"


def _level(number: int) -> str:
    return next((name for lowest, name in _LEVELS if number >= lowest), "trace")


def _fields(record: logging.LogRecord) -> dict[str, object]:
    fields: dict[str, object] = {} if record.name == "root" else {"logger": record.name}
    if record.levelno >= logging.WARNING:
        fields["place"] = f"{record.filename}:{record.lineno}"
    fields.update((name, value) for name, value in vars(record).items() if name not in _KNOWN)
    return fields
