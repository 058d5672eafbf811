"""Element types. Wherever one is asked for, ours, NumPy's, TensorFlow's and names will do."""

from __future__ import annotations

from zeropoint._errors import OptionError

TYPE_CHECKING = False  # importing typing would be a third of the time that importing this package takes
if TYPE_CHECKING:
    from typing import Any


class DType:
    """An element type; equal to NumPy's dtype of the same name."""

    __slots__ = ("name", "code")

    def __init__(self, name: str, code: int) -> None:
        self.name = name
        self.code = code  # LiteRT's TensorType

    @property
    def as_numpy_dtype(self) -> Any:
        import numpy

        return numpy.dtype(self.name).type

    def __repr__(self) -> str:
        return f"zeropoint.{self.name}"

    def __hash__(self) -> int:
        return hash(self.name)

    def __eq__(self, other: object) -> bool:
        return _name_of(other) == self.name


float32 = DType("float32", 0)
float16 = DType("float16", 1)
int32 = DType("int32", 2)
uint8 = DType("uint8", 3)
int64 = DType("int64", 4)
int16 = DType("int16", 7)
int8 = DType("int8", 9)

_BY_NAME = {dtype.name: dtype for dtype in (float32, float16, int32, uint8, int64, int16, int8)}
_NAME_BY_CODE = {dtype.code: dtype.name for dtype in _BY_NAME.values()} | {5: "string", 6: "bool"}


def _name_of(value: object) -> str | None:
    """The name of a dtype of ours, NumPy's or TensorFlow's, or of a string; None for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, type):  # numpy.int8 is a class
        return value.__name__
    name = getattr(value, "name", None)  # numpy.dtype, tensorflow.DType, DType
    return name if isinstance(name, str) else None


def as_dtype(value: object) -> DType:
    """The DType that `value` stands for."""
    dtype = _BY_NAME.get(_name_of(value) or "")
    if dtype is None:
        raise OptionError(f"{value!r} is no element type that can be chosen; there are {', '.join(_BY_NAME)}")
    return dtype


def name_of_code(code: int) -> str:
    return _NAME_BY_CODE.get(code, f"type {code}")
