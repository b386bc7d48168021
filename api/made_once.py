"""Values that take long to make: each is made at its first use, and holds up no other."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

__all__ = ["MadeOnce"]

Key = TypeVar("Key")
Value = TypeVar("Value")


class MadeOnce(Generic[Key, Value]):
    """Values by key. Safe to share between threads.

    Threads that want the same value wait for the one that makes it; threads that want others do
    not. What cannot be made raises its error, and is tried again by the next who asks.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._making: dict[Key, threading.Lock] = {}
        self._made: dict[Key, Value] = {}

    def get(
        self,
        key: Key,
        make: Callable[[], Value],
        *,
        is_valid: Callable[[Value], bool] = lambda value: True,
    ) -> Value:
        """The value of `key`; it is made again when `is_valid` says that it is not."""
        with self._guard:
            making = self._making.setdefault(key, threading.Lock())
        with making:
            held = self._made.get(key)
            if held is None or not is_valid(held):
                try:
                    held = make()
                except BaseException:
                    with self._guard:  # or every name that anybody asks for would be kept
                        self._making.pop(key, None)
                    raise
                with self._guard:
                    self._made[key] = held
            return held

    def forget(self, key: Key) -> None:
        """Make it anew for the next who asks. Those who have the value may go on using it."""
        with self._guard:
            self._made.pop(key, None)

    def values(self) -> list[Value]:
        """All that are made."""
        with self._guard:
            return list(self._made.values())

    def clear(self) -> list[Value]:
        """Forget all, and return them."""
        with self._guard:
            values = list(self._made.values())
            self._made.clear()
        return values
