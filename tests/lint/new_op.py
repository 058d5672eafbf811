#!/usr/bin/env python3
"""A new op is one file: a .cpp that appears in lib/ops reaches the registry without a line elsewhere, and one that goes leaves it.

usage: new_op.py <project folder>
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile

# Enough of a project to configure lib/ops alone: without compilers, in a fraction of a second.
PROJECT = """cmake_minimum_required(VERSION 3.25)
project(ops_alone NONE)
function(zeropoint_layer)
endfunction()
add_subdirectory(ops)
"""


def registry(tree, build):
    subprocess.run(["cmake", "-S", tree, "-B", build], check=True, capture_output=True)
    return (build / "ops" / "op_registry.gen.cpp").read_text(encoding="utf-8")


def main():
    ops = pathlib.Path(sys.argv[1]).resolve() / "lib" / "ops"
    if shutil.which("cmake") is None:
        print("SKIPPED: there is no cmake")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        tree, build = pathlib.Path(folder) / "tree", pathlib.Path(folder) / "build"
        (tree / "ops").mkdir(parents=True)
        (tree / "CMakeLists.txt").write_text(PROJECT, encoding="utf-8")
        shutil.copy(ops / "CMakeLists.txt", tree / "ops")
        for path in ops.iterdir():
            if path.suffix in (".cpp", ".h"):
                (tree / "ops" / path.name).touch()
        before = registry(tree, build)
        (tree / "ops" / "made_up_2d.cpp").touch()
        with_new = registry(tree, build)
        (tree / "ops" / "made_up_2d.cpp").unlink()
        after = registry(tree, build)
    added = sorted(set(with_new.splitlines()) - set(before.splitlines()))
    if added == ["  all.push_back(records::MadeUp2d());", "OpDef MadeUp2d();"] and after == before:
        return 0
    print(f"lib/ops/CMakeLists.txt: a new file adds {added} to the registry")
    return 1


if __name__ == "__main__":
    sys.exit(main())
