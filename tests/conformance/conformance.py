"""What run_zoo.py and run_keras.py share: run the command, compare its file with TensorFlow's, run both in the interpreter.

The oracle (../shared/oracle/tflite_diff.py, found by shared_folder()) pairs the tensors of two files by walking both from their outputs; this
module decides which differences between paired tensors count.
"""
import collections
import json
import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HERE = os.path.dirname(os.path.abspath(__file__))

# Mode of the command -> name of the reference file, and the command's further options.
MODES = {
    'float': ('float', []),
    'dynamic': ('dynamic_range', []),
    'int8': ('int8', []),
    'int8-only': ('int8_only', ['--input-type', 'int8', '--output-type', 'int8']),
    'float16': ('float16', []),
    'int16x8': ('int16x8', []),
    'int16x8-fallback': ('int16x8_fallback', []),
}
CALIBRATED = ('int8', 'int8-only', 'int16x8', 'int16x8-fallback')

SCALE_TOLERANCE = 1e-4         # relative, of scales
OUTPUT_TOLERANCE = 1e-4        # of float outputs, relative to the largest magnitude of the output
FLOAT_TOLERANCE = 1e-5         # of float constants, relative to the largest magnitude: folding rounds in another order
HALF_TOLERANCE = 1e-3          # of float16 constants, likewise: one unit in the last place is 2^-11
# A bias is round(b / (input scale * weight scale)): a relative change of either scale moves it by as much.
BIAS_TOLERANCE = 2 * SCALE_TOLERANCE
# How near to a half the unrounded zero point must be for two roundings to be a tie: 255 steps times SCALE_TOLERANCE.
TIE_TOLERANCE = 0.0255
# How much less signal to noise (dB) than the reference's file still counts as equal.
SQNR_TOLERANCE = 1.0
# Without a reference file, the least signal to noise (dB) against the float model.
SQNR_FLOOR = {'float': 80, 'dynamic': 12, 'int8': 10, 'int8-only': 10, 'float16': 40, 'int16x8': 15, 'int16x8-fallback': 15}
RUN_SECONDS = 120              # for one run of the interpreter

# what: a key that explained.json may name; text: the details, one line each.
Difference = collections.namedtuple('Difference', 'what text')


def shared_folder():
    """The folder of models and oracles beside the project, or None."""
    folder = os.environ.get('ZEROPOINT_SHARED', os.path.join(ROOT, '..', 'shared'))
    return os.path.realpath(folder) if os.path.isdir(os.path.join(folder, 'oracle')) else None


def load_oracle():
    """(zoo, tflite_diff), or exit with status 0 and the reason why these checks are left out."""
    shared = shared_folder()
    if shared is None:
        print('conformance SKIPPED: no ../shared with models and references (ZEROPOINT_SHARED names another place)')
        sys.exit(0)
    sys.path.insert(0, os.path.join(shared, 'oracle'))
    try:
        import tflite_diff
        import zoo
    except ImportError as missing:
        print('conformance SKIPPED: %s; scripts/venv.sh installs the interpreter' % missing)
        sys.exit(0)
    return zoo, tflite_diff


def convert(zeropoint, model, mode, output, data=None, options=()):
    """Runs the command. Returns {'seconds', 'peak_mb'} and either 'report' or 'error'."""
    report = output + '.json'
    command = [zeropoint, 'convert', model, '-o', output, '--mode', mode, '--report', report, *MODES[mode][1], *options]
    if data and mode in CALIBRATED:
        command += ['--data', data]
    if os.path.exists(output):
        os.remove(output)
    start = time.perf_counter()
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=RUN_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as failure:
        return {'seconds': time.perf_counter() - start, 'error': str(failure), 'command': command}
    result = {'seconds': time.perf_counter() - start, 'command': command}
    if done.returncode != 0:
        result['error'] = 'exit status %d: %s' % (done.returncode, done.stderr.strip()[-2000:])
        return result
    with open(report, encoding='utf-8') as file:
        result['report'] = json.load(file)
    return result


