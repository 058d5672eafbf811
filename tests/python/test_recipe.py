"""Recipes: what parts of a model shall be."""

import json
import os
import re

import numpy as np
import pytest
import zeropoint as tf

DOCS = os.path.join(os.path.dirname(__file__), "..", "..", "docs")

# One of each key, and each way in which the schema and the converter refuse.
VALID = [
    {},
    {"mode": "int8", "rules": []},
    {"rules": [{"op": "*", "scheme": "float"}]},
    {"rules": [{"name": ["*"], "per_channel": True, "optional": True, "comment": "why"}]},
    {"rules": [{"tensor": "*image*", "range": [0, 1.5]}]},
    {"rules": [{"region": {"to": "*"}, "scheme": "dynamic", "min_weight_elements": 0, "explicit_dequantize": True}]},
    {"rules": [{"regex": ".", "scheme": "float16", "weights_only": True}]},
]
INVALID = [
    {"mode": "int4"},
    {"modes": "int8"},
    {"input_type": "int32"},
    {"per_channel": "yes"},
    {"rules": {}},
    {"rules": [{"scheme": "float"}]},
    {"rules": [{"op": "*"}]},
    {"rules": [{"op": [], "scheme": "float"}]},
    {"rules": [{"op": "*", "scheme": "int4"}]},
    {"rules": [{"op": "*", "scheme": "int8", "min_weight_elements": 3}]},
    {"rules": [{"op": "*", "scheme": "dynamic", "min_weight_elements": -3}]},
    {"rules": [{"op": "*", "scheme": "dynamic", "weights_only": True}]},
    {"rules": [{"op": "*", "range": [0, 1]}]},
    {"rules": [{"tensor": "*", "scheme": "int8", "range": [0, 1]}]},
    {"rules": [{"tensor": "*", "range": [0]}]},
    {"rules": [{"region": {}, "scheme": "int8"}]},
]

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "number": (int, float), "integer": int}


def matches(value, schema, root):
    """Whether a value fits a JSON schema: the keywords that ours has."""
    def fits(other):
        return matches(value, other, root)

    kind = schema.get("type")
    if kind and (not isinstance(value, TYPES[kind]) or (isinstance(value, bool) and kind != "boolean")):
        return False
    if "$ref" in schema and not fits(root["$defs"][schema["$ref"].rpartition("/")[2]]):
        return False
    if "enum" in schema and value not in schema["enum"] or "const" in schema and value != schema["const"]:
        return False
    if "not" in schema and fits(schema["not"]):
        return False
    if "anyOf" in schema and not any(map(fits, schema["anyOf"])) or "oneOf" in schema and sum(map(fits, schema["oneOf"])) != 1:
        return False
    if isinstance(value, dict):
        known = schema.get("properties", {})
        extra = set(value) - set(known) if schema.get("additionalProperties") is False else ()
        dependent = [other for key, other in schema.get("dependentSchemas", {}).items() if key in value]
        return (not extra and all(key in value for key in schema.get("required", ())) and all(map(fits, dependent))
                and len(value) >= schema.get("minProperties", 0)
                and all(matches(value[key], known[key], root) for key in value if key in known))
    if isinstance(value, list):
        sizes = schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value))
        return sizes and all(matches(item, schema.get("items", {}), root) for item in value)
    return not isinstance(value, (int, float)) or value >= schema.get("minimum", value)


def is_valid(recipe):
    with open(os.path.join(DOCS, "recipe.schema.json"), encoding="utf-8") as file:
        schema = json.load(file)
    try:
        import jsonschema
    except ImportError:
        return matches(recipe, schema, schema)
    return jsonschema.Draft202012Validator(schema).is_valid(recipe)


def convert(model, recipe, dataset=None):
    converter = tf.lite.TFLiteConverter.from_saved_model(model)
    converter.progress = False
    converter.representative_dataset = dataset
    converter.recipe = recipe
    return converter.convert(), converter.report


def run(model, image):
    interpreter = pytest.importorskip("ai_edge_litert.interpreter").Interpreter(model_content=model)
    interpreter.allocate_tensors()
    (given,), (result,) = interpreter.get_input_details(), interpreter.get_output_details()
    if given["dtype"] != np.float32:
        scale, zero_point = given["quantization"]
        limits = np.iinfo(given["dtype"])
        image = np.clip(np.round(image / scale) + zero_point, limits.min, limits.max).astype(given["dtype"])
    interpreter.set_tensor(given["index"], image)
    interpreter.invoke()
    scores = interpreter.get_tensor(result["index"])
    if result["dtype"] == np.float32:
        return scores
    scale, zero_point = result["quantization"]
    return (scores.astype(np.float32) - zero_point) * scale


