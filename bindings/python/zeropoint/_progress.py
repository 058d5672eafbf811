"""Progress on a terminal, by tqdm or rich when one of them is installed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import contextmanager
from collections.abc import Iterator

Listener = Callable[[str, int, int], object]


class _Tqdm:
    """A bar a stage."""

    def __init__(self, tqdm: type) -> None:
        self._tqdm = tqdm
        self._bar = None
        self._stage = ""

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage != self._stage or self._bar is None:
            self.close()
            self._stage = stage
            self._bar = self._tqdm(desc=stage, total=total or None, leave=False, file=sys.stderr)
        self._bar.total = total or None
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


class _Rich:
    """One live display, a task a stage."""

    def __init__(self, progress: object) -> None:
        self._progress = progress
        self._task = None
        self._stage = ""
        progress.start()

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage != self._stage or self._task is None:
            if self._task is not None:
                self._progress.remove_task(self._task)
            self._stage = stage
            self._task = self._progress.add_task(stage, total=total or None)
        self._progress.update(self._task, completed=done, total=total or None)

    def close(self) -> None:
        self._progress.stop()


def _bar() -> _Tqdm | _Rich | None:
    if not (sys.stderr is not None and sys.stderr.isatty()):
        return None
    try:
        from tqdm import tqdm

        return _Tqdm(tqdm)
    except ImportError:
        pass
    try:
        from rich.console import Console
        from rich.progress import Progress

        return _Rich(Progress(console=Console(stderr=True), transient=True))
    except ImportError:
        return None


@contextmanager
def listener(wanted: bool | Listener) -> Iterator[Listener | None]:
    """`wanted`: False for none, True for a bar when it can be shown, or the user's own function."""
    if callable(wanted):
        yield wanted
        return
    bar = _bar() if wanted else None
    try:
        yield bar
    finally:
        if bar is not None:
            bar.close()
