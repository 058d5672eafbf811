#!/usr/bin/env python3
"""Holds our integer engine (`zeropoint run`) against LiteRT's reference kernels, tensor by tensor, bit by bit.

    run_integer_engine.py [--zoo NAME ...] [--ops PATTERN ...] [--folder FOLDER ...] [--file TFLITE ...] [--verbose]

Without a choice: the quantized files of ../shared/zoo/reference, and the files that our command makes of the cases of ops/ in all
modes. A file's verdict is one of

    exact      every tensor that a node computes has the same bits
    float      the same, but for float tensors, whose last bits depend on the processor's vectors and the order of sums
    explained  differs as much as integer_explained.json allows the file, or does not run for the cause given there
    within 1   integers differ by one step, and nobody has said why
    not run    our engine says which op lacks a kernel, or LiteRT does not run the file, and nobody has said why
    fails      anything else

The last three fail the run, and so does an entry of integer_explained.json that no longer occurs.

LiteRT's reference kernels are asked for (BUILTIN_REF); where they lack an op of the file or end the program (SOFTMAX of 512 and more
equal numbers), its optimized ones are, without XNNPACK.
A node is blamed for a difference only when its operands have the same bits: a hybrid kernel behind a float that differs in
the last one may round to the next integer, and a deep model carries that on. Needs numpy and ai-edge-litert; says so and passes without.
"""
import argparse
import collections
import concurrent.futures
import fnmatch
import functools
import glob
import json
import multiprocessing
import os
import queue
import re
import resource
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(HERE, 'ops')]

EXPLAINED = os.path.join(HERE, 'integer_explained.json')
FLOAT_FILES = ('float.tflite', 'float_model.tflite')
ZOO_FILES = ('int8', 'int8_only', 'int16x8', 'dynamic_range', 'float16')
VERDICTS = ('exact', 'float', 'explained', 'within 1', 'not run', 'fails')  # from good to bad
PASSING = VERDICTS[:3]
# Of a tensor's largest element, for each node: float sums are taken in another order by each processor's vectors.
FLOAT_TOLERANCE = 2e-6
# Of the cases of ops/; the types of inputs and outputs are the suite's, but for int16x8, which else computes in floats at both ends.
OP_MODES = ('dynamic', 'float16', 'int8', 'int8-only', 'int16x8', 'int16x8-fallback')
# Ops whose reference kernel is wrong (SUM takes int8 and int16 for uint8, LOCAL_RESPONSE_NORMALIZATION's window is another): files with one are held against the optimized kernels.
WRONG_REFERENCE = ('SUM', 'LOCAL_RESPONSE_NORMALIZATION')
OPTIMIZED = 'optimized'  # how many were held against LiteRT's optimized kernels
RUN_SECONDS = 300
SEED = 20261123

# verdict; blamed: [(op, type, largest difference, share of elements, tensor)]; text: why it did not run
Outcome = collections.namedtuple('Outcome', 'verdict blamed text')


# What runs by itself: a signature (without its key where there is only one) or, without signatures, the first graph.
# key; graph; inputs: {name in our samples: details of the tensor, as the interpreter tells them}
Part = collections.namedtuple('Part', 'key graph inputs')


def parts_of(model, schema_model):
    """The Parts of an open interpreter's model."""
    signatures = [s for s in schema_model.signatureDefs or [] if s.inputs]
    if len(signatures) < 2:
        return [Part('', 0, {detail['name']: detail for detail in model.get_input_details()})]
    parts = []
    for signature in signatures:
        key, graph = signature.signatureKey.decode(), int(signature.subgraphIndex)
        details = model.get_signature_runner(key).get_input_details()
        parts.append(Part(key, graph, {'%s/%s' % (key, name): detail for name, detail in details.items()}))
    return parts


def samples_for(part, np, sample=()):
    """{input: array of one sample, with a leading axis}. What `sample` (arrays in the order of the inputs, real numbers where the
    inputs are quantized) does not have is random over the whole range of the type."""
    random = np.random.default_rng(SEED)
    samples = {}
    for i, (name, detail) in enumerate(part.inputs.items()):
        shape = [max(1, int(d)) for d in detail['shape']]
        if i < len(sample) and sample[i].ndim == len(shape):
            samples[name] = quantized(sample[i], detail, np)[None]
            continue
        dtype = np.dtype(detail['dtype'])
        if dtype.kind == 'f':
            array = random.normal(0, 1, shape)
        elif dtype.kind == 'b':
            array = random.integers(0, 2, shape)
        elif dtype.itemsize <= 2:
            limits = np.iinfo(dtype)
            array = random.integers(limits.min, limits.max + 1, shape)
        else:
            array = random.integers(0, 2, shape)  # indices and conditions
        samples[name] = array.astype(dtype)[None]
    return samples