def isolated(function, *arguments):
    """(True, what function returns) or (False, why not); a crash or an endless loop of the interpreter ends only its own process."""
    context = multiprocessing.get_context('fork')
    receiver, sender = context.Pipe(duplex=False)

    def child():
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        sink = os.open(os.devnull, os.O_WRONLY)
        os.dup2(sink, 2)
        try:
            sender.send((True, function(*arguments)))
        except Exception as failure:  # whatever the interpreter says is the verdict
            sender.send((False, '%s: %s' % (type(failure).__name__, str(failure).strip()[:400])))

    process = context.Process(target=child)
    process.start()
    sender.close()
    try:
        answer = receiver.recv() if receiver.poll(RUN_SECONDS) else (False, 'no answer in %d s' % RUN_SECONDS)
    except EOFError:
        process.join()
        code = process.exitcode
        answer = (False, 'crashed with %s' % signal.Signals(-code).name if code and code < 0 else 'exit status %s' % code)
    if process.is_alive() and not answer[0]:
        process.kill()
    process.join()
    return answer


class Samples:
    """A list of {input: array} in the form the oracle's run() reads, which is an .npz file's."""

    def __init__(self, samples):
        self.files = list(samples[0])
        self.columns = {name: [sample[name] for sample in samples] for name in self.files}

    def __getitem__(self, name):
        return self.columns[name]


def quantization(tensor):
    """(scales, zero points, axis) or None."""
    import numpy as np
    q = tensor.quantization
    if q is None or q.scale is None or len(q.scale) == 0:
        return None
    scales = np.atleast_1d(np.asarray(q.scale, np.float64))
    zero_points = np.zeros(1, np.int64) if q.zeroPoint is None else np.atleast_1d(q.zeroPoint)
    return scales, zero_points, q.quantizedDimension if len(scales) > 1 else 0


def is_tie(bounds, scale, zero_points):
    """Whether the unrounded zero point of an int8 tensor lies halfway between the two that two converters chose."""
    if bounds is None:
        return False
    exact = -128.0 - min(bounds[0], 0.0) / scale
    return abs(exact - sum(zero_points) / 2.0) <= TIE_TOLERANCE and abs(zero_points[0] - zero_points[1]) == 1


def compare_constants(kind, quantized, expected, actual):
    """(what, text) when two constants' bytes differ more than they may, else None."""
    import numpy as np
    if expected.shape != actual.shape:
        return 'constants', '%d bytes instead of %d' % (actual.size, expected.size)
    if np.array_equal(expected, actual):
        return None
    types = {'FLOAT32': np.float32, 'FLOAT16': np.float16, 'INT8': np.int8, 'UINT8': np.uint8, 'INT16': np.int16,
             'INT32': np.int32, 'INT64': np.int64}
    if kind not in types:
        return 'constants', 'bytes differ'
    a, b = expected.view(types[kind]).astype(np.float64), actual.view(types[kind]).astype(np.float64)
    off = np.abs(a - b)
    worst = '%d of %d values differ, by at most %.4g (largest %.4g)' % (np.sum(off > 0), off.size, off.max(), np.abs(a).max())
    if kind == 'FLOAT32':
        return None if off.max() <= FLOAT_TOLERANCE * np.abs(a).max() else ('float constants', worst)
    if kind == 'FLOAT16':
        return None if off.max() <= HALF_TOLERANCE * np.abs(a).max() else ('float constants', worst)
    if kind in ('INT32', 'INT64') and quantized:
        return None if np.all(off <= 1 + BIAS_TOLERANCE * np.abs(a)) else ('biases', worst)
    return ('weights' if quantized else 'constants'), worst


