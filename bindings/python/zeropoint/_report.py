"""What a conversion decided."""

from __future__ import annotations

import os

TYPE_CHECKING = False  # importing typing would be a third of the time that importing this package takes
if TYPE_CHECKING:
    from typing import Any


def write_page(json: str, path: str | os.PathLike[str]) -> None:
    """`json` is ASCII: a name may hold what has no UTF-8."""
    from zeropoint import _zeropoint

    _zeropoint.write_report_page(json, os.fspath(path))


class Report(dict):
    """A dictionary: mode, samples, bytes, ops (op, name, version, quantized, graph, inputs, outputs, reason, scheme, rule),
    tensors (name, type, shape, graph, scale, zero_point, min, max ...), times and warnings; docs/report.schema.json."""

    @classmethod
    def from_json(cls, text: str) -> Report:
        import json

        return cls(json.loads(text))

    def to_json(self, indent: int | None = 2, **options: Any) -> str:
        import json

        return json.dumps(self, indent=indent, **options)

    def to_html(self, path: str | os.PathLike[str]) -> None:
        """Writes the report as one HTML page that needs no network; as a whole or not at all.

        UnsupportedError where the package was built without node and npm, FileError when `path` cannot be written."""
        write_page(self.to_json(indent=None), path)

    def __repr__(self) -> str:
        ops = self.get("ops", [])
        quantized = sum(1 for op in ops if op.get("quantized"))
        return (f"<zeropoint.Report mode {self.get('mode')!r}, {self.get('bytes')} bytes, "
                f"{quantized} of {len(ops)} operators quantized, {self.get('samples')} samples>")