def quantized(array, detail, np):
    """The sample in the input's type."""
    dtype, (scale, zero_point) = np.dtype(detail['dtype']), detail['quantization']
    if dtype.kind not in 'iu' or dtype.itemsize > 2 or scale == 0 or array.dtype.kind != 'f':
        return array.astype(dtype)
    limits = np.iinfo(dtype)
    return np.clip(np.round(array / scale) + zero_point, limits.min, limits.max).astype(dtype)


def invoke(run, part, samples):
    """Runs a part; the tensors are left in the interpreter."""
    if part.key:
        run.get_signature_runner(part.key)(**{name.split('/', 1)[1]: array[0] for name, array in samples.items()})
        return
    for name, detail in part.inputs.items():
        run.resize_tensor_input(detail['index'], samples[name][0].shape)
    run.allocate_tensors()
    for name, detail in part.inputs.items():
        run.set_tensor(detail['index'], samples[name][0])
    run.invoke()


def reference(path, part, samples, nodes, handles, ask_reference, litert):
    """({tensor: array}, which kernels), or (None, the error). `handles`: tensors without elements to look at."""
    errors = []
    choices = (litert.OpResolverType.BUILTIN_REF, litert.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
    if not ask_reference or any(op in WRONG_REFERENCE for op, *_ in nodes):
        choices = choices[1:]
    for kernels in choices:
        try:
            run = litert.Interpreter(model_path=path, experimental_op_resolver_type=kernels, experimental_preserve_all_tensors=True)
            invoke(run, part, samples)
        except (RuntimeError, ValueError) as error:
            errors.append(str(error))
            continue
        tensors = {}
        for detail in run.get_tensor_details(part.graph):
            if detail['index'] in handles:
                continue  # LiteRT would read the handle as text, and crash
            try:
                tensors[detail['index']] = (detail['name'], run.get_tensor(detail['index'], part.graph))
            except ValueError:  # a tensor without elements: of another graph, or a resource
                continue
        return tensors, kernels.name
    return None, errors[-1]


def size_of(model, node):
    """How many nodes a node stands for: those of the graphs that it calls."""
    called = [value for name, value in vars(node.builtinOptions).items() if name.endswith('SubgraphIndex')] if node.builtinOptions else []
    return max([1] + [len(model.subgraphs[graph].operators or []) for graph in called])


def nodes_of(model, graph, schema):
    """[(op, operands, results, how many nodes it stands for)] of a graph, tensors as indices."""
    names = {value: name for name, value in vars(schema.BuiltinOperator).items() if not name.startswith('_')}
    codes = [names.get(max(code.builtinCode, code.deprecatedBuiltinCode), 'CUSTOM') for code in model.operatorCodes]
    return [(codes[node.opcodeIndex], [int(i) for i in node.inputs if i >= 0], [int(i) for i in node.outputs if i >= 0],
             size_of(model, node)) for node in model.subgraphs[graph].operators]


def run_ours(zeropoint, path, samples, np):
    """({name: array}, None), or (None, the error)."""
    with tempfile.TemporaryDirectory() as folder:
        data, out = os.path.join(folder, 'in.npz'), os.path.join(folder, 'out.npz')
        np.savez(data, **samples)
        done = subprocess.run([zeropoint, 'run', path, '--data', data, '-o', out, '--tensors'], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=RUN_SECONDS, check=False)
        if done.returncode != 0:
            return None, ' '.join(done.stderr.split()).replace('zeropoint: error: ', '')
        with np.load(out) as file:
            return {name: file[name][0] for name in file.files}, None


def near(want, got, tolerance, np):
    """Whether floats are near each other, measured by the tensor's largest element."""
    if want.dtype.kind != 'f' or want.size == 0:
        return False
    scale = float(np.max(np.abs(want), initial=0, where=np.isfinite(want)))
    return np.allclose(got, want, rtol=tolerance, atol=tolerance * max(scale, 1e-30), equal_nan=True)


def differences(nodes, ours, wanted, prefix, np):
    """(the nodes to blame, whether all bits are the same)."""
    blamed, dirty, seen, identical = [], set(), collections.Counter(), True
    for op, operands, results, size in nodes:
        for index in results:
            if index not in wanted:
                continue
            name, want = wanted[index]
            key = prefix + ('%s#%d' % (name, seen[name]) if seen[name] else name)  # as the command tells tensors of one name apart
            seen[name] += 1
            if key not in ours:
                continue
            got = ours[key]
            if want.shape != got.shape or want.dtype != got.dtype:
                blamed.append((op, str(want.dtype), float('inf'), 1.0, '%s: %s%s, not %s%s' % (
                    name, got.dtype, list(got.shape), want.dtype, list(want.shape))))
                dirty.add(index)
                continue
            if want.tobytes() == got.tobytes():
                continue
            identical = False
            clean = not any(i in dirty for i in operands)
            dirty.add(index)
            if clean and not near(want, got, size * FLOAT_TOLERANCE, np):
                difference = np.abs(want.astype(np.float64) - got.astype(np.float64))
                blamed.append((op, str(want.dtype), float(np.nanmax(difference)), float(np.mean(difference != 0)), name))
    return blamed, identical


def compare_part(path, ask_reference, part, samples, ours, schema_model):
    import numpy as np
    from ai_edge_litert import interpreter as litert
    from ai_edge_litert import schema_py_generated as schema
    nodes = nodes_of(schema_model, part.graph, schema)
    kinds = (schema.TensorType.RESOURCE, schema.TensorType.VARIANT)
    handles = {i for i, tensor in enumerate(schema_model.subgraphs[part.graph].tensors) if tensor.type in kinds}
    wanted, kernels = reference(path, part, {name: samples[name] for name in part.inputs}, nodes, handles, ask_reference, litert)
    if wanted is None:
        return Outcome('not run', [], 'LiteRT: ' + kernels[:200])
    blamed, identical = differences(nodes, ours, wanted, part.key + '/' if part.key else '', np)
    if not blamed:
        return Outcome('exact' if identical else 'float', [], kernels)
    within = all(kind != 'float32' and largest <= 1 for _, kind, largest, *_ in blamed)
    return Outcome('within 1' if within else 'fails', blamed, kernels)


def compare(path, zeropoint, ask_reference, sample=()):
    """The Outcome of one file: that of its worst part."""
    import numpy as np
    from ai_edge_litert import interpreter as litert
    from ai_edge_litert import schema_py_generated as schema
    with open(path, 'rb') as file:
        schema_model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(file.read(), 0))
    try:
        model = litert.Interpreter(model_path=path, experimental_op_resolver_type=litert.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
        parts = parts_of(model, schema_model)
    except (RuntimeError, ValueError) as error:
        return Outcome('not run', [], 'LiteRT: ' + str(error)[:200])
    samples = {}
    for part in parts:
        samples.update(samples_for(part, np, sample))
    ours, error = run_ours(zeropoint, path, samples, np)
    if ours is None:
        return Outcome('not run', [], error)
    outcomes = [compare_part(path, ask_reference, part, samples, ours, schema_model) for part in parts]
    return max(outcomes, key=lambda outcome: VERDICTS.index(outcome.verdict))


def zoo_files(names):
    """[(name, path)] of the quantized files that TensorFlow made of the zoo's models."""
    import conformance
    shared = conformance.shared_folder()
    if shared is None:
        print('integer engine on the zoo SKIPPED: no ../shared with models and references (ZEROPOINT_SHARED names another place)')
        return []
    return [('tensorflow/%s/%s' % (os.path.basename(os.path.dirname(path)), os.path.basename(path)), path)
            for path in sorted(glob.glob(os.path.join(shared, 'zoo/reference/*/*.tflite')))
            if os.path.basename(path)[:-len('.tflite')] in ZOO_FILES and any(fnmatch.fnmatch(path.split('/')[-2], n) for n in names)]


def files_below(folder):
    """[(name, path)] of the .tflite files in the folder's folders, but those that are not quantized."""
    paths = sorted(glob.glob(os.path.join(folder, '*', '*.tflite')))
    return [(os.path.relpath(path, folder), path) for path in paths if os.path.basename(path) not in FLOAT_FILES]


def check_file(name, path, zeropoint):
    """Yields (name, function that gives the Outcome when told whether LiteRT's reference kernels are to be asked)."""
    yield name, lambda ask_reference: compare(path, zeropoint, ask_reference)


def check_case(case_name, modes, zeropoint):
    """Yields (name, function as above) for each mode of a case; a mode that the op does not have gives None, and equal
    files are run once."""
    import numpy as np
    import suite
    case = next(case for case in suite.cases() if case.name == case_name)
    outcomes = {}
    with tempfile.TemporaryDirectory() as folder:
        case.write(folder)
        np.savez(os.path.join(folder, 'samples.npz'), **case.calibration())
        path = os.path.join(folder, 'model.tflite')

        def outcome(mode, ask_reference):
            data = ['--data', os.path.join(folder, 'samples.npz')] if mode in suite.CALIBRATED else []
            io = 'int16' if mode == 'int16x8' else suite.io_type(case, mode)
            command = [zeropoint, 'convert', case.source(folder), '-o', path, '--mode', mode, '-q', '--threads', '1', *data,
                       '--input-type', io, '--output-type', io]
            command += ['--per-tensor'] * case.options.get('per_tensor', False) + ['--per-tensor-dense'] * case.options.get('per_tensor_dense', False)
            done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=RUN_SECONDS, check=False)
            if done.returncode != 0:
                return None  # the mode does not have the op: nothing to run
            with open(path, 'rb') as file:
                content = file.read()
            if content not in outcomes:
                outcomes[content] = compare(path, zeropoint, ask_reference, list(case.sample(0).values()))
            return outcomes[content]

        for mode in modes:
            yield '%s %s' % (case_name, mode), functools.partial(outcome, mode)