def compare_files(oracle, reference, candidate, ranges):
    """([Difference], figures) of two .tflite files; ranges: {tensor name: (min, max)} as calibrated for the candidate."""
    import numpy as np
    a, b = oracle.Model(reference), oracle.Model(candidate)
    found = []
    figures = {'reference_bytes': len(a.raw), 'bytes': len(b.raw), 'weights': 0, 'weights_equal': 0, 'scale_error': 0.0, 'ties': 0}
    for sign, extra in (('only in the reference', a.ops() - b.ops()), ('only in ours', b.ops() - a.ops())):
        found += [Difference('operators', '%s: %s x%d' % (sign, name, count)) for name, count in sorted(extra.items())]
    pairs, stops = oracle.pairs(a, b)
    found += [Difference('operators', 'reference has %s where ours has %s' % stop) for stop in sorted(set(stops))]
    for x, y in pairs:
        tensor, other = a.g.tensors[x], b.g.tensors[y]
        name = other.name.decode(errors='replace')
        kind = a.kind(x)
        if kind != b.kind(y):
            found.append(Difference('types', '%s: %s instead of %s (%s)' % (name, b.kind(y), kind, tensor.name.decode(errors='replace'))))
            continue
        for field in ('shape', 'shapeSignature'):
            values = [[] if getattr(t, field) is None else list(map(int, np.atleast_1d(getattr(t, field)))) for t in (tensor, other)]
            if field == 'shapeSignature':  # absent means: as the shape
                values = [v or list(map(int, np.atleast_1d(t.shape))) if t.shape is not None else v for v, t in zip(values, (tensor, other))]
            if values[0] != values[1]:
                found.append(Difference('shapes', '%s: %s %s instead of %s' % (name, field, values[1], values[0])))
        q, p = quantization(tensor), quantization(other)
        if (q is None) != (p is None):
            found.append(Difference('scales', '%s: %s' % (name, 'has none' if p is None else 'has one, the reference has none')))
        elif q is not None:
            if q[0].shape != p[0].shape or q[2] != p[2]:
                found.append(Difference('scales', '%s: %d on axis %d instead of %d on axis %d' % (name, len(p[0]), p[2], len(q[0]), q[2])))
            else:
                error = float(np.max(np.abs(q[0] - p[0]) / np.maximum(np.abs(q[0]), 1e-30)))
                figures['scale_error'] = max(figures['scale_error'], error)
                if error > SCALE_TOLERANCE:
                    k = int(np.argmax(np.abs(q[0] - p[0]) / np.maximum(np.abs(q[0]), 1e-30)))
                    found.append(Difference('scales', '%s: %.8g instead of %.8g (relative %.2g, entry %d)' % (name, p[0][k], q[0][k], error, k)))
                if not np.array_equal(np.broadcast_to(q[1], q[0].shape), np.broadcast_to(p[1], p[0].shape)):
                    if len(q[0]) == 1 and is_tie(ranges.get(name), p[0][0], (int(q[1][0]), int(p[1][0]))):
                        figures['ties'] += 1
                    else:
                        found.append(Difference('zero points', '%s: %s instead of %s, scale %.8g, range %s' % (
                            name, p[1].tolist()[:4], q[1].tolist()[:4], p[0][0], ranges.get(name))))
        expected, actual = a.const(x), b.const(y)
        if expected is not None and actual is not None:
            difference = compare_constants(kind, q is not None, expected, actual)
            if kind in ('INT8', 'INT4', 'UINT8'):
                figures['weights'] += 1
                figures['weights_equal'] += difference is None
            if difference is not None:
                found.append(Difference(difference[0], '%s: %s' % (name, difference[1])))
        elif (expected is None) != (actual is None) and (a.producer.get(x) is None) == (b.producer.get(y) is None):
            found.append(Difference('constants', '%s: constant only in %s' % (name, 'the reference' if actual is None else 'ours')))
    return found, figures


def relative_error(expected, actual):
    """Largest error of any output of any sample, relative to the largest magnitude of that output over the samples."""
    import numpy as np
    worst = 0.0
    for k in range(len(expected[0])):
        scale = max(float(np.max(np.abs(row[k]))) if row[k].size else 0.0 for row in expected) or 1.0
        for x, y in zip(expected, actual):
            if x[k].shape != y[k].shape or not np.all(np.isfinite(y[k])):
                return float('inf')
            if x[k].size:
                worst = max(worst, float(np.max(np.abs(x[k] - y[k]))) / scale)
    return worst


def table(rows, columns):
    """Rows of strings under their columns' names, aligned."""
    widths = [max(len(str(row[k])) for row in [columns] + rows) for k in range(len(columns))]
    return '\n'.join('  '.join(str(v).ljust(w) for v, w in zip(row, widths)).rstrip() for row in [columns] + rows)


class Explained:
    """The list of differences that are understood, one by one; explained.json says how to write an entry."""

    def __init__(self, path=os.path.join(HERE, 'explained.json')):
        with open(path, encoding='utf-8') as file:
            self.entries = json.load(file)['differences']
        for entry in self.entries:
            missing = {'model', 'modes', 'what', 'why'} - set(entry)
            if missing:
                sys.exit('%s: an entry lacks %s: %s' % (path, ', '.join(sorted(missing)), entry))

    def judge(self, model, mode, differences):
        """(unexplained differences, explained ones, entries for this model and mode that no longer occur)."""
        entries = [e for e in self.entries if e['model'] == model and mode in e['modes']]
        counts = collections.Counter(d.what for d in differences)

        def covers(entry, what):
            return entry['what'] == what and entry.get('count', counts[what]) == counts[what]

        explained = [d for d in differences if any(covers(e, d.what) for e in entries)]
        stale = [e for e in entries if not counts[e['what']] or not covers(e, e['what'])]
        return [d for d in differences if d not in explained], explained, stale
