"""Post-training quantization without TensorFlow.

    import zeropoint as tf                       # was: import tensorflow as tf

    converter = tf.lite.TFLiteConverter.from_saved_model("mobilenet/")
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = samples
    model = converter.convert()
    print(converter.report.to_json())
"""

from __future__ import annotations

import os as _os

from zeropoint import _zeropoint, lite
from zeropoint._debug import DebugFinding, DebugOp, DebugOutput, DebugReport, DebugTensor, DebugWeights, debug
from zeropoint._dtypes import DType, float16, float32, int8, int16, int32, int64, uint8
from zeropoint._errors import (
    CancelledError,
    DataError,
    FileError,
    InternalError,
    ModelError,
    OptionError,
    OutOfMemoryError,
    QuantizationError,
    UnsupportedError,
    ZeropointError,
)
from zeropoint._judge import Evaluation, ModeTrial, OutputDistance, Recommendation, evaluate, recommend
from zeropoint._report import Report
from zeropoint._samples import Sequence

TYPE_CHECKING = False  # importing typing would be a third of the time that importing this package takes
if TYPE_CHECKING:
    from typing import Any as _Any

__version__ = _zeropoint.version()

__all__ = [
    "CancelledError",
    "DType",
    "DataError",
    "DebugFinding",
    "DebugOp",
    "DebugOutput",
    "DebugReport",
    "DebugTensor",
    "DebugWeights",
    "Evaluation",
    "FileError",
    "InternalError",
    "ModeTrial",
    "ModelError",
    "OptionError",
    "OutOfMemoryError",
    "OutputDistance",
    "QuantizationError",
    "Recommendation",
    "Report",
    "Sequence",
    "UnsupportedError",
    "ZeropointError",
    "debug",
    "evaluate",
    "float16",
    "float32",
    "inspect",
    "int16",
    "int32",
    "int64",
    "int8",
    "lite",
    "recommend",
    "uint8",
]


def inspect(model: str | _os.PathLike[str] | bytes) -> dict[str, _Any]:
    """Operators, tensors, types, scales and signatures of a .tflite, given by path or as bytes."""
    import json

    if isinstance(model, (bytes, bytearray, memoryview)):
        return json.loads(_zeropoint.inspect_bytes(model))
    return json.loads(_zeropoint.inspect(_os.fspath(model)))
