"""`tf.lite` as far as conversion goes: names, defaults and meaning are those of TensorFlow 2.21's TFLiteConverter."""

from __future__ import annotations

import enum
import os
from collections.abc import Callable, Iterable, Sequence

from zeropoint import _samples, _zeropoint
from zeropoint._dtypes import DType, as_dtype, float32, name_of_code
from zeropoint._errors import FileError, ModelError, OptionError, UnsupportedError
from zeropoint._progress import Listener, listener
from zeropoint._report import Report

TYPE_CHECKING = False  # importing typing would be a third of the time that importing this package takes
if TYPE_CHECKING:
    from typing import Any

__all__ = ["OpsSet", "Optimize", "RepresentativeDataset", "TFLiteConverter", "TargetSpec"]


class Optimize(enum.Enum):
    """What `TFLiteConverter.optimizations` may hold; as in TensorFlow, all but the last mean DEFAULT."""

    DEFAULT = "DEFAULT"
    OPTIMIZE_FOR_SIZE = "OPTIMIZE_FOR_SIZE"
    OPTIMIZE_FOR_LATENCY = "OPTIMIZE_FOR_LATENCY"
    EXPERIMENTAL_SPARSITY = "EXPERIMENTAL_SPARSITY"

    def __str__(self) -> str:
        return str(self.value)


class OpsSet(enum.Enum):
    """Which kernels the result may use."""

    TFLITE_BUILTINS = "TFLITE_BUILTINS"
    SELECT_TF_OPS = "SELECT_TF_OPS"
    TFLITE_BUILTINS_INT8 = "TFLITE_BUILTINS_INT8"
    EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8 = (
        "EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8"
    )
    EXPERIMENTAL_STABLEHLO_OPS = "EXPERIMENTAL_STABLEHLO_OPS"

    def __str__(self) -> str:
        return str(self.value)


_OP_SETS = {
    OpsSet.TFLITE_BUILTINS: _zeropoint.OPS_TFLITE_BUILTINS,
    OpsSet.TFLITE_BUILTINS_INT8: _zeropoint.OPS_TFLITE_BUILTINS_INT8,
    OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8: _zeropoint.OPS_INT16X8,
}


class RepresentativeDataset:
    """Samples for calibration: `input_gen` is a function that returns an iterator over them."""

    def __init__(self, input_gen: Callable[[], Iterable[Any]]) -> None:
        if not callable(input_gen):
            kind = type(input_gen).__name__
            raise OptionError(f"a representative dataset is a function that yields samples, not a {kind}")
        self.input_gen = input_gen


def _member(enumeration: type[enum.Enum], value: Any, attribute: str) -> Any:
    """The member that `value` is, or that TensorFlow calls by the same name."""
    name = getattr(value, "name", value)
    if isinstance(name, str) and name in enumeration.__members__:
        return enumeration[name]
    known = ", ".join(enumeration.__members__)
    raise OptionError(f"{attribute}: {value!r} is no {enumeration.__name__}; there are {known}")


def _listed(value: Any, attribute: str) -> Iterable[Any]:
    if isinstance(value, (list, tuple, set, frozenset)):
        return value
    raise OptionError(f"{attribute} takes a list, not {value!r}")


def _optimizations(value: Any) -> list[Optimize]:
    result = [_member(Optimize, item, "optimizations") for item in _listed(value, "optimizations")]
    if Optimize.EXPERIMENTAL_SPARSITY in result:
        raise UnsupportedError("optimizations: EXPERIMENTAL_SPARSITY is not supported; the nearest is Optimize.DEFAULT")
    return result


def _supported_ops(value: Any) -> list[OpsSet]:
    result = [_member(OpsSet, item, "supported_ops") for item in _listed(value, "supported_ops")]
    for item in result:
        if item not in _OP_SETS:
            raise UnsupportedError(f"supported_ops: {item} is not supported; the nearest is OpsSet.TFLITE_BUILTINS")
    if not result:
        raise OptionError("supported_ops is empty; [OpsSet.TFLITE_BUILTINS] is the default")
    return result


