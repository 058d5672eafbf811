"""The exceptions. Each is also of the built-in class that TensorFlow's converter raises in its place."""

from __future__ import annotations


class ZeropointError(Exception):
    """What Zeropoint raises.

    The attributes say where it happened: `file`, `stage`, `signature`, `op`, `node` and `tensor` are empty, `sample`
    (counted from 0) is None when unknown. `code` is the C ABI's status value, `message` the text without the place.
    """

    code: int = 0
    message: str = ""
    stage: str = ""
    file: str = ""
    signature: str = ""
    op: str = ""
    node: str = ""
    tensor: str = ""
    sample: int | None = None


class OptionError(ZeropointError, ValueError):
    """Options that contradict each other, or a value that an option cannot have."""


class DataError(ZeropointError, ValueError):
    """Samples that do not fit the model, NaN or infinity in them, none at all."""


class FileError(ZeropointError, OSError):
    """A file or folder is missing, or cannot be read or written."""


class ModelError(ZeropointError, ValueError):
    """Not a model, truncated, corrupt, or without the signature asked for."""


class UnsupportedError(ZeropointError, NotImplementedError):
    """Something that Zeropoint does not have: an operator, a converter option of TensorFlow."""


class QuantizationError(ZeropointError, RuntimeError):
    """Strict modes: the message lists every operator that cannot be integer."""


class OutOfMemoryError(ZeropointError, MemoryError):
    """The machine has not enough memory."""


class CancelledError(ZeropointError):
    """The conversion was cancelled."""


class InternalError(ZeropointError, RuntimeError):
    """A mistake in Zeropoint; please report it."""


_CLASSES: dict[int, type[ZeropointError]] = {
    10: OptionError,
    12: DataError,
    20: FileError,
    30: ModelError,
    40: UnsupportedError,
    42: QuantizationError,
    50: OutOfMemoryError,
    60: CancelledError,
    90: InternalError,
}


def from_c(
    code: int,
    description: str,
    message: str,
    stage: str,
    file: str,
    signature: str,
    op: str,
    node: str,
    tensor: str,
    sample: int,
) -> ZeropointError:
    """The exception for an error of the C ABI."""
    error = _CLASSES.get(code, InternalError)(description)
    error.code = code
    error.message = message
    error.stage = stage
    error.file = file
    error.signature = signature
    error.op = op
    error.node = node
    error.tensor = tensor
    error.sample = sample if sample >= 0 else None
    return error
