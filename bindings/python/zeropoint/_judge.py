"""evaluate() and recommend(): how good a model is, and which mode to take."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from zeropoint import _data, _zeropoint
from zeropoint._errors import OptionError, UnsupportedError
from zeropoint._progress import Listener, listener
from zeropoint._result import Result

TYPE_CHECKING = False  # importing typing would be a third of the time that importing this package takes
if TYPE_CHECKING:
    from typing import Any

    from zeropoint._data import Model

_INFINITE = {"inf": float("inf"), "-inf": float("-inf")}


class OutputDistance(Result):
    """One output against the float model's: name, sqnr_db, psnr_db, cosine, mse, max_error."""


class Evaluation(Result):
    """metric, unit, higher_is_better, value, float_value, drop, max_drop, limit, passed, samples, signature, output and outputs (a
    list of OutputDistance). What does not apply is None."""

    def __repr__(self) -> str:
        return (f"<zeropoint.Evaluation {self.metric} {self.value:.6g}, float {self.float_value}, drop {self.drop}, "
                f"{self.samples} samples, {'passed' if self.passed else 'NOT passed'}>")


class ModeTrial(Result):
    """mode, tried, and where that is true bytes, seconds, value, behind, sqnr_db, cosine, float_ops, integer_only, good_enough,
    few_samples (too few to promise for others what it does on these) and pareto; otherwise refusal."""


class Recommendation(Result):
    """recommended, reason, best, metric, unit, higher_is_better, max_drop, limit, calibration_samples, judging_samples,
    latency_source and modes (a list of ModeTrial)."""

    def __repr__(self) -> str:
        return f"<zeropoint.Recommendation {self.recommended}: {self.reason}>"


def _numbers(value: Any) -> Any:
    return _INFINITE.get(value, value) if isinstance(value, str) else value


def _parsed(text: str, kind: type, parts: str, part: type) -> Any:
    import json

    result = kind((key, _numbers(value)) for key, value in json.loads(text).items())
    result[parts] = [part((key, _numbers(value)) for key, value in one.items()) for one in result[parts]]
    return result


def _amount(value: Any) -> str:
    return "" if value is None else str(value)


def _metric_function(function: Callable[..., float]) -> Callable[..., float]:
    """The user's function takes ({output: array}, label): a number, an array, or None without labels."""
    import numpy

    def call(sample: int, tensors: list, label: memoryview) -> float:
        outputs = {name: numpy.frombuffer(memory, numpy.float32).reshape(shape).copy() for name, _, shape, memory in tensors}
        values = numpy.frombuffer(label, numpy.float32).copy() if label.nbytes else None
        return float(function(outputs, values.item() if values is not None and values.size == 1 else values))

    return call


def _engine(name: str) -> Any:
    if name == "zeropoint":
        return None
    if name != "litert":
        raise OptionError(f"engine is '{name}'; there are 'zeropoint' and 'litert'")
    from zeropoint import _litert

    try:
        import ai_edge_litert.interpreter  # noqa: F401

        return _litert.Engine()
    except ImportError as missing:
        raise UnsupportedError(_litert.MISSING) from missing


def _ask(data: Any, labels: Any, metric: Any, engine: str, options: dict[str, Any], progress: Any) -> dict[str, Any]:
    runner = _engine(engine)
    if labels is not None:
        import numpy

        labels = memoryview(numpy.ascontiguousarray(labels, numpy.float32))
    own = callable(metric)
    return {
        "start": _data.starter(data),
        "labels": labels,
        "metric": "" if own or metric is None else str(metric),
        "function": _metric_function(metric) if own else None,
        "engine": runner,
        "engine_name": "" if runner is None else runner.name,
        "progress": progress,
        "max_drop": _amount(options["max_drop"]),
        "limit": _amount(options["limit"]),
        "signature": options["signature"] or "",
        "output": options["output"] or "",
        "threshold": options["threshold"],
        "peak": float(options["peak"]),
        "higher_is_better": bool(options["higher_is_better"]),
        "reset_state": options["sample_state"] == "reset",
        "threads": int(options["threads"]),
    }


def evaluate(
    model: Model,
    data: Any,
    labels: Any = None,
    metric: str | Callable[[dict[str, Any], Any], float] | None = None,
    *,
    float_model: Model | None = None,
    engine: str = "zeropoint",
    max_drop: str | float | None = None,
    limit: str | float | None = None,
    signature: str | None = None,
    output: str | None = None,
    threshold: float | None = None,
    peak: float = 0.0,
    higher_is_better: bool = True,
    sample_state: str = "carry",
    threads: int = 0,
    progress: bool | Listener = False,
) -> Evaluation:
    """How good a .tflite is on samples, and how much worse than the float model that it was made from.

    `data`: a representative dataset (function, list of samples), an array, or a dictionary of arrays by input name whose first
    axis counts the samples. `labels`: class numbers, one-hot rows, or expected tensors. `metric`: "top1", "top5", "auc",
    "agreement", "mse", "psnr", "sqnr", "cosine", or a function of ({output: array}, label) whose mean counts; default: top1
    with labels, sqnr without. `max_drop`: "1%" or 0.01 are points of a fraction, "1dB" or 1 decibels. A bound that is missed
    raises nothing: `passed` is false. `engine`: "zeropoint", or "litert" for the interpreter of ai-edge-litert.
    """
    options = locals()
    with listener(progress) as heard:
        judge = _zeropoint.Judge(_ask(data, labels, metric, engine, options, heard))
        text = judge.evaluate(_data.source(model), None if float_model is None else _data.source(float_model))
    return _parsed(text, Evaluation, "outputs", OutputDistance)


def recommend(
    model: Model,
    data: Any,
    labels: Any = None,
    metric: str | Callable[[dict[str, Any], Any], float] | None = None,
    *,
    modes: Iterable[str] = (),
    prefer: str = "size",
    target: str | None = None,
    engine: str = "zeropoint",
    max_drop: str | float | None = None,
    limit: str | float | None = None,
    signature: str | None = None,
    output: str | None = None,
    threshold: float | None = None,
    peak: float = 0.0,
    higher_is_better: bool = True,
    sample_state: str = "carry",
    threads: int = 0,
    progress: bool | Listener = False,
) -> Recommendation:
    """Converts a SavedModel or float .tflite in every mode and says which one to take.

    One half of the samples calibrates, the other judges. `prefer`: of the modes that are good enough the smallest ("size") or the
    fastest ("latency"). `max_drop` says how far behind the best mode a mode may be; the rest is as in evaluate().
    """
    if prefer not in ("size", "latency"):
        raise OptionError(f"prefer is '{prefer}'; there are 'size' and 'latency'")
    options = locals()
    with listener(progress) as heard:
        judge = _zeropoint.Judge(_ask(data, labels, metric, engine, options, heard))
        text = judge.recommend(_data.source(model), list(modes), prefer == "latency", target or "")
    return _parsed(text, Recommendation, "modes", ModeTrial)