def _supported_types(value: Any) -> list[DType]:
    return [as_dtype(item) for item in _listed(value, "supported_types")]


def _dataset(value: Any) -> RepresentativeDataset | None:
    if value is None or isinstance(value, RepresentativeDataset):
        return value
    input_gen = getattr(value, "input_gen", value)  # TensorFlow's RepresentativeDataset has the same attribute
    return RepresentativeDataset(input_gen)


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise OptionError(f"True or False is wanted, not {value!r}")


def _calibration(value: Any) -> str:
    if value in ("tensorflow", "exact"):
        return value
    raise OptionError(f"calibration is 'tensorflow' or 'exact', not {value!r}")


def _sample_state(value: Any) -> str:
    if value in ("carry", "reset"):
        return value
    raise OptionError(f"sample_state is 'carry' or 'reset', not {value!r}")


def _recipe(value: Any) -> Any:
    if value is None or isinstance(value, (dict, list, str, os.PathLike)):
        return value
    raise OptionError(f"recipe is a dict, a list, a path or None, not {value!r}")


def _recipe_text(recipe: Any) -> str:
    """What the library takes: JSON or a path. A recipe may have been changed in place since it was assigned."""
    if isinstance(recipe, (dict, list)):
        import json

        try:
            return json.dumps(recipe, allow_nan=False)
        except (TypeError, ValueError) as error:
            raise OptionError(f"recipe: {error}") from None
    return "" if recipe is None else os.fspath(recipe)