def work(pipe):
    """A worker: takes (function, arguments, names that are done, names that reference kernels do not run) and tells each name before it
    begins it, then its Outcome."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while (job := pipe.recv()) is not None:
        function, arguments, done, without_reference = job
        for name, outcome in function(*arguments):
            if name not in done:
                pipe.send(name)
                pipe.send(outcome(name not in without_reference))
        pipe.send(None)


class Worker:
    """A process that runs one job after the other, and is started anew when LiteRT's kernels end it. A server without threads forks it:
    a fork of this process could wait for ever for a lock (of an import, say) that another thread held at that moment."""

    def __init__(self):
        self.process = self.pipe = None

    def run(self, function, *arguments):
        """[(name, Outcome or None)]. What ends the process is tried again without reference kernels."""
        done, without_reference = {}, []
        while not self.attempt(function, arguments, done, without_reference):
            self.process.kill()
            self.process.join()
            self.process = None
        return list(done.items())

    def attempt(self, function, arguments, done, without_reference):
        """Adds to `done`; whether that was all. Otherwise the process is of no use any more."""
        if self.process is None:
            context = multiprocessing.get_context('forkserver')
            self.pipe, theirs = context.Pipe()
            self.process = context.Process(target=work, args=(theirs,))
            self.process.start()
            theirs.close()
        name = None
        try:
            self.pipe.send((function, arguments, list(done), without_reference))
            while (name := self.receive()) is not None:
                done[name] = self.receive()
            return True
        except TimeoutError:
            outcome = Outcome('fails', [], 'no result in %d s' % RUN_SECONDS)
        except EOFError:
            self.process.join()
            outcome = Outcome('not run', [], 'LiteRT ended the process (%s)' % self.process.exitcode)
        if name is None:  # before the first file or after the last one
            raise RuntimeError('%s%s: %s' % (function.__name__, arguments, outcome.text))
        if outcome.verdict == 'not run' and name not in without_reference:
            without_reference.append(name)
        else:
            done[name] = outcome
        return False

    def receive(self):
        if not self.pipe.poll(RUN_SECONDS):
            raise TimeoutError
        return self.pipe.recv()

    def stop(self):
        if self.process is not None:
            self.pipe.send(None)
            self.process.join()


class Workers:
    """As many as there are threads; each thread takes the one that is free."""

    def __init__(self, count):
        self.free = queue.SimpleQueue()
        self.all = [Worker() for _ in range(count)]
        for worker in self.all:
            self.free.put(worker)

    def run(self, function, *arguments):
        worker = self.free.get()
        try:
            return worker.run(function, *arguments)
        finally:
            self.free.put(worker)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for worker in self.all:
            worker.stop()


class Explained:
    """integer_explained.json: "differences", each {"files": pattern of names, "op": "OP type", "share": the largest share of a tensor's
    elements, "steps": the largest difference, "cause"}, and "not run", each {"files", "says": what the error has to contain,
    "cause"}."""

    def __init__(self):
        with open(EXPLAINED, encoding='utf-8') as file:
            entries = json.load(file)
        self.differences, self.not_run = entries['differences'], entries['not run']
        self.seen = []

    def covers(self, name, outcome):
        if outcome.verdict == 'not run':
            causes = [[e for e in self.not_run if e['says'] in outcome.text and fnmatch.fnmatch(name, e['files'])]]
        else:
            causes = [[e for e in self.differences if e['op'] == '%s %s' % (op, kind) and fnmatch.fnmatch(name, e['files'])
                       and largest <= e['steps'] and share <= e['share']] for op, kind, largest, share, _ in outcome.blamed]
        self.seen += [entry for found in causes for entry in found[:1]]
        return len(causes) > 0 and all(causes)

    def stale(self, names):
        """Entries of files that were run, and did not differ as they say."""
        return [e for e in self.differences + self.not_run if e not in self.seen and fnmatch.filter(names, e['files'])]


def missing_kernel(text):
    """The op that the error names, or its beginning."""
    found = re.search(r'(?:no (?:integer|float) kernel for|has no integer kernel for) ([A-Za-z0-9_]+).*?(?:op ([A-Z0-9_]+))?[,)]', text)
    return (found.group(2) or found.group(1)) if found else text[:100]


def report(name, outcome, explained, options):
    """The verdict."""
    bad = outcome.verdict not in PASSING
    verdict = 'explained' if bad and explained.covers(name, outcome) else outcome.verdict
    if verdict not in PASSING or options.verbose:
        print('%-9s %s (%s)' % (verdict, name, outcome.text))
        for op, kind, largest, share, tensor in outcome.blamed:
            print('          %s %s: up to %g in %.2f %% of %s' % (op, kind, largest, 100 * share, tensor))
    return verdict


def table(counts):
    """counts: {group: Counter of verdicts and kernels}."""
    columns = [c for c in (*VERDICTS, OPTIMIZED) if any(count[c] for count in counts.values())]
    print('%-18s %s' % ('', ' '.join('%10s' % c for c in columns)))
    for group, count in counts.items():
        print('%-18s %s' % (group, ' '.join('%10d' % count[c] for c in columns)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--zeropoint', default=os.path.join(ROOT, 'build/release/bin/zeropoint'), help='the command')
    parser.add_argument('--zoo', nargs='*', help='these models of the zoo (patterns; none: all)')
    parser.add_argument('--ops', nargs='*', help='these cases of ops/ (patterns; none: all)')
    parser.add_argument('--folder', nargs='*', default=[], help='the .tflite files that run_zoo.py wrote there, but float ones')
    parser.add_argument('--file', nargs='*', default=[], help='these files')
    parser.add_argument('--modes', nargs='*', choices=OP_MODES, default=OP_MODES, help='of the cases of ops/')
    parser.add_argument('--jobs', type=int, default=os.cpu_count())
    parser.add_argument('--verbose', action='store_true', help='every file')
    options = parser.parse_args()
    try:
        from ai_edge_litert import interpreter  # noqa: F401: whether it can be had
    except ImportError as missing_package:
        print('integer engine SKIPPED: %s; scripts/venv.sh installs the interpreter' % missing_package)
        return 0
    started = time.perf_counter()
    zeropoint = os.path.abspath(options.zeropoint)
    everything = options.zoo is None and options.ops is None and not options.file and not options.folder
    explained = Explained()
    counts, missing, names = {}, collections.Counter(), []
    with Workers(options.jobs) as workers, concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        def files(group, named):
            return [(group, pool.submit(workers.run, check_file, name, path, zeropoint)) for name, path in named]

        jobs = files('files', [(path, path) for path in options.file])
        for folder in options.folder:
            jobs += files('folder', files_below(folder))
        if options.zoo is not None or everything:
            jobs += files('zoo', zoo_files(options.zoo or ['*']))
        if options.ops is not None or everything:
            import suite
            patterns = options.ops or ['*']
            jobs += [('', pool.submit(workers.run, check_case, case.name, options.modes, zeropoint)) for case in suite.cases()
                     if any(fnmatch.fnmatch(case.name, p) for p in patterns)]
        for group, job in jobs:
            for name, outcome in job.result():
                if outcome is not None:
                    names.append(name)
                    count = counts.setdefault(group or 'ops ' + name.split(' ')[-1], collections.Counter())
                    verdict = report(name, outcome, explained, options)
                    count.update([verdict] + [OPTIMIZED] * (outcome.text == 'BUILTIN_WITHOUT_DEFAULT_DELEGATES'))
                    missing.update([missing_kernel(outcome.text)] * (verdict == 'not run'))
    for op, count in missing.most_common():
        print('not run   %4d  %s' % (count, op))
    stale = explained.stale(names)
    for entry in stale:
        print('integer_explained.json: %s no longer occurs' % json.dumps(entry))
    table(counts)
    total = sum(counts.values(), collections.Counter())
    print('integer engine: %d files: %s; %.0f s' % (sum(total[v] for v in VERDICTS), ', '.join(
        '%d %s' % (total[v], v) for v in VERDICTS), time.perf_counter() - started))
    return 1 if stale or any(total[v] for v in VERDICTS if v not in PASSING) else 0


if __name__ == '__main__':
    sys.exit(main())
