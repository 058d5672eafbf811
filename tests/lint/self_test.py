#!/usr/bin/env python3
"""The checks find what they are for: each is run on a small tree with one mistake in it.

usage: self_test.py <project folder>
"""

import pathlib
import sys
import tempfile

import check_includes
import one_place

SCHEMA = {"lib/schema/schema.fbs": "enum BuiltinOperator : int32 { ADD = 0, CUSTOM = 32, CONV_2D = 3 }\n"}

# (check, file, contents, number of findings)
CASES = [
    (check_includes, "lib/ir/a.cpp", '#include "numeric/types.h"\n#include "base/bytes.h"\n', 0),
    (check_includes, "lib/ir/a.cpp", '#include "ops/op_def.h"\n', 1),
    (check_includes, "lib/ir/a.cpp", '// #include "ops/op_def.h"\n', 0),
    (check_includes, "lib/plan/a.cpp", '#include "schema/schema_generated.h"\n', 1),
    (check_includes, "lib/ops/a.cpp", '#include "schema/schema_generated.h"\n', 0),
    (check_includes, "lib/plan/a.cpp", "#include <nlohmann/json.hpp>\n", 1),
    (check_includes, "lib/formats/saved_model/a.cpp", '#include "formats/tflite/tflite.h"\n', 1),
    (check_includes, "lib/engine/a.cpp", '#include "zeropoint/types.h"\n', 1),
    (check_includes, "lib/unheard_of/a.cpp", "", 1),
    (check_includes, "capi/src/a.cpp", '#include "zeropoint/converter.h"\n', 0),
    (check_includes, "capi/src/a.cpp", '#include "ir/graph.h"\n', 1),
    (check_includes, "include/zeropoint/a.h", '#include "base/status.h"\n', 1),
    (one_place, "lib/ops/conv_2d.cpp", 'op.name = "CONV_2D";\n', 0),
    (one_place, "lib/ops/conv_2d.cpp", 'if (op == "ADD") {}\n', 1),
    (one_place, "lib/passes/fuse/a.cpp", 'if (op == "ADD") {}\n', 0),
    (one_place, "lib/plan/a.cpp", 'if (op == "ADD") {}  // CONV_2D\n', 1),
    (one_place, "lib/plan/a.cpp", '// "ADD"\n/* "ADD"\n "ADD" */ auto x = "ADDITION // \\"ADD\\"";\n', 0),
    (one_place, "lib/plan/a.cpp", "x = schema::BuiltinOperator_ADD;\n", 1),
    (one_place, "lib/formats/tflite/a.cpp", "x = schema::BuiltinOperator_CUSTOM;\n", 0),
    (one_place, "lib/formats/tflite/a.cpp", "x = schema::BuiltinOperator_CONV_2D;\n", 1),
    (one_place, "lib/engine/a.cpp", 'if (op == "tf.Conv2D") {}\n', 1),
    (one_place, "lib/passes/integer/a.cpp", 'if (op == "ADD") {}\n', 0),
    (one_place, "lib/rewrite/a.cpp", 'if (op == "ADD") {}\n', 1),
    (one_place, "lib/ops/table_lookup.cpp", 'if (op == "ADD") {}\n', 1),
    (one_place, "cli/a.cpp", 'if (op == "ADD") {}\n', 1),
    (one_place, "lib/recipe/a.cpp", 'if (op == "ADD") {}\n', 1),
]


def main():
    failed = 0
    for module, name, contents, expected in CASES:
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for path, text in {**SCHEMA, name: contents}.items():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(text, encoding="utf-8")
            findings = list(module.check(root))
        if len(findings) != expected:
            failed += 1
            print(f"{module.__name__} on {name} {contents!r}: {len(findings)} findings, not {expected}: {findings}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
