#!/usr/bin/env python3
"""A folder includes only what is below it (docs/architecture.md, "Dependency direction").

usage: check_includes.py <project folder>
"""

import re

import source_lib

# What each folder of lib/ stands directly on; what those stand on is allowed as well.
BELOW = {
    "base": [],
    "schema": [],
    "numeric": ["base"],
    "ir": ["numeric"],
    "kernels": ["numeric"],
    "ops": ["kernels", "ir"],
    "targets": ["ops"],
    "engine": ["ops"],
    "passes": ["engine", "targets"],
    "calibrate": ["engine"],
    "formats/tflite": ["ops"],
    "formats/saved_model": ["ops"],
    "plan": ["ops", "targets"],
    "evaluate": ["plan", "engine"],
    "rewrite": ["plan"],
    "report": ["base"],
    "pipeline": ["report", "evaluate", "rewrite", "calibrate", "passes", "formats/tflite", "formats/saved_model"],
}

# Headers that only some folders may see: the generated schema, and libraries that must not spread.
RESTRICTED = {
    "schema": {"ops", "formats/tflite"},
    "flatbuffers": {"formats/tflite"},
    "xsimd": {"kernels"},
    "protozero": {"formats/saved_model"},
    "nlohmann": {"pipeline", "targets", "report"},
    "zeropoint": {"pipeline"},  # the public headers
}

# Folders outside lib/: the project's own headers that they may include, by prefix.
OUTSIDE = {
    "include": ["zeropoint/"],
    "capi": ["zeropoint/", "src/"],
    "cli": ["zeropoint/", "cli/"],
    "bindings": ["zeropoint/"],
}

INCLUDE = re.compile(r'^\s*#\s*include\s+["<]([^">]+)[">]')


def allowed(folder):
    """The folder, and everything below it."""
    reached, todo = set(), [folder]
    while todo:
        at = todo.pop()
        if at not in reached:
            reached.add(at)
            todo += BELOW[at]
    return reached


def layer_of(name):
    """The folder of lib/ that an include or a path names, or None."""
    parts = name.split("/")
    for length in (2, 1):
        layer = "/".join(parts[:length])
        if len(parts) > length and layer in BELOW:
            return layer
    return None


def check_layer(path, layer):
    for line, text in source_lib.code_lines(path):
        match = INCLUDE.match(text)
        if not match:
            continue
        name = match.group(1)
        top = name.split("/")[0]
        target = layer_of(name)
        if top in RESTRICTED:
            if layer not in RESTRICTED[top] and "/" in name:
                yield path, line, f"{layer} may not include {name}: only {', '.join(sorted(RESTRICTED[top]))} may"
        elif target is not None and target not in allowed(layer):
            yield path, line, f"{layer} may not include {name}: {target} is not below it"


def check_outside(path, folder):
    for line, text in source_lib.code_lines(path):
        match = INCLUDE.match(text)
        if match and layer_of(match.group(1)) is not None and not match.group(1).startswith(tuple(OUTSIDE[folder])):
            yield path, line, f"{folder} may not include {match.group(1)}: it sees the public headers only"


def check(root):
    for path in source_lib.sources(root, "lib"):
        layer = layer_of(path.relative_to(root / "lib").as_posix())
        if layer is None:
            yield path, 1, "a folder of lib/ that tests/lint/check_includes.py does not know"
        else:
            yield from check_layer(path, layer)
    for folder in OUTSIDE:
        for path in source_lib.sources(root, folder):
            yield from check_outside(path, folder)


if __name__ == "__main__":
    source_lib.main(check)
