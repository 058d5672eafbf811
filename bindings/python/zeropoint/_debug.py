"""debug(): what quantization costs, op by op and tensor by tensor, why, and the line that mends it."""

from __future__ import annotations

import os

from zeropoint import _data
from zeropoint._errors import OptionError
from zeropoint._report import write_page
from zeropoint._result import Result

TYPE_CHECKING = False  # importing typing would be a third of the time that importing this package takes
if TYPE_CHECKING:
    from typing import Any

    from zeropoint._data import Model
    from zeropoint.lite import TFLiteConverter


class DebugOutput(Result):
    """A result of the model: name, tensor, graph, sqnr_db (None: no error at all), cosine, mse and max_abs_error."""


class DebugTensor(Result):
    """name, graph, op, node, type and shape; scale and zero_point where it is quantized; where the float model has it too,
    float_name, float_min, float_max, sqnr_db, cosine, mse, max_abs_error and histogram, and, with one scale, range_min, range_max,
    clipped, codes_used and codes."""


class DebugWeights(Result):
    """Quantized weights: name, graph, op, node, type, shape, axis, sqnr_db, channels and histogram."""


class DebugOp(Result):
    """graph, op, name, version, quantized, inputs and outputs; the reason where it stays float; its errors and its cost where they
    were measured."""


class DebugFinding(Result):
    """cause, graph, op, node, tensor, channels, text, and fix, whose line is to be copied; sqnr_before_db, sqnr_after_db and recovered
    tell what the mend gains."""


_PARTS = {"outputs": DebugOutput, "tensors": DebugTensor, "weights": DebugWeights, "ops": DebugOp, "findings": DebugFinding}


class DebugReport(Result):
    """model, outputs (a list of DebugOutput), tensors (DebugTensor), weights (DebugWeights), ops (DebugOp, in order of execution),
    findings (DebugFinding, the one that gains most first) and warnings; docs/debug.schema.json. What was not measured is absent."""

    @classmethod
    def from_json(cls, text: str) -> DebugReport:
        import json

        report = cls(json.loads(text))
        report["model"] = Result(report["model"])
        for part, kind in _PARTS.items():
            report[part] = [kind(one) for one in report[part]]
        return report

    def to_html(self, path: str | os.PathLike[str]) -> None:
        """Writes the report as one HTML page that needs no network; as a whole or not at all.

        UnsupportedError where the package was built without node and npm, FileError when `path` cannot be written."""
        write_page(self.to_json(indent=None), path)

    def __repr__(self) -> str:
        figures = ", ".join(f"{one.name} {'exact' if one.sqnr_db is None else f'{one.sqnr_db:.2f} dB'}" for one in self.outputs)
        causes = ", ".join(finding.cause for finding in self.findings) or "none"
        return f"<zeropoint.DebugReport {figures}; {self.model.samples} samples; causes: {causes}>"


def _count(name: str, value: Any, least: int) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and least <= value < 2**31:
        return value
    raise OptionError(f"{name} is a number from {least}, not {value!r}")


def debug(
    converter: TFLiteConverter,
    data: Any = None,
    *,
    quantized: Model | None = None,
    max_samples: int = 100,
    top: int = 10,
    mended: int = 5,
) -> DebugReport:
    """What quantization costs, why, and what mends it.

    Converts as `converter.convert()` would, with its options and its representative dataset, and runs the float and the quantized
    model side by side on `data`: a representative dataset, a list of samples, an array, or a dictionary of arrays by input name
    whose first axis counts the samples; None: the converter's own. At most `max_samples` are run. The cost of `top` operators is
    measured, and the mends of `mended` causes, each by converting again. `quantized`: a .tflite to look at instead of converting;
    then there are no findings.

    Raises what convert() raises. `converter.report` stays as it is; `converter.cancel()` stops it.
    """
    # 0 is the library's default, less is none.
    text = converter._debug(
        evaluation=None if data is None else _data.starter(data),
        quantized=None if quantized is None else _data.source(quantized),
        max_samples=_count("max_samples", max_samples, 1),
        costed_ops=_count("top", top, 0) or -1,
        mended=_count("mended", mended, 0) or -1,
        layers=None,
    )
    return DebugReport.from_json(text)
