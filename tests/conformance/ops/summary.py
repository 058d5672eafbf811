"""What of a .tflite counts when two converters are compared: operators, versions, options, types, scales, constants, in an order
that depends on the graph alone. Equal graphs have equal summaries, whatever the order of their tensors and their names.
"""
import base64
import hashlib
import multiprocessing
import os
import resource
import signal

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType

TYPES = {value: name for name, value in vars(schema.TensorType).items() if not name.startswith('_')}
OPS = {value: name for name, value in vars(schema.BuiltinOperator).items() if not name.startswith('_')}
DEFAULTS = {}
WHOLE_BYTES = 256   # a constant up to this size is kept as it is, a larger one as its hash
RUN_SECONDS = 60


def encode(data):
    data = bytes(data)
    if len(data) <= WHOLE_BYTES:
        return base64.b64encode(data).decode()
    return 'sha1 ' + hashlib.sha1(data).hexdigest()


def number(value):
    """A float32 with the fewest digits that tell it from its neighbours; JSON has no NaN and infinity, so these are words."""
    return float('%.9g' % value) if np.isfinite(value) else str(value)


def options_of(node):
    """{name: value} of the options that are not the schema's defaults."""
    table = node.builtinOptions if node.builtinOptions is not None else getattr(node, 'builtinOptions2', None)
    if table is None:
        return {}
    kind = type(table)
    if kind not in DEFAULTS:
        DEFAULTS[kind] = vars(kind())
    found = {}
    for name, value in vars(table).items():
        if isinstance(value, np.ndarray):
            value = value.tolist()
        elif isinstance(value, float):
            value = number(value)
        elif isinstance(value, bytes):
            value = value.decode()
        if value != DEFAULTS[kind][name] and not (value in ([], '') and DEFAULTS[kind][name] is None):
            found[name] = value
    return found


def vector(value):
    return [] if value is None else np.atleast_1d(value).tolist()


def quantization_of(tensor):
    """[scales, zero points, axis]; zero points as one where they are all the same. None where there is none."""
    q = tensor.quantization
    scales = [] if q is None else vector(q.scale)
    if not scales:
        return None
    zero_points = vector(q.zeroPoint) or [0]
    if len(set(zero_points)) == 1:
        zero_points = zero_points[:1]
    return [[number(s) for s in scales], zero_points, q.quantizedDimension if len(scales) > 1 else 0]


def summarize(content):
    """{'inputs': {name: tensor}, 'outputs': {name: tensor}, 'tensors': [[type, shape, quantization, constant]],
    'ops': [[op, version, options, inputs, outputs]]}; tensors are numbered as the walk from the outputs meets them.
    'graphs', where an op calls some: the same of each; the op's options number them as the walk meets them."""
    model = schema.ModelT.InitFromPackedBuf(content, 0)
    signature = model.signatureDefs[0] if model.signatureDefs else None
    called = []
    main = summarize_graph(model, signature.subgraphIndex if signature else 0, called, signature)
    graphs = []
    while len(graphs) < len(called):
        graphs.append(summarize_graph(model, called[len(graphs)], called))
    return {**main, 'graphs': graphs} if graphs else main


def summarize_graph(model, index, called, signature=None):
    """`called`: indices of the graphs that were met; grows."""
    graph = model.subgraphs[index]
    producers = {int(o): k for k, node in enumerate(graph.operators or []) for o in vector(node.outputs)}
    numbers, tensors, ops, visited = {-1: -1}, [], [], set()

    def number_of(t):
        t = int(t)
        if t not in numbers:
            tensor = graph.tensors[t]
            data = model.buffers[tensor.buffer].data
            constant = None if data is None or len(data) == 0 else encode(data)
            shape = vector(tensor.shapeSignature) or vector(tensor.shape)
            numbers[t] = len(tensors)
            tensors.append([TYPES[tensor.type], shape, quantization_of(tensor), constant])
        return numbers[t]

    def options_in_graph(node):
        options = options_of(node)
        for key in sorted(options):
            if key.endswith('SubgraphIndex'):
                if options[key] not in called:
                    called.append(options[key])
                options[key] = called.index(options[key])
        return options

    def visit(k):
        if k is None or k in visited:
            return
        visited.add(k)
        node = graph.operators[k]
        for operand in vector(node.inputs):
            visit(producers.get(int(operand)))
        code = model.operatorCodes[node.opcodeIndex]
        name = OPS[max(code.builtinCode, code.deprecatedBuiltinCode)]
        ops.append([code.customCode.decode() if name == 'CUSTOM' else name, code.version, options_in_graph(node),
                    [number_of(i) for i in vector(node.inputs)], [number_of(o) for o in vector(node.outputs)]])

    def interface(maps, plain):
        if signature is None:
            return {'%d' % k: int(t) for k, t in enumerate(plain)}
        return {m.name.decode(): int(m.tensorIndex) for m in maps}

    outputs = interface(signature and signature.outputs, vector(graph.outputs))
    for name in sorted(outputs):
        visit(producers.get(outputs[name]))
    for k in range(len(graph.operators or [])):  # what no output needs
        visit(k)
    inputs = interface(signature and signature.inputs, vector(graph.inputs))
    return {'inputs': {name: number_of(t) for name, t in sorted(inputs.items())},
            'outputs': {name: number_of(t) for name, t in sorted(outputs.items())}, 'tensors': tensors, 'ops': ops}


def run(content, sample):
    """{output: [type, shape, data]} of one sample of floats, in signature names; raises what the interpreter raises."""
    interpreter = Interpreter(model_content=content, num_threads=1,
                              experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
    runner = interpreter.get_signature_runner()
    fed = {}
    for name, detail in runner.get_input_details().items():
        value = sample[name]
        if detail['dtype'] != value.dtype and value.dtype == np.float32:
            scale, zero_point = detail['quantization']
            limits = np.iinfo(detail['dtype'])
            value = np.clip(np.round(value / scale) + zero_point, limits.min, limits.max).astype(detail['dtype'])
        fed[name] = value
    results = runner(**fed)
    def content_of(value):
        return b'\n'.join(value.ravel().tolist()) if value.dtype == object else value.tobytes()

    return {name: [value.dtype.name, list(value.shape), base64.b64encode(content_of(value)[:WHOLE_BYTES]).decode()]
            for name, value in sorted(results.items())}


def run_all(jobs):
    """[outputs or the text of the error] for [(content, sample)]; a crash of the interpreter is the answer of that job alone."""
    answers = []
    while len(answers) < len(jobs):
        answers += _run_until_crash(jobs[len(answers):])
    return answers


def _run_until_crash(jobs):
    context = multiprocessing.get_context('fork')
    receiver, sender = context.Pipe(duplex=False)

    def child():
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        for content, sample in jobs:
            try:
                sender.send(run(content, sample))
            except Exception as failure:  # whatever the interpreter says is the answer
                sender.send('%s: %s' % (type(failure).__name__, ' '.join(str(failure).split())[:300]))

    process = context.Process(target=child)
    process.start()
    sender.close()
    answers = []
    try:
        while len(answers) < len(jobs):
            if not receiver.poll(RUN_SECONDS):
                process.kill()
                answers.append('no answer in %d s' % RUN_SECONDS)
                break
            answers.append(receiver.recv())
    except EOFError:
        process.join()
        code = process.exitcode
        answers.append('crashed with ' + signal.Signals(-code).name if code and code < 0 else 'exit status %s' % code)
    process.join()
    return answers
