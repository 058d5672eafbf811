"""From what a representative dataset yields to what the C ABI reads: arrays, uncopied, by the buffer protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from zeropoint._errors import DataError

TYPE_CHECKING = False  # importing typing would be a third of the time that importing this package takes
if TYPE_CHECKING:
    from typing import Any

Tensor = tuple  # (name or None, type code, memoryview)
Sample = tuple  # (signature or None, list of Tensor, whether it continues the sample before)

# By format character of the buffer protocol and element size.
_CODES = {
    ("f", 4): 0,
    ("e", 2): 1,
    ("i", 4): 2,
    ("l", 4): 2,
    ("B", 1): 3,
    ("l", 8): 4,
    ("q", 8): 4,
    ("?", 1): 6,
    ("h", 2): 7,
    ("b", 1): 9,
}

_FORMS = (
    "a sample is a list of arrays in the order of the inputs, a dictionary of arrays by input name, or a tuple of a "
    "signature key and such a dictionary"
)


def _fail(message: str, sample: int, tensor: str | None) -> DataError:
    place = f"sample {sample}" if tensor is None else f"input {tensor}, sample {sample}"
    error = DataError(f"{message} ({place})")
    error.code = 12
    error.stage = "calibrate"
    error.message = message
    error.sample = sample
    error.tensor = tensor or ""
    return error


def _view(value: Any) -> memoryview:
    """The value's memory, row-major; a copy only of what has none or has it in another order."""
    try:
        view = memoryview(value)
        if view.c_contiguous:
            return view
    except (TypeError, ValueError, BufferError):
        pass
    import numpy

    return memoryview(numpy.ascontiguousarray(value) if numpy.ndim(value) else numpy.asarray(value))


def _tensor(name: str | None, value: Any, sample: int) -> Tensor:
    try:
        view = _view(value)
    except (TypeError, ValueError, BufferError) as cause:
        raise _fail(f"{type(value).__name__} is no array of numbers: {cause}", sample, name) from cause
    code = _CODES.get((view.format.lstrip("@=<"), view.itemsize))
    if code is None:
        dtype = getattr(value, "dtype", view.format)
        raise _fail(f"an array of type {dtype}, which no model input takes; try .astype(numpy.float32)", sample, name)
    return (name, code, view)


def _sample(item: Any, index: int) -> tuple[str | None, list[Tensor]]:
    signature = None
    if isinstance(item, tuple) and len(item) == 2 and isinstance(item[0], str):
        signature, item = item
        if not isinstance(item, dict):
            raise _fail(f"signature '{signature}' comes with a {type(item).__name__}; {_FORMS}", index, None)
    if isinstance(item, dict):
        tensors = [_tensor(str(name), value, index) for name, value in item.items()]
    elif isinstance(item, (list, tuple)):
        tensors = [_tensor(None, value, index) for value in item]
    else:
        raise _fail(f"a {type(item).__name__} is no sample; {_FORMS}", index, None)
    if not tensors:
        raise _fail(f"a sample without arrays; {_FORMS}", index, None)
    return signature, tensors


class Sequence:
    """Samples that are the steps of one sequence, for a representative dataset to yield in place of a sample.

    With `sample_state = "reset"` the model's variables carry over from step to step and start anew before the first.
    """

    def __init__(self, steps: Iterable[Any]) -> None:
        self.steps = steps

    def __repr__(self) -> str:
        return f"Sequence({self.steps!r})"


def _steps(items: Iterable[Any]) -> Iterator[tuple[Any, bool]]:
    """Each sample, and whether it continues the one before."""
    for item in items:
        if not isinstance(item, Sequence):
            yield item, False
            continue
        for index, step in enumerate(item.steps):
            yield step, index > 0


def _normalized(items: Iterable[Any]) -> Iterator[Sample]:
    for index, (item, continues) in enumerate(_steps(items)):
        signature, tensors = _sample(item, index)
        yield signature, tensors, continues


def starter(input_gen: Callable[[], Iterable[Any]]) -> Callable[[], Iterator[Sample]]:
    """What the extension calls for a fresh iterator at the start of each conversion."""
    return lambda: _normalized(input_gen())
