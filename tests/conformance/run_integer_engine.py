#!/usr/bin/env python3
"""Holds our integer engine (`zeropoint run`) against LiteRT's reference kernels, tensor by tensor, bit by bit.

    run_integer_engine.py [--zoo NAME ...] [--ops PATTERN ...] [--file TFLITE ...] [--verbose]

Without a choice: the quantized files of ../shared/zoo/reference, and the files that our command makes of the cases of ops/ in the
integer modes. A file's verdict is one of

    exact      every tensor that a node computes has the same bits
    float      the same, but for float tensors, whose last bits depend on the processor's vectors and the order of sums
    within 1   integers differ by one step (or as many as listed), at the ops listed in integer_explained.json with the cause
    fails      anything else
    not run    our engine says which op lacks a kernel, or LiteRT does not run the file

LiteRT's reference kernels are asked for (BUILTIN_REF); where they lack an op of the file, its optimized ones are, without XNNPACK.
A node is blamed for a difference only when its operands have the same bits: a hybrid kernel behind a float that differs in
the last one may round to the next integer, and a deep model carries that on. Needs numpy and ai-edge-litert; says so and passes without.
"""
import argparse
import collections
import concurrent.futures
import fnmatch
import glob
import json
import multiprocessing
import os
import re
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(HERE, 'ops')]

EXPLAINED = os.path.join(HERE, 'integer_explained.json')
ZOO_FILES = ('int8', 'int8_only', 'int16x8', 'dynamic_range', 'float16')
VERDICTS = ('exact', 'float', 'within 1', 'not run', 'fails')  # from good to bad
# Of a tensor's largest element: float sums are taken in another order by each processor's vectors.
FLOAT_TOLERANCE = 2e-6
OP_MODES = {'int8': [], 'int8-only': ['--input-type', 'int8', '--output-type', 'int8'],
            'int16x8': ['--input-type', 'int16', '--output-type', 'int16'], 'dynamic': [], 'float16': []}
# Ops whose reference kernel is wrong (SUM takes int8 and int16 for uint8, LOCAL_RESPONSE_NORMALIZATION's window is another): files with one are held against the optimized kernels.
WRONG_REFERENCE = ('SUM', 'LOCAL_RESPONSE_NORMALIZATION')
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


def reference(path, part, samples, nodes, litert):
    """({tensor: array}, which kernels), or (None, the error)."""
    errors = []
    choices = (litert.OpResolverType.BUILTIN_REF, litert.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
    for kernels in choices[1:] if any(op in WRONG_REFERENCE for op, *_ in nodes) else choices:
        try:
            run = litert.Interpreter(model_path=path, experimental_op_resolver_type=kernels, experimental_preserve_all_tensors=True)
            invoke(run, part, samples)
        except (RuntimeError, ValueError) as error:
            errors.append(str(error))
            continue
        tensors = {}
        for detail in run.get_tensor_details(part.graph):
            try:
                tensors[detail['index']] = (detail['name'], run.get_tensor(detail['index'], part.graph))
            except ValueError:  # a tensor without elements: of another graph, or a resource
                continue
        return tensors, kernels.name
    return None, errors[-1]


def nodes_of(model, graph, schema):
    """[(op, operands, results)] of a graph, tensors as indices."""
    names = {value: name for name, value in vars(schema.BuiltinOperator).items() if not name.startswith('_')}
    codes = [names.get(max(code.builtinCode, code.deprecatedBuiltinCode), 'CUSTOM') for code in model.operatorCodes]
    return [(codes[node.opcodeIndex], [int(i) for i in node.inputs if i >= 0], [int(i) for i in node.outputs if i >= 0])
            for node in model.subgraphs[graph].operators]


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
    for op, operands, results in nodes:
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
            if clean and not near(want, got, FLOAT_TOLERANCE, np):
                difference = np.abs(want.astype(np.float64) - got.astype(np.float64))
                blamed.append((op, str(want.dtype), float(np.nanmax(difference)), float(np.mean(difference != 0)), name))
    return blamed, identical


def compare_part(path, zeropoint, part, samples, ours, schema_model):
    import numpy as np
    from ai_edge_litert import interpreter as litert
    from ai_edge_litert import schema_py_generated as schema
    nodes = nodes_of(schema_model, part.graph, schema)
    wanted, kernels = reference(path, part, {name: samples[name] for name in part.inputs}, nodes, litert)
    if wanted is None:
        return Outcome('not run', [], 'LiteRT: ' + kernels[:200])
    blamed, identical = differences(nodes, ours, wanted, part.key + '/' if part.key else '', np)
    if not blamed:
        return Outcome('exact' if identical else 'float', [], kernels)
    within = all(kind != 'float32' and largest <= 1 for _, kind, largest, *_ in blamed)
    return Outcome('within 1' if within else 'fails', blamed, kernels)


def compare(path, zeropoint, sample=()):
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
    outcomes = [compare_part(path, zeropoint, part, samples, ours, schema_model) for part in parts]
    return max(outcomes, key=lambda outcome: VERDICTS.index(outcome.verdict))


def zoo_jobs(names):
    import conformance
    shared = conformance.shared_folder()
    if shared is None:
        print('integer engine on the zoo SKIPPED: no ../shared with models and references (ZEROPOINT_SHARED names another place)')
        return []
    return [('%s/%s' % (os.path.basename(os.path.dirname(path)), os.path.basename(path)), path)
            for path in sorted(glob.glob(os.path.join(shared, 'zoo/reference/*/*.tflite')))
            if os.path.basename(path)[:-len('.tflite')] in ZOO_FILES and any(fnmatch.fnmatch(path.split('/')[-2], n) for n in names)]


def check_case(name, zeropoint, mode):
    import numpy as np
    import suite
    case = next(case for case in suite.cases() if case.name == name)
    with tempfile.TemporaryDirectory() as folder:
        case.write(folder)
        np.savez(os.path.join(folder, 'samples.npz'), **case.calibration())
        path = os.path.join(folder, 'model.tflite')
        data = ['--data', os.path.join(folder, 'samples.npz')] if mode in suite.CALIBRATED else []
        command = [zeropoint, 'convert', folder, '-o', path, '--mode', mode, '-q', '--threads', '1', *data, *OP_MODES[mode]]
        done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=RUN_SECONDS, check=False)
        if done.returncode != 0:
            return None  # the mode does not have the op: nothing to run
        return compare(path, zeropoint, list(case.sample(0).values()))


