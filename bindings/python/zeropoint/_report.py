"""What a conversion decided."""

from __future__ import annotations

TYPE_CHECKING = False  # importing typing would be a third of the time that importing this package takes
if TYPE_CHECKING:
    from typing import Any


class Report(dict):
    """A dictionary: mode, samples, bytes, ops (op, name, version, quantized, reason, scheme, rule), tensors (name, type, shape,
    scale, zero_point, min, max ...), times and warnings."""

    @classmethod
    def from_json(cls, text: str) -> Report:
        import json

        return cls(json.loads(text))

    def to_json(self, indent: int | None = 2, **options: Any) -> str:
        import json

        return json.dumps(self, indent=indent, **options)

    def __repr__(self) -> str:
        ops = self.get("ops", [])
        quantized = sum(1 for op in ops if op.get("quantized"))
        return (f"<zeropoint.Report mode {self.get('mode')!r}, {self.get('bytes')} bytes, "
                f"{quantized} of {len(ops)} operators quantized, {self.get('samples')} samples>")
