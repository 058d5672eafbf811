#!/usr/bin/env python3
"""Records what LiteRT's float kernels compute for recurrent ops, as recurrent_golden.json beside this file.

Each model runs three times in a row, so that states between runs count. The optimized kernels and the reference ones must
agree. Needs numpy and ai-edge-litert; the tests need only the recorded file. Run without arguments to record anew.
"""
import json
import os

import numpy as np
from ai_edge_litert import interpreter as litert

import recurrent_models

RUNS = 3
make = recurrent_models.Maker(20241123)


def run(case, resolver, samples):
    interpreter = litert.Interpreter(model_content=case.model(), experimental_op_resolver_type=resolver)
    interpreter.allocate_tensors()
    results = []
    for sample in samples:
        for detail, array in zip(interpreter.get_input_details(), sample):
            interpreter.set_tensor(detail["index"], array)
        interpreter.invoke()
        results.append([interpreter.get_tensor(detail["index"]) for detail in interpreter.get_output_details()])
    return results


def plain(array):
    return [float(np.format_float_scientific(v, unique=True)) for v in array.ravel()]


def operand(o):
    if o is None:
        return None
    if isinstance(o, tuple):
        return {"kind": o[0], "shape": list(o[1])}
    return {"kind": "constant", "shape": list(o.shape), "data": plain(o)}


def record(case):
    samples = [[make.floats(*shape, scale=2.0) for shape in case.input_shapes()] for _ in range(RUNS)]
    results = run(case, litert.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES, samples)
    if not case.attrs.get("diagonal_recurrent_tensors"):  # which the reference resolver does not have
        for optimized, reference in zip(results, run(case, litert.OpResolverType.BUILTIN_REF, samples)):
            for a, b in zip(optimized, reference):
                np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)
    return {"op": case.op, "attrs": case.attrs, "operands": [operand(o) for o in case.operands],
            "outputs": [list(shape) for shape in case.outputs],
            "runs": [{"inputs": [plain(a) for a in sample], "outputs": [plain(a) for a in result]}
                     for sample, result in zip(samples, results)]}


def aux_inputs(time_major):
    """LiteRT 2.3 runs a backward cell that has an input of its own wrongly unless time comes first."""
    return (None, "input", "weights") if time_major else (None, "weights")


def cases():
    lstm, bidirectional = make.unidirectional_lstm, make.bidirectional_lstm
    variants = [{}, {"coupled": True}, {"peephole": True}, {"projection": True},
                {"projection": True, "projection_bias": True, "proj_clip": 0.3}, {"norm": True}, {"cell_clip": 0.2},
                {"peephole": True, "coupled": True, "norm": True},
                {"peephole": True, "norm": True, "projection": True, "projection_bias": True, "cell_clip": 0.5}]
    for sequence in (True, False):
        for variant in variants:
            yield lstm(sequence=sequence, **variant)
    for variant in variants[-2:]:
        yield lstm(time_major=True, **variant)
    yield lstm(activation=1)
    yield lstm(activation=3, time_major=True)  # LiteRT computes nothing in its place where there is none
    yield lstm(diagonal=True)
    yield lstm(diagonal=True, coupled=True, time_major=True)
    yield make.basic_lstm()
    for time_major in (True, False):
        for merge_outputs in (True, False):
            # LiteRT 2.3's kernels disagree on merged rows of several batch entries unless time comes first.
            batch = 1 if merge_outputs and not time_major else 2
            for aux in aux_inputs(time_major):
                yield bidirectional(batch=batch, time_major=time_major, merge_outputs=merge_outputs, aux=aux)
    yield bidirectional(coupled=True, peephole=True)
    yield bidirectional(projection=True, projection_bias=True, cell_clip=0.2)
    yield bidirectional(coupled=True, aux="weights")
    for activation in (0, 1, 2, 3, 4):
        yield make.rnn(activation=activation, sequence=False)
    yield make.rnn()
    yield make.rnn(time_major=True, activation=1)
    for time_major in (True, False):
        for merge_outputs in (True, False):
            for aux in aux_inputs(time_major):
                yield make.bidirectional_rnn(time_major=time_major, merge_outputs=merge_outputs, aux=aux)
    yield make.svdf()
    yield make.svdf(rank=1, activation=1)
    yield make.svdf(bias=False, memory=1)


def main():
    recorded = [record(case) for case in cases()]
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "recurrent_golden.json")
    with open(path, "w") as out:
        out.write("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in recorded) + "\n]\n")
    print(len(recorded), "cases of", len({case["op"] for case in recorded}), "ops")


if __name__ == "__main__":
    main()
