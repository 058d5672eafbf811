"""What calls return: JSON of the library's as Python objects."""

from __future__ import annotations

TYPE_CHECKING = False  # importing typing would be a third of the time that importing this package takes
if TYPE_CHECKING:
    from typing import Any


class Result(dict):
    """A dictionary whose entries are attributes, too."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"{type(self).__name__} has no '{name}'") from None

    def to_json(self, indent: int | None = 2, **options: Any) -> str:
        import json

        return json.dumps(self, indent=indent, **options)
