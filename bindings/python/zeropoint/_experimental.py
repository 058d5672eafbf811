"""`tf.lite.experimental`: the quantization debugger, with the names, arguments and figures of TensorFlow 2.21's.

TensorFlow measures by a model that carries its float twin inside; here both models run side by side, on the same operands.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence

from zeropoint import _data
from zeropoint._dtypes import name_of_code
from zeropoint._errors import OptionError, UnsupportedError

TYPE_CHECKING = False  # importing typing would be a third of the time that importing this package takes
if TYPE_CHECKING:
    from typing import IO, Any

    import numpy

    from zeropoint.lite import TFLiteConverter

    LayerMetric = Callable[[numpy.ndarray], float]
    ModelMetric = Callable[[Sequence[numpy.ndarray], Sequence[numpy.ndarray]], float]
    DirectMetric = Callable[[numpy.ndarray, numpy.ndarray, float, int], float]

__all__ = ["QuantizationDebugOptions", "QuantizationDebugger"]

_INSTRUMENTED = "NumericVerify"  # the operator by which TensorFlow's debug models compare
_ALL_SAMPLES = 2**31 - 1


class QuantizationDebugOptions:
    """What QuantizationDebugger measures, and what it leaves float.

    `layer_debug_metrics`: {name: function of the differences quantized - float of one layer in one sample}. `model_debug_metrics`: {name:
    function of the float and of the quantized model's outputs for one sample, each a list of float32 arrays}. `layer_direct_compare_metrics`: {name:
    function of a layer's float values, its integers, scale and zero point}. Each returns a number; what is told is the mean over the samples.
    `denylisted_ops`: operators by LiteRT's names ("CONV_2D") that stay float; `denylisted_nodes`: those that compute a tensor of such a name, as
    `tensor_name` of layer_statistics_dump has it. `fully_quantize`: inputs and outputs are int8 too.

    OptionError, a ValueError, when two metrics have one name.
    """

    def __init__(
        self,
        layer_debug_metrics: dict[str, LayerMetric] | None = None,
        model_debug_metrics: dict[str, ModelMetric] | None = None,
        layer_direct_compare_metrics: dict[str, DirectMetric] | None = None,
        denylisted_ops: list[str] | None = None,
        denylisted_nodes: list[str] | None = None,
        fully_quantize: bool = False,
    ) -> None:
        names = [*(layer_debug_metrics or ()), *(model_debug_metrics or ()), *(layer_direct_compare_metrics or ())]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise OptionError(f"metrics have names of their own; twice there: {', '.join(twice)}")
        self.layer_debug_metrics = layer_debug_metrics
        self.model_debug_metrics = model_debug_metrics
        self.layer_direct_compare_metrics = layer_direct_compare_metrics
        self.denylisted_ops = denylisted_ops
        self.denylisted_nodes = denylisted_nodes
        self.fully_quantize = fully_quantize


def _default_metrics() -> dict[str, LayerMetric]:
    import numpy as np

    return {
        "num_elements": np.size,
        "stddev": np.std,
        "mean_error": np.mean,
        "max_abs_error": lambda differences: np.max(np.abs(differences)),
        "mean_squared_error": lambda differences: np.mean(np.square(differences)),
    }


class _Layer:
    """Where a layer stands, and its figures of each sample."""

    def __init__(self, op: str, tensor: str, index: int, scale: float, zero_point: int) -> None:
        self.op, self.tensor, self.index, self.scale, self.zero_point = op, tensor, index, scale, zero_point
        self.figures: dict[str, list[float]] = {}

    @property
    def key(self) -> str:
        return f"{_INSTRUMENTED}/{self.tensor}:{self.index}"  # as TensorFlow calls the tensor of differences


class _Collector:
    """Takes what the library shows, layer by layer, and calls the metrics."""

    def __init__(self, options: QuantizationDebugOptions, metrics: dict[str, LayerMetric]) -> None:
        self._options, self._metrics = options, metrics
        self.layers: dict[str, _Layer] = {}
        self.model: dict[str, list[float]] = {}
        self._sample = -1
        self._outputs: tuple[list[Any], list[Any]] = ([], [])

    def __call__(self, sample: int, op: str, tensor: str, index: int, code: int, scale: float, zero_point: int, shape: list[int],
                 real_memory: memoryview, quantized_memory: memoryview) -> None:
        import numpy as np

        if sample != self._sample:
            self.finish_sample()
            self._sample = sample
        real = np.frombuffer(real_memory, np.float32).reshape(shape)
        quantized = np.frombuffer(quantized_memory, np.float32).reshape(shape)
        if op == "":
            self._outputs[0].append(real.copy())
            self._outputs[1].append(quantized.copy())
            return
        layer = _Layer(op, tensor, index, scale, zero_point)
        layer = self.layers.setdefault(layer.key, layer)
        differences = quantized - real
        for name, metric in self._metrics.items():
            layer.figures.setdefault(name, []).append(metric(differences))
        for name, direct in (self._options.layer_direct_compare_metrics or {}).items():
            integers = (np.rint(quantized / np.float32(scale)) + zero_point).astype(name_of_code(code))
            layer.figures.setdefault(name, []).append(direct(real.copy(), integers, scale, zero_point))

    def finish_sample(self) -> None:
        real, quantized = self._outputs
        self._outputs = ([], [])
        if not real:
            return
        for name, metric in (self._options.model_debug_metrics or {}).items():
            self.model.setdefault(name, []).append(metric(real, quantized))


def _recipe_with(recipe: Any, options: QuantizationDebugOptions) -> Any:
    """The converter's recipe with what the options leave float; it may be None, a dict or the path of a file."""
    rules: list[dict[str, Any]] = []
    if options.denylisted_ops:
        rules.append({"op": list(options.denylisted_ops), "scheme": "float", "optional": True})
    if options.denylisted_nodes:
        rules.append({"tensor": list(options.denylisted_nodes), "scheme": "float", "optional": True})
    if not rules and not options.fully_quantize:
        return recipe
    if isinstance(recipe, (str, os.PathLike)):
        import json

        with open(recipe, encoding="utf-8") as file:
            recipe = json.load(file)
    if isinstance(recipe, list):
        raise OptionError("the converter has a recipe of litert-quantizer; name what stays float there, not in the debugger's options")
    whole = dict(recipe or {})
    if options.fully_quantize:
        whole.update(input_type="int8", output_type="int8")
    if rules:
        whole["rules"] = [*whole.get("rules", []), *rules]
    return whole


class QuantizationDebugger:
    """TensorFlow's QuantizationDebugger: what each quantized layer differs from its float form on the same operands.

    With `converter`, whose optimizations and representative dataset are set, the model is converted. Without, a quantized model and the float one it
    was made of are held side by side: `quant_debug_model_path` or `..._content` and `float_model_path` or `..._content`. `debug_dataset` is a function
    that yields samples, None: the converter's own.

    run() fills `layer_statistics`, {layer: {metric: mean over the samples}}, and, with model_debug_metrics, `model_statistics`, {metric: mean}.

    Errors: OptionError (a ValueError) for arguments that do not suffice; UnsupportedError for a debug model of TensorFlow's, which cannot be run.
    """

    def __init__(
        self,
        quant_debug_model_path: str | os.PathLike[str] | None = None,
        quant_debug_model_content: bytes | None = None,
        float_model_path: str | os.PathLike[str] | None = None,
        float_model_content: bytes | None = None,
        debug_dataset: Callable[[], Iterable[Any]] | None = None,
        debug_options: QuantizationDebugOptions | None = None,
        converter: TFLiteConverter | None = None,
    ) -> None:
        self._options = debug_options or QuantizationDebugOptions()
        self.converter = converter
        self.layer_statistics: dict[str, dict[str, float]] | None = None
        self.model_statistics: dict[str, float] | None = None
        self._layers: dict[str, _Layer] = {}
        self._quantized: Any = None
        if converter is not None:
            if not converter.optimizations:
                raise OptionError("converter.optimizations is empty: set [Optimize.DEFAULT]")
            if converter.representative_dataset is None:
                raise OptionError("converter.representative_dataset is not set")
            self._compared = converter
            self._dataset: Any = converter.representative_dataset if debug_dataset is None else debug_dataset
            return
        self._quantized = _one_of("quant_debug_model", quant_debug_model_path, quant_debug_model_content)
        real = _one_of("float_model", float_model_path, float_model_content)
        if self._quantized is None:
            raise OptionError("a converter or a quantized model is wanted")
        _refuse_instrumented(self._quantized)
        if real is None:
            raise OptionError("beside a quantized model its float model is wanted: float_model_path or float_model_content")
        if debug_dataset is None:
            raise OptionError("debug_dataset is wanted: a function that yields samples")
        from zeropoint.lite import TFLiteConverter

        self._compared = TFLiteConverter.from_tflite(real)
        self._compared.progress = False
        self._dataset = debug_dataset

    @property
    def options(self) -> QuantizationDebugOptions:
        """What is measured; setting it empties the statistics."""
        return self._options

    @options.setter
    def options(self, options: QuantizationDebugOptions) -> None:
        self._options = options
        self.layer_statistics = self.model_statistics = None
        self._layers = {}

    def run(self) -> None:
        """Runs both models on every sample and fills the statistics. Raises what convert() raises, and what a metric raises."""
        import numpy as np

        collector = _Collector(self._options, self._metrics())
        with self._selective():
            self._compared._debug(
                evaluation=_data.starter(self._dataset),
                quantized=None if self._quantized is None else _data.source(self._quantized),
                max_samples=_ALL_SAMPLES,
                costed_ops=-1,
                mended=-1,
                layers=collector,
            )
        collector.finish_sample()
        self._layers = collector.layers
        self.layer_statistics = {
            key: {name: np.nanmean(values) for name, values in layer.figures.items()} for key, layer in collector.layers.items()}
        if self._options.model_debug_metrics:
            self.model_statistics = {name: np.mean(values) for name, values in collector.model.items()}

    def layer_statistics_dump(self, file: IO[str]) -> None:
        """Writes the layers as CSV: op_name, tensor_idx, the metrics, scale, zero_point, tensor_name."""
        import csv

        metrics = [*self._metrics(), *(self._options.layer_direct_compare_metrics or ())]
        writer = csv.DictWriter(file, ["op_name", "tensor_idx", *metrics, "scale", "zero_point", "tensor_name"])
        writer.writeheader()
        for key, figures in (self.layer_statistics or {}).items():
            layer = self._layers[key]
            writer.writerow({"op_name": layer.op, "tensor_idx": layer.index, **figures, "scale": layer.scale,
                             "zero_point": layer.zero_point, "tensor_name": layer.tensor})

    def get_nondebug_quantized_model(self) -> bytes:
        """The quantized model, with what the options leave float. OptionError without a converter."""
        if self.converter is None:
            raise OptionError("there is no converter to make a model with")
        with self._selective():
            return self.converter.convert()

    def get_debug_quantized_model(self) -> bytes:
        """The same with the float form of each quantized op beside it and operators NumericVerify that yield the differences, which LiteRT runs.

        run() does not need it. OptionError without a converter."""
        if self.converter is None:
            raise OptionError("there is no converter to make a model with")
        with self._selective():
            return self.converter._instrumented()

    def _metrics(self) -> dict[str, LayerMetric]:
        return {**_default_metrics(), **(self._options.layer_debug_metrics or {})}

    @contextlib.contextmanager
    def _selective(self) -> Iterator[None]:
        """The converter's recipe has what the options leave float for as long as this lasts."""
        if self.converter is None:
            yield
            return
        before = self.converter.recipe
        self.converter.recipe = _recipe_with(before, self._options)
        try:
            yield
        finally:
            self.converter.recipe = before


def _one_of(name: str, path: Any, content: Any) -> Any:
    if path is not None and content is not None:
        raise OptionError(f"{name}_path and {name}_content are both given")
    return content if path is None else os.fspath(path)


def _refuse_instrumented(model: Any) -> None:
    from zeropoint import inspect

    graphs = inspect(model)["subgraphs"]
    if any(operator["op"] == f"custom.{_INSTRUMENTED}" for graph in graphs for operator in graph["operators"]):
        raise UnsupportedError(f"the model is a debug model of TensorFlow's, with {_INSTRUMENTED} inside; give the quantized model without it "
                               "(get_nondebug_quantized_model() there) and the float model, or a converter")


def __getattr__(name: str) -> Any:
    raise AttributeError(f"zeropoint.lite.experimental has no '{name}'; see docs/migration.md")