def _target(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise OptionError(f"target is a name like 'tflm' or 'litert-1.4', or '' for the newest LiteRT, not {value!r}")


def _release(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise OptionError(f"target_litert is a release of LiteRT like '1.4', or '' for the newest, not {value!r}")


def _threads(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise OptionError(f"threads is a number from 0 (as many as the machine has), not {value!r}")


def _max_memory(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**64:
        return value
    raise OptionError(f"max_memory is a number of bytes, 0 for no limit, not {value!r}")


def _progress(value: Any) -> bool | Listener:
    if isinstance(value, bool) or callable(value):
        return value
    raise OptionError(f"progress is True, False or a function of stage, done and total, not {value!r}")


def _fixed(attribute: str, only: Any, alternative: str) -> Callable[[Any], Any]:
    """For an attribute of TensorFlow's that has one value here."""

    def check(value: Any) -> Any:
        if type(value) is type(only) and value == only:
            return value
        raise UnsupportedError(f"{attribute} = {value!r} is not supported, only {only!r}; {alternative}")

    return check


class _Checked:
    """Attributes are those of `_CHECKS`; each assignment is checked, and a name that is none of them is an error."""

    __slots__ = ()
    _CHECKS: dict[str, Callable[[Any], Any]] = {}

    def __setattr__(self, name: str, value: Any) -> None:
        check = self._CHECKS.get(name)
        if check is None:
            raise AttributeError(self._unknown(name))
        object.__setattr__(self, name, check(value))

    def __getattr__(self, name: str) -> Any:  # only for what is not there
        raise AttributeError(self._unknown(name))

    def _unknown(self, name: str) -> str:
        import difflib

        known = [*self._CHECKS, *(n for n in dir(type(self)) if not n.startswith("_"))]
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
        hint = f"; did you mean '{near[0]}'?" if near else "; see docs/migration.md"
        return f"{type(self).__name__} has no attribute '{name}'{hint}"


class TargetSpec(_Checked):
    """What the result may hold."""

    supported_ops: list[OpsSet]
    supported_types: list[DType]

    _CHECKS = {
        "supported_ops": _supported_ops,
        "supported_types": _supported_types,
        "experimental_select_user_tf_ops": _fixed(
            "experimental_select_user_tf_ops", [], "TensorFlow's own ops need its runtime"),
        "experimental_supported_backends": _fixed(
            "experimental_supported_backends", [], "the result runs on every backend"),
    }
    __slots__ = tuple(_CHECKS)

    def __init__(self, supported_ops: Any = None, supported_types: Any = None,
                 experimental_select_user_tf_ops: Any = None, experimental_supported_backends: Any = None) -> None:
        self.supported_ops = [OpsSet.TFLITE_BUILTINS] if supported_ops is None else supported_ops
        self.supported_types = [] if supported_types is None else supported_types
        self.experimental_select_user_tf_ops = list(experimental_select_user_tf_ops or [])
        self.experimental_supported_backends = list(experimental_supported_backends or [])


def _target_spec(value: Any) -> TargetSpec:
    if isinstance(value, TargetSpec):
        return value
    raise OptionError(f"target_spec is a TargetSpec, not {value!r}")


class TFLiteConverter(_Checked):
    """Converts a SavedModel, or a float .tflite, to a LiteRT .tflite; make one with a `from_...` method.

    Beside TensorFlow's attributes: `calibration` ("tensorflow": ranges as TensorFlow's calibrator records them; "exact":
    what each tensor held), `sample_state` (what becomes of the model's variables between samples; "carry": they stay,
    as in TensorFlow's calibrator; "reset": they start anew with each sample and each `Sequence`), `recipe` (what parts of
    the model shall be: a dict or the path of a JSON file), `target` (what shall run the result: "tflm", "litert-1.4" ... as in
    docs/targets.md; "" for the newest LiteRT), `target_litert` ("1.4": the same as `target` "litert-1.4"), `integer_only_rewrite` (True: ops without an integer kernel become tables or integer ops),
    `fuse_lstm` (True: every LSTM layer of a fixed batch size becomes one operator, which keeps its state between
    invocations; False: those that TensorFlow fuses), `threads` (0: as many as the machine has), `max_memory` (bytes that calibration may take; 0: no limit), `progress` (True: a bar on a terminal when tqdm or rich is installed;
    False; or a function of stage, done, total), and after convert() `report`.
    """

    optimizations: list[Optimize]
    representative_dataset: RepresentativeDataset | None
    target_spec: TargetSpec
    inference_input_type: DType
    inference_output_type: DType
    calibration: str
    sample_state: str
    recipe: dict[str, Any] | list[Any] | str | os.PathLike[str] | None
    target: str
    target_litert: str
    integer_only_rewrite: bool
    fuse_lstm: bool
    allow_custom_ops: bool
    threads: int
    max_memory: int
    progress: bool | Listener

    _CHECKS = {
        "optimizations": _optimizations,
        "representative_dataset": _dataset,
        "target_spec": _target_spec,
        "inference_input_type": as_dtype,
        "inference_output_type": as_dtype,
        "_experimental_disable_per_channel": _flag,
        "_experimental_disable_per_channel_quantization_for_dense_layers": _flag,
        "_experimental_variable_quantization": _flag,
        "exclude_conversion_metadata": _flag,  # no such metadata is written
        "allow_custom_ops": _flag,
        "experimental_new_converter": _fixed("experimental_new_converter", True, "there is one converter"),
        "experimental_new_quantizer": _fixed("experimental_new_quantizer", True, "there is one quantizer"),
        "experimental_new_dynamic_range_quantizer": _fixed(
            "experimental_new_dynamic_range_quantizer", True, "there is one quantizer"),
        "experimental_enable_resource_variables": _fixed(
            "experimental_enable_resource_variables", True, "variables are handled as TensorFlow does by default"),
        "unfold_batchmatmul": _fixed("unfold_batchmatmul", False, "BATCH_MATMUL is kept"),
        "calibration": _calibration,
        "sample_state": _sample_state,
        "recipe": _recipe,
        "target": _target,
        "target_litert": _release,
        "integer_only_rewrite": _flag,
        "fuse_lstm": _flag,
        "threads": _threads,
        "max_memory": _max_memory,
        "progress": _progress,
    }
    __slots__ = (*_CHECKS, "_handle", "_report")

    def __init__(self, handle: _zeropoint.Converter) -> None:
        if not isinstance(handle, _zeropoint.Converter):
            raise TypeError(
                "make a converter with from_saved_model, from_tflite, from_keras_model or from_concrete_functions")
        object.__setattr__(self, "_handle", handle)
        object.__setattr__(self, "_report", None)
        self.optimizations = []
        self.representative_dataset = None
        self.target_spec = TargetSpec()
        self.inference_input_type = float32
        self.inference_output_type = float32
        self._experimental_disable_per_channel = False
        self._experimental_disable_per_channel_quantization_for_dense_layers = False
        self._experimental_variable_quantization = False
        self.exclude_conversion_metadata = False
        self.allow_custom_ops = False
        self.experimental_new_converter = True
        self.experimental_new_quantizer = True
        self.experimental_new_dynamic_range_quantizer = True
        self.experimental_enable_resource_variables = True
        self.unfold_batchmatmul = False
        self.calibration = "tensorflow"
        self.sample_state = "carry"
        self.recipe = None
        self.target = ""
        self.target_litert = ""
        self.integer_only_rewrite = False
        self.fuse_lstm = False
        self.threads = 0
        self.max_memory = 0
        self.progress = True

    @classmethod
    def from_saved_model(cls, saved_model_dir: str | os.PathLike[str], signature_keys: Sequence[str] | None = None,
                         tags: Iterable[str] | None = None) -> TFLiteConverter:
        """From a SavedModel folder; signature_keys None: 'serving_default' or the only one; tags None: 'serve'."""
        path = os.fspath(saved_model_dir)
        if not os.path.isdir(path):
            exists = os.path.exists(path)
            if exists and path.lower().endswith((".keras", ".h5", ".hdf5")):
                return cls.from_tflite(path)  # refused, with the line that exports it
            error = (ModelError if exists else FileError)(
                f"'{path}' is a file; a SavedModel is a folder, and a .tflite enters by from_tflite" if exists
                else f"there is no SavedModel folder '{path}'")
            error.code, error.message, error.file, error.stage = 30 if exists else 20, str(error), path, "import"
            raise error
        return cls(_zeropoint.Converter.open(path, list(signature_keys or []), sorted(tags or [])))

    @classmethod
    def from_tflite(cls, model: str | os.PathLike[str] | bytes | bytearray | memoryview) -> TFLiteConverter:
        """From a float .tflite: its path or its bytes. Ours; TensorFlow has no such method."""
        if isinstance(model, (bytes, bytearray, memoryview)):
            return cls(_zeropoint.Converter.open_bytes(model))
        path = os.fspath(model)
        if os.path.isdir(path):
            error = ModelError(f"'{path}' is a folder; a SavedModel enters by from_saved_model")
            error.code, error.message, error.file, error.stage = 30, str(error), path, "import"
            raise error
        return cls(_zeropoint.Converter.open(path, [], []))

    @classmethod
    def from_keras_model(cls, model: Any) -> TFLiteConverter:
        """From a model of Keras 3 or tf_keras, which is saved to a temporary SavedModel; needs TensorFlow.

        Sizes that the model's inputs fix stay fixed. A path of a Keras file is refused with the line that exports it.
        """
        if isinstance(model, (str, os.PathLike)):
            return cls.from_saved_model(model)
        import tempfile

        from zeropoint import _keras

        with tempfile.TemporaryDirectory(prefix="zeropoint_") as folder:
            _keras.save_model(model, folder)
            return cls.from_saved_model(folder)

    @classmethod
    def from_concrete_functions(cls, funcs: Sequence[Any], trackable_obj: Any = None) -> TFLiteConverter:
        """From TensorFlow's concrete functions, which TensorFlow saves to a temporary SavedModel.

        One function becomes the signature 'serving_default', several each one of its own name.
        """
        import tempfile

        from zeropoint import _keras

        with tempfile.TemporaryDirectory(prefix="zeropoint_") as folder:
            keys = _keras.save_functions(funcs, trackable_obj, folder)
            return cls.from_saved_model(folder, keys)

    @property
    def report(self) -> Report | None:
        """What the last convert() decided, and why; None before."""
        return self._report

    @property
    def signatures(self) -> dict[str, dict[str, Any]]:
        """{key: {"inputs": {name: (type, shape)}, "outputs": [name]}}; -1 stands for an unknown size."""
        return {
            key: {"inputs": {name: (name_of_code(code), tuple(shape)) for name, code, shape in inputs},
                  "outputs": outputs}
            for key, inputs, outputs in self._handle.signatures()
        }

    def convert(self) -> bytes:
        """The .tflite.

        Raises a subclass of ZeropointError; what the dataset's generator raises passes through as it is. Ctrl-C stops
        the conversion with KeyboardInterrupt.
        """
        object.__setattr__(self, "_report", None)
        self._apply_options()
        with listener(self.progress) as progress:
            model, report = self._handle.convert(self._start(), progress, _log)
        object.__setattr__(self, "_report", Report.from_json(report))
        return model

    def _instrumented(self) -> bytes:
        """The .tflite with the float form of each quantized op inside; the report stays as it is."""
        self._apply_options()
        self._handle.set_instrument(True)
        try:
            with listener(self.progress) as progress:
                return self._handle.convert(self._start(), progress, _log)[0]
        finally:
            self._handle.set_instrument(False)

    def _apply_options(self) -> None:
        # The lists may have been changed in place since they were assigned.
        optimizations = _optimizations(self.optimizations)
        op_sets = _supported_ops(self.target_spec.supported_ops)
        types = _supported_types(self.target_spec.supported_types)
        self._handle.set_options(
            optimizations=_zeropoint.OPTIMIZE_DEFAULT if optimizations else 0,
            op_sets=sum({_OP_SETS[item] for item in op_sets}),
            types=[dtype.code for dtype in types],
            input=self.inference_input_type.code,
            output=self.inference_output_type.code,
            per_channel=not self._experimental_disable_per_channel,
            per_channel_dense=not self._experimental_disable_per_channel_quantization_for_dense_layers,
            exact_calibration=self.calibration == "exact",
            reset_state=self.sample_state == "reset",
            recipe=_recipe_text(self.recipe),
            target=self.target,
            target_litert=self.target_litert,
            integer_only_rewrite=self.integer_only_rewrite,
            variable_quantization=self._experimental_variable_quantization,
            fuse_lstm=self.fuse_lstm,
            allow_custom_ops=self.allow_custom_ops,
            threads=self.threads,
            max_memory=self.max_memory,
        )

    def _start(self) -> Callable[[], Any] | None:
        """What the extension calls for a fresh iterator over the samples."""
        dataset = self.representative_dataset
        return None if dataset is None else _samples.starter(dataset.input_gen)

    def _debug(self, **asked: Any) -> str:
        """JSON; zeropoint.debug() tells what is asked."""
        self._apply_options()
        with listener(self.progress) as progress:
            return self._handle.debug(start=self._start(), progress=progress, log=_log, **asked)

    def cancel(self) -> None:
        """Makes a convert() that runs in another thread raise CancelledError soon."""
        self._handle.cancel()


def _log(severity: int, text: str) -> None:
    import logging

    levels = (logging.DEBUG, logging.INFO, logging.WARNING)
    logging.getLogger("zeropoint").log(levels[min(max(severity, 0), len(levels) - 1)], text)


def __getattr__(name: str) -> Any:
    if name == "experimental":
        from zeropoint import _experimental  # loaded only where it is asked for

        return _experimental
    is_runtime = name == "Interpreter"
    hint = "run models with ai_edge_litert.interpreter.Interpreter" if is_runtime else "see docs/migration.md"
    raise AttributeError(f"zeropoint.lite has no '{name}'; {hint}")
