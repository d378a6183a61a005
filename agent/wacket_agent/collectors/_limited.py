"""Calls that may never come back, as a question to a dead file server: each in a thread of its own, waited for so long.

A call that is late is left alone, since nothing can end a thread that waits in the kernel; its key is not called again
until it has returned, and only so many may be late. Decides nothing about what is called when.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future
from concurrent.futures import TimeoutError as _Late
from typing import Any, Callable, Hashable

Function = Callable[[], Any]


class Stuck(Exception):
    """Not called, or not waited for any longer; the text says which, and is the same until the call has come back."""


class Limited:
    """May be used from any thread."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._late: dict[Hashable, tuple[Future[Any], str]] = {}

    @property
    def late(self) -> int:
        """Calls that were given up and have not come back."""
        return len(self._late)

    def begin(self, key: Hashable, function: Function) -> Future[Any]:
        """What the call will give. Raises Stuck where it must not be made."""
        with self._lock:
            if key in self._late:
                raise Stuck(self._late[key][1])
            if len(self._late) >= self._most:
                raise Stuck(f"not asked, since {self._most} others have not come back")
        future: Future[Any] = Future()
        future.set_running_or_notify_cancel()  # from here on nobody can cancel it
        threading.Thread(target=self._call, args=(key, function, future), name=f"{key}", daemon=True).start()
        return future

    def give_up(self, key: Hashable, future: Future[Any], seconds: float) -> Stuck:
        """What to raise for a call that has not come back after so long."""
        why = f"does not come back within {seconds:g} s"
        with self._lock:
            if not future.done():
                self._late[key] = future, why
        return Stuck(why)

    def within(self, seconds: float, key: Hashable, function: Function) -> Any:
        """What the function gives. Raises Stuck when that takes longer, and whatever the function raises."""
        future = self.begin(key, function)
        try:
            return future.result(seconds)
        except _Late:
            if future.done():
                raise
            raise self.give_up(key, future, seconds) from None

    def _call(self, key: Hashable, function: Function, future: Future[Any]) -> None:
        try:
            result = function()
        except BaseException as error:
            future.set_exception(error)
        else:
            future.set_result(result)
        finally:
            with self._lock:
                if key in self._late and self._late[key][0] is future:
                    del self._late[key]
