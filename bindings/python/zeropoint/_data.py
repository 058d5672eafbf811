"""The forms in which evaluate(), recommend() and debug() take samples and models."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

from zeropoint import _samples
from zeropoint._errors import DataError, OptionError

TYPE_CHECKING = False  # importing typing would be a third of the time that importing this package takes
if TYPE_CHECKING:
    from typing import Any

    Model = str | os.PathLike[str] | bytes | bytearray | memoryview


def _rows(arrays: dict[str | None, Any]) -> Callable[[], Iterator[Any]]:
    """Samples of arrays whose first axis counts them: each has a batch of 1."""
    counts = {name: len(array) for name, array in arrays.items()}
    if len(set(counts.values())) > 1:
        raise DataError(f"the arrays have different numbers of samples: {counts}")

    def rows() -> Iterator[Any]:
        for i in range(next(iter(counts.values()))):
            row = {name: array[i : i + 1] for name, array in arrays.items()}
            yield list(row.values()) if None in row else row

    return rows


def starter(data: Any) -> Callable[[], Iterator[Any]]:
    """What the extension calls for a fresh iterator over samples."""
    if callable(getattr(data, "input_gen", None)):  # a RepresentativeDataset
        return _samples.starter(data.input_gen)
    if callable(data):
        return _samples.starter(data)
    if isinstance(data, dict):
        return _samples.starter(_rows(data))
    if hasattr(data, "shape"):
        return _samples.starter(_rows({None: data}))
    if isinstance(data, (list, tuple)):
        return _samples.starter(lambda: iter(data))
    raise OptionError("data is a function that returns an iterator over samples, a list of samples, an array, or a dictionary of "
                      "arrays by input name, whose first axis counts the samples")


def source(model: Model) -> Any:
    """The path as text, or the bytes."""
    return model if isinstance(model, (bytes, bytearray, memoryview)) else os.fspath(model)
