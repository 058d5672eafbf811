#!/usr/bin/env python3
"""What is known of an op stands in its file: no other code names an op.

The passes may, as each is about certain ops; so may the helpers that several op files share, and the SavedModel reader,
where a spelling like "RFFT2D" is TensorFlow's, and the reader of litert-quantizer's recipes, which translates its names. The .tflite reader may name the codes that are the format's and no op's.

usage: one_place.py <project folder>
"""

import re

import source_lib

STRING = re.compile(r'"((?:\\.|[^"\\\n])*)"')
CODE = re.compile(r"\bBuiltinOperator_(\w+)")
CODES_OF_THE_FORMAT = {"CUSTOM", "PLACEHOLDER_FOR_GREATER_OP_CODES", "MIN", "MAX"}
TF_OP = re.compile(r"^tf\.\w")
# Everything that ships: the library, what wraps it, and the command.
FOLDERS = ("lib", "include", "capi", "bindings", "cli")
# Folders whose business TensorFlow's ops are.
TF_FOLDERS = ("lib/ops/", "lib/passes/", "lib/formats/saved_model/")


def op_names(root):
    text = source_lib.without_comments((root / "lib/schema/schema.fbs").read_text(encoding="utf-8"))
    body = re.search(r"enum\s+BuiltinOperator\b[^{]*\{([^}]*)\}", text).group(1)
    return {entry.split("=")[0].strip() for entry in body.split(",")} - CODES_OF_THE_FORMAT


def is_shared_helper(path):
    """A pair x.h, x.cpp of lib/ops."""
    return path.suffix == ".h" or path.with_suffix(".h").exists()


def own_names(path, name):
    """The ops that the file may name: None stands for all."""
    if name.startswith(("lib/passes/", "lib/formats/saved_model/", "lib/pipeline/recipe_litert.")):
        return None
    if name.startswith("lib/ops/"):
        return None if is_shared_helper(path) else {path.stem.upper()}
    return set()


def check(root):
    ops = op_names(root)
    for path in source_lib.sources(root, *FOLDERS):
        name = path.relative_to(root).as_posix()
        own = own_names(path, name)
        for line, text in source_lib.code_lines(path):
            for literal in STRING.findall(text):
                if own is not None and literal in ops - own:
                    yield path, line, f'"{literal}" outside lib/ops/{literal.lower()}.cpp'
                if TF_OP.match(literal) and not name.startswith(TF_FOLDERS):
                    yield path, line, f'"{literal}": a TensorFlow op outside its op file and the passes'
            for code in CODE.findall(text):
                of_format = code in CODES_OF_THE_FORMAT and name.startswith("lib/formats/tflite/")
                if not name.startswith("lib/ops/") and not of_format:
                    yield path, line, f"BuiltinOperator_{code} outside lib/ops"


if __name__ == "__main__":
    source_lib.main(check)
