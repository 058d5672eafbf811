"""SavedModels of what Keras and TensorFlow hold in memory. Imported only when such a model is converted.

Keras is never imported here: whoever has one of its models has imported it, and which Keras it is decides how it saves.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Sequence

from zeropoint._errors import OptionError, UnsupportedError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_EXPORT_ELSEWHERE = (
    "KERAS_BACKEND=tensorflow python -c \"import keras; keras.models.load_model('model.keras').export('saved_model')\"")


def tensorflow_for(what: str) -> Any:
    """TensorFlow's module; without it an error that says what to type."""
    try:
        import tensorflow
    except ImportError as missing:
        raise UnsupportedError(
            f"{what} needs TensorFlow, which writes the SavedModel, and it cannot be imported ({missing}); type: "
            "pip install tensorflow-cpu. Or export where TensorFlow is, and use from_saved_model: "
            f"model.save('model.keras') here, then there: {_EXPORT_ELSEWHERE}") from missing
    return tensorflow


def _is_model_of(model: Any, package: str) -> bool:
    """Whether `model` is a layer of the Keras that was imported as `package`."""
    module = sys.modules.get(package)
    return module is not None and isinstance(model, module.layers.Layer)


def save_model(model: Any, folder: str) -> None:
    """Writes a Keras model as a SavedModel; sizes that it fixes, the batch among them, stay fixed."""
    is_keras = _is_model_of(model, "keras")
    if is_keras and int(sys.modules["keras"].__version__.split(".")[0]) >= 3:
        _save_keras_3(model, folder)
    elif is_keras or _is_model_of(model, "tf_keras"):
        _save_keras_2(model, folder)
    else:
        raise OptionError(f"a {type(model).__name__} is no Keras model; from_keras_model takes those of keras or tf_keras")


def _save_keras_3(model: Any, folder: str) -> None:
    backend = sys.modules["keras"].backend.backend()
    if backend != "tensorflow":
        raise UnsupportedError(
            f"Keras runs on {backend} here, and only with TensorFlow does it export a SavedModel of TensorFlow's ops; type: "
            f"model.save('model.keras'), then: {_EXPORT_ELSEWHERE}, and use from_saved_model")
    tensorflow = tensorflow_for("from_keras_model")
    if not getattr(model, "built", False):
        raise OptionError(f"the model '{model.name}' has no shapes yet; call it once on a sample, or build it, before")
    # By itself, Keras would export any batch size, also where the model or its tf.function fixes one.
    signature = getattr(model.call, "input_signature", None)
    if signature is None and _has_inputs(model):
        specs = tensorflow.nest.map_structure(
            lambda x: tensorflow.TensorSpec(x.shape, x.dtype, x.name), getattr(model, "_inputs_struct", model.inputs))
        is_sequential = isinstance(model, sys.modules["keras"].Sequential)
        signature = specs if is_sequential else [specs]
    arguments = {"format": "tf_saved_model", "verbose": False, "input_signature": signature}
    known = inspect.signature(model.export).parameters  # early releases of Keras 3 lack some
    model.export(folder, **{name: value for name, value in arguments.items() if name in known})


def _save_keras_2(model: Any, folder: str) -> None:
    tensorflow = tensorflow_for("from_keras_model")
    if not getattr(model, "built", False):
        raise OptionError(f"the model '{model.name}' has no shapes yet; call it once on a sample, or build it, before")
    signatures = None
    # By itself, Keras would save any batch size, also where the inputs fix one.
    if _has_inputs(model) and any(x.shape[0] is not None for x in model.inputs):
        names, outputs = list(model.input_names), list(model.output_names)

        def serve(**inputs: Any) -> dict[str, Any]:
            result = model([inputs[name] for name in names] if len(names) > 1 else inputs[names[0]], training=False)
            return dict(zip(outputs, tensorflow.nest.flatten(result)))

        specs = {name: tensorflow.TensorSpec(x.shape, x.dtype, name) for name, x in zip(names, model.inputs)}
        signatures = tensorflow.function(serve).get_concrete_function(**specs)
    tensorflow.saved_model.save(model, folder, signatures=signatures)


def _has_inputs(model: Any) -> bool:
    """Functional and sequential models know their inputs; of a subclassed one only the first call's are known."""
    return bool(getattr(model, "inputs", None)) and hasattr(model, "input_shape")


def save_functions(functions: Sequence[Any], trackable: Any, folder: str) -> list[str]:
    """Writes TensorFlow's concrete functions as a SavedModel; returns its signatures' keys, in their order."""
    tensorflow = tensorflow_for("from_concrete_functions")
    if not isinstance(functions, (list, tuple)) or not functions:
        raise OptionError("from_concrete_functions takes a list of at least one concrete function")
    for function in functions:
        if not hasattr(function, "graph"):
            hint = "; call its get_concrete_function" if hasattr(function, "get_concrete_function") else ""
            raise OptionError(f"from_concrete_functions takes concrete functions, not a {type(function).__name__}{hint}")
    # The keys are those of TensorFlow's converter.
    keys = ["serving_default"] if len(functions) == 1 else [function.graph.name for function in functions]
    if len(set(keys)) < len(keys):
        raise OptionError(f"concrete functions of the same name cannot be told apart as signatures: {', '.join(keys)}")
    if trackable is None:
        trackable = tensorflow.Module()
        trackable.captured = [variable for function in functions for variable in function.graph.variables]
    try:
        tensorflow.saved_model.save(trackable, folder, signatures=dict(zip(keys, functions)))
    except AssertionError as error:  # what TensorFlow raises for a resource that nothing holds, such as a table
        raise OptionError(
            "TensorFlow cannot save these functions without the object that holds their tables and variables; "
            f"pass it as trackable_obj: {error}") from error
    return keys
