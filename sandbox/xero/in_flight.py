"""What is going on at this moment in this process: counted, so that too much at once can be refused."""

import threading
from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager


class InFlight:
    """Counts what is under way by key. One process only: two on the same state do not see each other's calls."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[Hashable] = Counter()

    @contextmanager
    def entered(self, key: Hashable) -> Iterator[int]:
        """Gives how many of this key are under way, this one included."""
        with self._lock:
            self._counts[key] += 1
            count = self._counts[key]
        try:
            yield count
        finally:
            with self._lock:
                self._counts[key] -= 1
                if not self._counts[key]:
                    del self._counts[key]
