"""What the checks share: finding C++ sources, telling code from comments, reporting."""

import pathlib
import re
import sys

SUFFIXES = {".h", ".cpp", ".c"}

# A string, a character, or a comment; the first that matches at a place wins, so that "//" in a string is no comment.
_TOKEN = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|//[^\n]*|/\*.*?\*/', re.DOTALL)


def sources(root, *folders):
    """The C and C++ files below the folders, sorted; folders that do not exist have none."""
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in SUFFIXES and path.is_file():
                yield path


def without_comments(text):
    """The text with comments replaced by as many line ends as they had."""

    def keep_or_blank(match):
        token = match.group()
        return "\n" * token.count("\n") + " " if token.startswith("/") else token

    return _TOKEN.sub(keep_or_blank, text)


def code_lines(path):
    """Pairs of line number and line, comments removed."""
    return enumerate(without_comments(path.read_text(encoding="utf-8")).split("\n"), start=1)


def main(check):
    """Runs check(root), which yields (path, line, message), and exits with 1 when it found anything."""
    root = pathlib.Path(sys.argv[1]).resolve()
    findings = list(check(root))
    for path, line, message in findings:
        print(f"{path.relative_to(root)}:{line}: {message}")
    sys.exit(1 if findings else 0)