def answer(pipe, function, arguments):
    pipe.send(function(*arguments))
    pipe.close()


def isolated(function, *arguments):
    """The function's result, computed in a process of its own: LiteRT's kernels may end it. A server without threads forks it: a fork
    of this process could wait for ever for a lock (of an import, say) that another thread held at that moment."""
    context = multiprocessing.get_context('forkserver')
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=answer, args=(theirs, function, arguments))
    process.start()
    theirs.close()
    try:
        if not ours.poll(RUN_SECONDS):
            process.kill()
            return Outcome('fails', [], 'no result in %d s' % RUN_SECONDS)
        return ours.recv()
    except EOFError:
        process.join()
        return Outcome('not run', [], 'LiteRT ended the process (%s)' % process.exitcode)
    finally:
        process.join()


class Explained:
    """What may differ: {"op type": {"cause": ..., "share": the largest share of a tensor's elements, "steps": 1 unless stated}}."""

    def __init__(self):
        with open(EXPLAINED, encoding='utf-8') as file:
            self.entries = json.load(file)
        self.seen = set()

    def covers(self, outcome):
        for op, kind, largest, share, _ in outcome.blamed:
            entry = self.entries.get('%s %s' % (op, kind))
            if entry is None or largest > entry.get('steps', 1) or share > entry['share']:
                return False
            self.seen.add('%s %s' % (op, kind))
        return True


def report(name, outcome, explained, options, verdicts, missing):
    verdict = outcome.verdict
    if verdict in ('within 1', 'fails') and outcome.blamed:
        verdict = 'within 1' if explained.covers(outcome) else 'fails'
    verdicts[verdict] += 1
    if verdict == 'not run':
        found = re.search(r'(?:no (?:integer|float) kernel for|has no integer kernel for) ([A-Za-z0-9_]+).*?(?:op ([A-Z0-9_]+))?[,)]', outcome.text)
        missing[found.group(2) or found.group(1) if found else outcome.text[:100]] += 1
    if verdict in ('fails', 'not run') or options.verbose:
        print('%-9s %s (%s)' % (verdict, name, outcome.text))
        for op, kind, largest, share, tensor in outcome.blamed:
            print('          %s %s: up to %g in %.2f %% of %s' % (op, kind, largest, 100 * share, tensor))
    return verdict


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--zeropoint', default=os.path.join(ROOT, 'build/release/bin/zeropoint'), help='the command')
    parser.add_argument('--zoo', nargs='*', help='these models of the zoo (patterns; none: all)')
    parser.add_argument('--ops', nargs='*', help='these cases of ops/ (patterns; none: all)')
    parser.add_argument('--file', nargs='*', default=[], help='these files')
    parser.add_argument('--modes', nargs='*', choices=list(OP_MODES), default=list(OP_MODES), help='of the cases of ops/')
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
    everything = options.zoo is None and options.ops is None and not options.file
    explained = Explained()
    verdicts, missing = collections.Counter(), collections.Counter()
    multiprocessing.get_context('forkserver').set_forkserver_preload(['numpy', 'ai_edge_litert.interpreter', 'ai_edge_litert.schema_py_generated'])
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        jobs = [(path, pool.submit(isolated, compare, path, zeropoint)) for path in options.file]
        if options.zoo is not None or everything:
            jobs += [(name, pool.submit(isolated, compare, path, zeropoint)) for name, path in zoo_jobs(options.zoo or ['*'])]
        if options.ops is not None or everything:
            import suite
            patterns = options.ops or ['*']
            for case in suite.cases():
                if any(fnmatch.fnmatch(case.name, p) for p in patterns):
                    jobs += [('%s %s' % (case.name, mode), pool.submit(isolated, check_case, case.name, zeropoint, mode)) for mode in options.modes]
        for name, job in jobs:
            outcome = job.result()
            if outcome is not None:
                report(name, outcome, explained, options, verdicts, missing)
    for op, count in missing.most_common():
        print('not run   %4d  %s' % (count, op))
    stale = sorted(set(explained.entries) - explained.seen) if everything else []
    for key in stale:
        print('integer_explained.json: "%s" no longer occurs' % key)
    print('integer engine: %d files: %s; %.0f s' % (sum(verdicts.values()), ', '.join('%d %s' % (verdicts[v], v) for v in (
        'exact', 'float', 'within 1', 'fails', 'not run')), time.perf_counter() - started))
    return 1 if verdicts['fails'] or stale else 0


if __name__ == '__main__':
    sys.exit(main())
