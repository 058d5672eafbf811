"""SavedModels with TensorFlow's inputs and outputs, as run_census.py and make_census_references.py see them.

A folder of the census holds, for each model: the SavedModel; ref.npz with keys '<signature>/<sample>/in|out/<name>', an input's
first axis being the batch; and, where TensorFlow's converter wrote one, model_float.tflite and result.json.
"""
import json
import math
import os

import conformance


class CensusModel:
    """One SavedModel and what TensorFlow computed with it."""

    def __init__(self, folder):
        self.folder = folder
        self.name = os.path.basename(folder.rstrip('/'))
        self.calls = {}  # signature -> [({input: array}, {output: array})]
        self.read_calls()

    def read_calls(self):
        import numpy as np
        with np.load(os.path.join(self.folder, 'ref.npz'), allow_pickle=False) as file:
            arrays = {key: file[key] for key in file.files}
        for key in sorted(arrays):
            signature, sample, way, name = key.split('/', 3)
            calls = self.calls.setdefault(signature, [])
            while len(calls) <= int(sample):
                calls.append(({}, {}))
            calls[int(sample)][way == 'out'][name] = arrays[key]

    def result(self):
        """What was noted when TensorFlow converted it, or {}."""
        path = os.path.join(self.folder, 'result.json')
        if not os.path.exists(path):
            return {}
        with open(path, encoding='utf-8') as file:
            return json.load(file)

    def converts_in_tensorflow(self):
        """Whether TensorFlow's converter writes builtin operators only."""
        return self.result().get('converted', 'builtin') == 'builtin'

    def samples(self):
        """{key of the command's --data: array}, first axis: samples of one shape."""
        import numpy as np
        columns = {}
        for signature, calls in self.calls.items():
            prefix = signature + '/' if len(self.calls) > 1 else ''
            for name, first in calls[0][0].items():
                columns[prefix + name] = np.stack([inputs[name] for inputs, _ in calls if inputs[name].shape == first.shape])
        return columns


def drawn(model, count):
    """`count` calls of each signature, without outputs: numbers drawn from those that the reference's inputs hold, integers from their range."""
    import numpy as np
    random = np.random.default_rng(0)
    calls = {}
    for signature, samples in model.calls.items():
        pools = {name: np.concatenate([inputs[name].ravel() for inputs, _ in samples]) for name in samples[0][0]}

        def draw(name, shape):
            pool = pools[name]
            if pool.dtype.kind in 'iu' and pool.size:
                return random.integers(pool.min(), pool.max(), shape, pool.dtype, endpoint=True)
            return random.choice(pool, shape)

        calls[signature] = [({name: draw(name, x.shape) for name, x in samples[0][0].items()}, {}) for _ in range(count)]
    return calls


def with_outputs(calls, answers):
    """The calls with the outputs that a model gave."""
    return {key: [(inputs, answer) for (inputs, _), answer in zip(samples, answers[key])] for key, samples in calls.items()}


def run(path, calls):
    """{signature: [{output: array}]} of a .tflite, a new interpreter for each call: recurrent operators keep their state."""
    from ai_edge_litert import interpreter
    answers = {}
    for signature, samples in calls.items():
        for inputs, _ in samples:
            runner = interpreter.Interpreter(model_path=path).get_signature_runner(signature)
            answers.setdefault(signature, []).append(runner(**inputs))
    return answers


def output_errors(calls, answers):
    """{signature/output: largest error of any call, relative to the output's largest magnitude}; inf where shapes or integers differ."""
    import numpy as np
    errors = {}
    for signature, samples in calls.items():
        for name, expected in paired(samples, answers[signature]).items():
            scale = max((float(np.max(np.abs(x))) for x, _ in expected if x.size and x.dtype.kind in 'fc'), default=0.0) or 1.0
            errors[signature + '/' + name] = max(error(x, y, scale) for x, y in expected)
    return errors


def paired(samples, answers):
    """{output: [(expected, actual)]}."""
    return {name: [(outputs[name], answer[name]) if name in answer else (outputs[name], None)
                   for (_, outputs), answer in zip(samples, answers)] for name in samples[0][1]}


def error(expected, actual, scale):
    import numpy as np
    if actual is None or expected.shape != actual.shape:
        return math.inf
    if expected.dtype.kind not in 'fc':
        same = np.array_equal(expected.astype(object), actual.astype(object)) if expected.dtype.kind in 'SUO' else np.array_equal(expected, actual)
        return 0.0 if same else math.inf
    finite = np.isfinite(expected)
    if not np.array_equal(expected[~finite].astype(str), actual[~finite].astype(str)):
        return math.inf
    if not expected[finite].size:
        return 0.0
    worst = float(np.max(np.abs(expected[finite].astype(np.complex128) - actual[finite].astype(np.complex128))))
    return math.inf if math.isnan(worst) else worst / scale


def output_sqnr(calls, answers):
    """{signature/output: dB} of the float outputs that vary at all; nan where the shape is wrong."""
    import numpy as np
    figures = {}
    for signature, samples in calls.items():
        for name, expected in paired(samples, answers[signature]).items():
            if expected[0][0].dtype.kind != 'f' or any(y is None or x.shape != y.shape for x, y in expected):
                if expected[0][0].dtype.kind == 'f':
                    figures[signature + '/' + name] = math.nan
                continue
            x = np.concatenate([pair[0].ravel() for pair in expected]).astype(np.float64)
            y = np.concatenate([pair[1].ravel() for pair in expected]).astype(np.float64)
            if np.any(x):
                noise = max(float(np.sum((x - y) ** 2)), 1e-30)
                figures[signature + '/' + name] = 10 * math.log10(max(float(np.sum(x * x)), 1e-30) / noise)
    return figures


def critical_path(path):
    """The most operators that one after another stand between a model's inputs and outputs; a loop's or branch's count too."""
    from ai_edge_litert import schema_py_generated as schema
    with open(path, 'rb') as file:
        model = schema.ModelT.InitFromPackedBuf(file.read(), 0)
    known = {}

    def indices(vector):
        return () if vector is None else map(int, vector)

    def cost(op):
        called = [getattr(op.builtinOptions, field, None) for field in ('condSubgraphIndex', 'bodySubgraphIndex', 'thenSubgraphIndex',
                                                                        'elseSubgraphIndex')]
        return 1 + max((longest(index) for index in called if index is not None), default=0)

    def longest(index):
        if index not in known:
            graph, depth = model.subgraphs[index], {}
            for op in graph.operators:
                after = cost(op) + max((depth.get(k, 0) for k in indices(op.inputs)), default=0)
                depth.update((k, after) for k in indices(op.outputs))
            known[index] = max((depth.get(k, 0) for k in indices(graph.outputs)), default=0)
        return known[index]

    signatures = {s.subgraphIndex for s in model.signatureDefs or []} or {0}
    return max(longest(index) for index in signatures)


def folders(root):
    """The models' folders under a folder, in order."""
    return [os.path.join(root, name) for name in sorted(os.listdir(root)) if os.path.exists(os.path.join(root, name, 'ref.npz'))]


def default_root():
    """The census beside the project, or None."""
    shared = conformance.shared_folder()
    root = os.path.join(shared, 'census', 'models') if shared else None
    return root if root and os.path.isdir(root) else None
