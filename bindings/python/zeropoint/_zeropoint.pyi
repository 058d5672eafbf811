from collections.abc import Callable, Iterator

from typing_extensions import Buffer

OPTIMIZE_DEFAULT: int
OPS_TFLITE_BUILTINS: int
OPS_TFLITE_BUILTINS_INT8: int
OPS_INT16X8: int

class Converter:
    @staticmethod
    def open(path: str, signatures: list[str], tags: list[str]) -> Converter: ...
    @staticmethod
    def open_bytes(data: Buffer) -> Converter: ...
    def signatures(self) -> list[tuple[str, list[tuple[str, int, list[int]]], list[str]]]: ...
    def set_options(
        self,
        *,
        optimizations: int,
        op_sets: int,
        types: list[int],
        input: int,
        output: int,
        per_channel: bool,
        per_channel_dense: bool,
        exact_calibration: bool,
        reset_state: bool,
        recipe: str,
        target: str,
        target_litert: str,
        integer_only_rewrite: bool,
        variable_quantization: bool,
        fuse_lstm: bool,
        allow_custom_ops: bool,
        threads: int,
        max_memory: int,
    ) -> None: ...
    def set_instrument(self, instrument: bool) -> None: ...
    def convert(
        self,
        start: Callable[[], Iterator[tuple[str | None, list[tuple[str | None, int, memoryview]], bool]]] | None,
        progress: Callable[[str, int, int], object] | None,
        log: Callable[[int, str], object] | None,
    ) -> tuple[bytes, str]: ...
    def debug(
        self,
        *,
        start: Callable[[], Iterator[tuple[str | None, list[tuple[str | None, int, memoryview]], bool]]] | None,
        progress: Callable[[str, int, int], object] | None,
        log: Callable[[int, str], object] | None,
        evaluation: Callable[[], Iterator[tuple[str | None, list[tuple[str | None, int, memoryview]], bool]]] | None,
        quantized: str | Buffer | None,
        max_samples: int,
        costed_ops: int,
        mended: int,
        layers: Callable[[int, str, str, int, int, float, int, list[int], memoryview, memoryview], object] | None,
    ) -> str: ...
    def cancel(self) -> None: ...

class Judge:
    def __init__(self, ask: dict[str, object]) -> None: ...
    def evaluate(self, model: str | Buffer, float_model: str | Buffer | None) -> str: ...
    def recommend(self, model: str | Buffer, modes: list[str], prefer_latency: bool, target: str) -> str: ...

def inspect(path: str) -> str: ...
def inspect_bytes(data: Buffer) -> str: ...
def write_report_page(json: str, path: str) -> None: ...
def version() -> str: ...