@pytest.fixture
def image():
    return np.linspace(-1, 1, 64, dtype=np.float32).reshape(1, 8, 8, 1)


@pytest.mark.parametrize("recipe", VALID)
def test_the_schema_and_the_converter_accept(recipe, classifier, representative_dataset):
    assert is_valid(recipe)
    convert(classifier, recipe, representative_dataset)


@pytest.mark.parametrize("recipe", INVALID)
def test_the_schema_and_the_converter_refuse(recipe, classifier, representative_dataset):
    assert not is_valid(recipe)
    with pytest.raises(tf.OptionError, match="recipe: "):
        convert(classifier, recipe, representative_dataset)


def test_the_examples_in_the_manual_fit_the_schema():
    with open(os.path.join(DOCS, "recipes.md"), encoding="utf-8") as file:
        examples = re.findall(r"^```json\n(.*?)^```", file.read(), re.S | re.M)
    assert len(examples) >= 3
    for example in examples:
        assert is_valid(json.loads(example)), example


SCHEMES = ["float", "float16", "int8", "int16x8", "dynamic"]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("mode", ["float", "dynamic", "int8", "int8-only", "float16", "int16x8"])
def test_each_op_may_have_another_scheme_than_the_mode_and_the_file_runs(mode, scheme, classifier, representative_dataset,
                                                                         image):
    expected = run(convert(classifier, None)[0], image)
    _, report = convert(classifier, {"mode": mode}, representative_dataset)
    names = [op["name"] for op in report["ops"] if "scheme" in op]
    assert len(names) >= 3
    for name in names:
        model, report = convert(classifier, {"mode": mode, "rules": [{"name": name, "scheme": scheme}]}, representative_dataset)
        chosen = [op for op in report["ops"] if op.get("rule") == 0]
        assert [(op["name"], op["scheme"]) for op in chosen] == [(name, scheme)]
        np.testing.assert_allclose(run(model, image), expected, atol=0.1, err_msg=name)


@pytest.mark.parametrize("output", ["float32", "int8", "uint8", "int16"])
@pytest.mark.parametrize("given", ["float32", "int8", "uint8", "int16"])
def test_inputs_and_outputs_of_a_mixed_file(given, output, classifier, representative_dataset, image):
    expected = run(convert(classifier, None)[0], image)
    for op in ("CONV_2D", "SOFTMAX"):
        recipe = {"mode": "int8", "input_type": given, "output_type": output, "rules": [{"op": op, "scheme": "int16x8"}]}
        model, _ = convert(classifier, recipe, representative_dataset)
        graph = tf.inspect(model)["subgraphs"][0]
        assert [graph["tensors"][i]["type"].lower() for i in graph["inputs"] + graph["outputs"]] == [given, output]
        np.testing.assert_allclose(run(model, image), expected, atol=0.1)


def test_a_recipe_may_be_a_path(tmp_path, classifier):
    path = tmp_path / "recipe.json"
    path.write_text('{"mode": "float16"}')
    assert convert(classifier, path)[1]["mode"] == "float16"
    path.write_text('{"mode": "float16", "rules": [{"op": "NO_SUCH_OP", "scheme": "float"}]}')
    with pytest.raises(tf.OptionError, match=r"rules\[0\].op: 'NO_SUCH_OP' matches no op") as caught:
        convert(classifier, str(path))
    assert caught.value.file == str(path)
    with pytest.raises(tf.FileError):
        convert(classifier, str(tmp_path / "none.json"))


def test_a_value_that_is_no_recipe_raises_on_assignment(classifier):
    converter = tf.lite.TFLiteConverter.from_saved_model(classifier)
    with pytest.raises(tf.OptionError):
        converter.recipe = 3
    converter.recipe = {"mode": object()}
    with pytest.raises(tf.OptionError, match="recipe"):
        converter.convert()


def weight_only(bits, symmetric=True, granularity="CHANNELWISE"):
    return {"weight_tensor_config": {"num_bits": bits, "symmetric": symmetric, "granularity": granularity, "dtype": "INT"},
            "compute_precision": "FLOAT", "explicit_dequantize": True}


def test_recipes_of_litert_quantizer(classifier, image):
    entry = {"regex": ".*", "operation": "*", "algorithm_key": "min_max_uniform_quantize", "op_config": weight_only(8)}
    model, report = convert(classifier, [entry])
    assert "DEQUANTIZE" in [op["op"] for op in report["ops"]]
    np.testing.assert_allclose(run(model, image), run(convert(classifier, None)[0], image), atol=0.1)
    entry["op_config"] = weight_only(4)
    with pytest.raises(tf.UnsupportedError, match="INT of 4 bits"):
        convert(classifier, [entry])
