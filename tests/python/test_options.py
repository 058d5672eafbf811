"""What may be assigned, and what is said when it may not."""

import types

import numpy as np
import pytest
import zeropoint as tf


@pytest.fixture
def converter(classifier):
    return tf.lite.TFLiteConverter.from_saved_model(classifier)


def test_defaults_are_tensorflows(converter):
    assert converter.optimizations == []
    assert converter.representative_dataset is None
    assert converter.target_spec.supported_ops == [tf.lite.OpsSet.TFLITE_BUILTINS]
    assert converter.target_spec.supported_types == []
    assert converter.inference_input_type == tf.float32
    assert converter.inference_output_type == tf.float32
    assert converter.allow_custom_ops is False
    assert converter.experimental_new_converter is True


def test_a_typo_raises_with_the_nearest_name(converter):
    with pytest.raises(AttributeError, match="did you mean 'optimizations'"):
        converter.optimisations = [tf.lite.Optimize.DEFAULT]
    with pytest.raises(AttributeError, match="did you mean 'supported_ops'"):
        converter.target_spec.suported_ops = []
    with pytest.raises(AttributeError, match="did you mean 'convert'"):
        converter.convertt()


def test_what_is_not_supported_raises_on_assignment(converter):
    with pytest.raises(NotImplementedError, match="SELECT_TF_OPS"):
        converter.target_spec.supported_ops = [tf.lite.OpsSet.SELECT_TF_OPS]
    with pytest.raises(tf.UnsupportedError, match="EXPERIMENTAL_SPARSITY"):
        converter.optimizations = [tf.lite.Optimize.EXPERIMENTAL_SPARSITY]


def test_a_wrong_value_raises_on_assignment(converter):
    for attribute, value in [("optimizations", tf.lite.Optimize.DEFAULT), ("optimizations", ["FAST"]),
                             ("inference_input_type", "int7"), ("representative_dataset", 3), ("target_spec", None),
                             ("threads", -1), ("max_memory", -1), ("max_memory", "1G"), ("calibration", "TF"), ("sample_state", "keep"), ("target_litert", 1.4), ("target", 3),
                             ("integer_only_rewrite", 1), ("fuse_lstm", 1), ("allow_custom_ops", 1), ("progress", "yes"), ("_experimental_disable_per_channel", 1)]:
        with pytest.raises(tf.OptionError):
            setattr(converter, attribute, value)
    with pytest.raises(ValueError):
        converter.target_spec.supported_ops = []


def test_lists_changed_in_place_are_checked_by_convert(converter):
    converter.target_spec.supported_ops.append("NO_SUCH_OPS")
    with pytest.raises(tf.OptionError, match="NO_SUCH_OPS"):
        converter.convert()


@pytest.mark.parametrize("value", [tf.int8, np.int8, np.dtype("int8"), "int8", types.SimpleNamespace(name="int8")])
def test_element_types_of_all_origins_are_understood(converter, value):
    converter.inference_input_type = value
    assert converter.inference_input_type is tf.int8
    assert converter.inference_input_type.as_numpy_dtype is np.int8


def test_element_types_compare_with_numpys():
    assert tf.float32 == np.float32 and tf.float32 == np.dtype("float32") and tf.float32 != np.float64
    assert repr(tf.int8) == "zeropoint.int8"


def test_enumerations_of_tensorflow_are_understood(converter):
    converter.optimizations = [types.SimpleNamespace(name="DEFAULT")]
    assert converter.optimizations == [tf.lite.Optimize.DEFAULT]


def test_contradicting_options_are_an_option_error(converter):
    converter.inference_input_type = tf.int8
    with pytest.raises(tf.OptionError, match="inference_input_type"):
        converter.convert()


def test_a_missing_dataset_is_named(converter):
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    with pytest.raises(tf.OptionError, match="representative_dataset"):
        converter.convert()


def test_names_that_are_not_there_point_to_the_documentation():
    with pytest.raises(AttributeError, match="ai_edge_litert"):
        tf.lite.Interpreter
    with pytest.raises(AttributeError, match="migration"):
        tf.lite.Analyzer
