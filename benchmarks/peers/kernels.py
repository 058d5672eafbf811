#!/usr/bin/env python3
"""ONNX Runtime, LiteRT, TensorFlow and numpy where kernels.py measures ours: one operator on one thread, beside memcpy.

    kernels.py [--repeat N]

Prints one JSON line a figure: peer, kernel, size (bytes that are read and written together, of the tensors) and bytes a second. memcpy is
numpy's copy in this process. What a call costs beside the work (some microseconds) counts: it is what a user of the peer pays.
A peer that is not installed is left out.
"""
import argparse
import importlib.util
import json
import os
import statistics
import time

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')

import numpy as np

SIZES = (256 << 10, 64 << 20)
CHANNELS = 256
SCALE, ZERO_POINT = 0.0173, 3
SECONDS = 0.05  # of one figure


def elements(size, each):
    return size // each // CHANNELS * CHANNELS


def reals(count):
    return np.random.default_rng(1).uniform(-2, 2, count).astype(np.float32)


def integers(count):
    return np.random.default_rng(2).integers(-127, 128, count).astype(np.int8)


def numpy_calls(size):
    source, target = np.ones(size // 2, np.uint8), np.zeros(size // 2, np.uint8)
    yield 'Memcpy', lambda: np.copyto(target, source)
    x = reals(elements(size, 4))
    yield 'MinMax', lambda: (x.min(), x.max())


def onnx_calls(size):
    import onnx
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3

    def call(kind, x, y, constants=(), **attributes):
        types = {'float32': onnx.TensorProto.FLOAT, 'int8': onnx.TensorProto.INT8, 'float16': onnx.TensorProto.FLOAT16}
        node = onnx.helper.make_node(kind, ['x', *(name for name, _ in constants)], ['y'], **attributes)
        graph = onnx.helper.make_graph([node], 'g', [onnx.helper.make_tensor_value_info('x', types[str(x.dtype)], x.shape)],
                                       [onnx.helper.make_tensor_value_info('y', types[str(y.dtype)], y.shape)],
                                       [onnx.numpy_helper.from_array(value, name) for name, value in constants])
        model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid('', 17)], ir_version=8)
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=['CPUExecutionProvider'])
        binding = session.io_binding()
        values = onnxruntime.OrtValue.ortvalue_from_numpy(x), onnxruntime.OrtValue.ortvalue_from_numpy(y)
        binding.bind_ortvalue_input('x', values[0])
        binding.bind_ortvalue_output('y', values[1])
        return lambda: session.run_with_iobinding(binding)

    scale, zero_point = ('scale', np.float32(SCALE)), ('zero_point', np.int8(ZERO_POINT))
    by_channel = ('scale', np.full(CHANNELS, SCALE, np.float32)), ('zero_point', np.zeros(CHANNELS, np.int8))
    n, half = elements(size, 5), elements(size, 6)
    rows = (n // CHANNELS, CHANNELS)
    yield 'Quantize', call('QuantizeLinear', reals(n), np.zeros(n, np.int8), [scale, zero_point])
    yield 'QuantizeLastAxis', call('QuantizeLinear', reals(n).reshape(rows), np.zeros(rows, np.int8), by_channel, axis=1)
    yield 'Dequantize', call('DequantizeLinear', integers(n), np.zeros(n, np.float32), [scale, zero_point])
    yield 'DequantizeLastAxis', call('DequantizeLinear', integers(n).reshape(rows), np.zeros(rows, np.float32), by_channel, axis=1)
    yield 'ToHalf', call('Cast', reals(half), np.zeros(half, np.float16), to=onnx.TensorProto.FLOAT16)
    yield 'FromHalf', call('Cast', reals(half).astype(np.float16), np.zeros(half, np.float32), to=onnx.TensorProto.FLOAT)


def litert_calls(size):
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema
    from ai_edge_litert.interpreter import Interpreter
    code, types = schema.BuiltinOperator, schema.TensorType

    def call(operator, source, target, x):
        model, graph = schema.ModelT(), schema.SubGraphT()
        model.version, model.buffers, model.subgraphs = 3, [schema.BufferT()], [graph]
        row = schema.OperatorCodeT()
        row.builtinCode, row.deprecatedBuiltinCode, row.version = operator, operator, 2
        model.operatorCodes = [row]
        graph.tensors, graph.inputs, graph.outputs = [], [0], [1]
        for name, kind in (('x', source), ('y', target)):
            tensor = schema.TensorT()
            tensor.name, tensor.shape, tensor.type, tensor.buffer = name.encode(), [1, len(x)], kind, 0
            if kind == types.INT8:
                tensor.quantization = schema.QuantizationParametersT()
                tensor.quantization.scale, tensor.quantization.zeroPoint = [SCALE], [ZERO_POINT]
            graph.tensors.append(tensor)
        one = schema.OperatorT()
        one.opcodeIndex, one.inputs, one.outputs = 0, [0], [1]
        graph.operators = [one]
        builder = flatbuffers.Builder(1024)
        builder.Finish(model.Pack(builder), b'TFL3')
        interpreter = Interpreter(model_content=bytes(builder.Output()), num_threads=1)
        interpreter.allocate_tensors()
        interpreter.set_tensor(interpreter.get_input_details()[0]['index'], x[None])
        return interpreter.invoke

    n, half = elements(size, 5), elements(size, 6)
    yield 'Quantize', call(code.QUANTIZE, types.FLOAT32, types.INT8, reals(n))
    yield 'Dequantize', call(code.DEQUANTIZE, types.INT8, types.FLOAT32, integers(n))
    yield 'FromHalf', call(code.DEQUANTIZE, types.FLOAT16, types.FLOAT32, reals(half).astype(np.float16))


def tensorflow_calls(size):
    import tensorflow as tf
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    x = tf.constant(reals(elements(size, 6)))
    halves = tf.cast(x, tf.float16)
    yield 'ToHalf', lambda: tf.cast(x, tf.float16)
    yield 'FromHalf', lambda: tf.cast(halves, tf.float32)


def bytes_of(kernel, size):
    each = {'Memcpy': 2, 'MinMax': 4, 'ToHalf': 6, 'FromHalf': 6}.get(kernel, 5)
    return size // 2 * 2 if kernel == 'Memcpy' else elements(size, each) * each


def seconds(call):
    """Of one call: as many as fill SECONDS."""
    start = time.perf_counter()
    call()
    count = max(1, int(SECONDS / max(time.perf_counter() - start, 1e-6)))
    start = time.perf_counter()
    for _ in range(count):
        call()
    return (time.perf_counter() - start) / count


PEERS = {'numpy': ('numpy', numpy_calls), 'onnxruntime': ('onnx', onnx_calls), 'litert': ('ai_edge_litert', litert_calls),
         'tensorflow': ('tensorflow', tensorflow_calls)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--repeat', type=int, default=9)
    options = parser.parse_args()
    for size in SIZES:
        calls = [(peer, kernel, call) for peer, (package, make) in PEERS.items() if importlib.util.find_spec(package)
                 for kernel, call in make(size)]
        found = {}
        for turn in range(options.repeat + 1):  # the first one warms up
            for peer, kernel, call in calls:
                took = seconds(call)
                if turn > 0:
                    found.setdefault((peer, kernel), []).append(took)
        for (peer, kernel), times in found.items():
            print(json.dumps({'peer': peer, 'kernel': kernel, 'size': size,
                              'bytes_per_second': bytes_of(kernel, size) / statistics.median(times)}), flush=True)


if __name__ == '__main__':
    main()
