"""What run_zoo.py and run_keras.py share: run the command, compare its file with TensorFlow's, run both in the interpreter.

The oracle (../shared/oracle/tflite_diff.py, found by shared_folder()) pairs the tensors of two files by walking both from their outputs; this
module decides which differences between paired tensors count.
"""
import argparse
import collections
import concurrent.futures
import faulthandler
import functools
import json
import math
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
# Likewise for a weight of at most 127 steps whose float value differs by a few units in the last place.
WEIGHT_TIE_TOLERANCE = 127 * 1e-6
# How much less signal to noise (dB) than the reference's file still counts as equal.
SQNR_TOLERANCE = 1.0
# Without a reference file, the least signal to noise (dB) against the float model: what the most delicate models of the zoo
# keep (mobilenet_v1_025_224 on photos, face_detection_short's scores). It notices what is broken, not what is imprecise.
SQNR_FLOOR = {'float': 80, 'dynamic': 10, 'int8': 5, 'int8-only': 5, 'float16': 35, 'int16x8': 15, 'int16x8-fallback': 15}
# Samples whose outputs are compared; the interpreter's int16x8 kernels are plain loops, hence few.
OUTPUT_SAMPLES = {'int16x8': 2, 'int16x8-fallback': 2}
DEFAULT_OUTPUT_SAMPLES = 4
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


def isolated(function, *arguments, seconds=RUN_SECONDS):
    """(True, what function returns) or (False, why not); a crash or an endless loop of the interpreter ends only its own process."""
    context = multiprocessing.get_context('fork')
    receiver, sender = context.Pipe(duplex=False)

    def child():
        faulthandler.disable()  # a crash is an answer here, not a failure of the tests
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
        answer = receiver.recv() if receiver.poll(seconds) else (False, 'no answer in %d s' % seconds)
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


def only_ties(expected, actual, quantization, shape, exact):
    """Whether int8 weights differ only where the unrounded weight lies halfway between the two integers.

    exact: the float weights of our float conversion, or None. Batch norms are folded with a reciprocal square root, which
    TensorFlow takes from the processor's approximation: its weights differ from the exact ones in the last bits.
    """
    import numpy as np
    if exact is None or exact.size != actual.size:
        return False
    scales, _, axis = quantization
    spread = [-1 if k == axis else 1 for k in range(len(shape))] if len(scales) > 1 else [1] * len(shape)
    unrounded = (exact.astype(np.float64).reshape(shape) / scales.reshape(spread)).ravel()
    a, b = expected.view(np.int8).astype(np.float64), actual.view(np.int8).astype(np.float64)
    off = a != b
    return bool(np.all(np.abs(a - b)[off] == 1) and np.all(np.abs(unrounded - (a + b) / 2)[off] <= WEIGHT_TIE_TOLERANCE))


def float_constants(oracle, path):
    """{name: elements} of a file's float32 constants."""
    import numpy as np
    model = oracle.Model(path)
    constants = ((t.name.decode(errors='replace'), model.const(k)) for k, t in enumerate(model.g.tensors) if model.kind(k) == 'FLOAT32')
    return {name: data.view(np.float32) for name, data in constants if data is not None}


def compare_files(oracle, reference, candidate, ranges, floats):
    """([Difference], figures) of two .tflite files.

    ranges: {tensor name: (min, max)} as calibrated for the candidate; floats: float_constants() of its float conversion.
    """
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
                if difference[0] == 'weights' and kind == 'INT8' and only_ties(expected, actual, p, other.shape, floats.get(name)):
                    difference = ('weights at ties', difference[1])
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

    def judge(self, model, mode, differences, has_reference=True):
        """(unexplained differences, explained ones, entries for this model and mode that no longer occur)."""
        entries = [e for e in self.entries if e['model'] == model and mode in e['modes'] and
                   (has_reference or not e.get('needs_reference'))]

        def covered(entry):
            those = [d for d in differences if d.what == entry['what'] and entry.get('contains', '') in d.text]
            return those if len(those) == entry.get('count', len(those)) else []

        explained = [d for entry in entries for d in covered(entry)]
        stale = [entry for entry in entries if not covered(entry)]
        return [d for d in differences if d not in explained], explained, stale


def accuracy(oracle, path, samples, labels):
    outputs = oracle.run(path, Samples(samples))
    return sum(int(row[0].argmax()) == int(label) for row, label in zip(outputs, labels)) / len(labels)


class ModelCheck:
    """One model in all wanted modes; runs in a process of its own. A subclass says where model, samples and references are.

    name, path: of the model; data: its calibration samples as an .npz for the command; float_model: a float .tflite to compare
    outputs with; labels: of the samples that samples(0, len(labels)) gives, or None.
    """

    name = path = data = float_model = labels = None

    def __init__(self, options, oracle):
        self.options = options
        self.oracle = oracle
        self.measured = {}  # content of a file -> accuracy

    def reference(self, mode):
        """The path of TensorFlow's file, or None."""
        raise NotImplementedError

    def recorded_sqnr(self, mode):
        """What a reference file that is not here achieved, dB an output, or None."""
        return None

    def check_samples(self, count):
        """That many samples, none that calibrated where there are others."""
        raise NotImplementedError

    def labelled_samples(self):
        raise NotImplementedError

    @functools.cached_property
    def floats(self):
        """The constants of our float conversion."""
        path = os.path.join(self.options.output, self.name, 'float.tflite')
        if 'float' not in self.options.mode:
            convert(self.options.zeropoint, self.path, 'float', path)
        return float_constants(self.oracle, path) if os.path.exists(path) else {}

    def run(self, path, count):
        return isolated(self.oracle.run, path, Samples(self.check_samples(count)))

    def accuracy(self, path):
        """(True, share of the labelled samples that the file gets right) or (False, why not)."""
        with open(path, 'rb') as file:
            content = file.read()
        if content not in self.measured:
            self.measured[content] = isolated(accuracy, self.oracle, path, self.labelled_samples(), self.labels)
        return self.measured[content]

    def check(self, mode):
        """The row of this mode: figures and differences."""
        started = time.perf_counter()
        output = os.path.join(self.options.output, self.name, mode + '.tflite')
        row = {'model': self.name, 'mode': mode}
        done = convert(self.options.zeropoint, self.path, mode, output, self.data)
        row['convert_seconds'] = round(done['seconds'], 3)
        row['command'] = ' '.join(done['command'])
        if 'error' in done:
            found = [Difference('conversion', done['error'])]
        else:
            found = self.compare(mode, output, done['report'], row)
        row['differences'] = [list(d) for d in found]
        row['seconds'] = round(time.perf_counter() - started, 1)
        return row

    def compare(self, mode, output, report, row):
        reference = self.reference(mode)
        found = []
        if reference:
            ranges = {t['name']: (t['min'], t['max']) for t in report['tensors'] if 'min' in t}
            found, figures = compare_files(self.oracle, reference, output, ranges, self.floats)
            row.update(figures)
        else:
            row['bytes'] = os.path.getsize(output)
        found += self.compare_outputs(mode, output, reference, row)
        if self.labels is not None:
            found += self.compare_accuracy(output, reference, row)
        return found

    def compare_outputs(self, mode, output, reference, row):
        count = OUTPUT_SAMPLES.get(mode, DEFAULT_OUTPUT_SAMPLES)
        runs, actual = self.run(output, count)
        if not runs:
            return [Difference('run', actual)]
        runs, exact = self.run(self.float_model, count)
        if not runs:
            return [Difference('run', 'the float model itself: ' + exact)]
        if mode == 'float':
            row['output_error'] = relative_error(exact, actual)
            if row['output_error'] > OUTPUT_TOLERANCE:
                return [Difference('float outputs', 'relative error %.3g' % row['output_error'])]
            return []
        row['sqnr'] = self.oracle.sqnr(exact, actual)
        recorded = self.recorded_sqnr(mode)
        floor = [value - SQNR_TOLERANCE for value in recorded] if recorded else [SQNR_FLOOR[mode]] * len(row['sqnr'])
        if reference:
            runs, theirs = self.run(reference, count)
            if runs:
                row['reference_sqnr'] = self.oracle.sqnr(exact, theirs)
                floor = [value - SQNR_TOLERANCE for value in row['reference_sqnr']]
            else:
                row['reference_error'] = theirs
        return [Difference('outputs', 'output %d: %.1f dB against the float model, expected %.1f' % (k, value, least))
                for k, (value, least) in enumerate(zip(row['sqnr'], floor)) if math.isnan(value) or value < least]

    def compare_accuracy(self, output, reference, row):
        ok, value = self.accuracy(output)
        if not ok:
            return [Difference('accuracy', value)]
        row['accuracy'] = value
        if not reference:
            return []
        ok, expected = self.accuracy(reference)
        if not ok:
            return []
        row['reference_accuracy'] = expected
        return [] if value >= expected else [Difference('accuracy', '%.4f, the reference has %.4f' % (value, expected))]


def decibels(values):
    return '/'.join('%.1f' % v for v in values) if values else '-'


def cells(row, verdict):
    weights = '%d/%d' % (row['weights_equal'], row['weights']) if 'weights' in row else '-'
    quality = '%.1e' % row['output_error'] if 'output_error' in row else decibels(row.get('sqnr'))
    theirs = 'does not run' if 'reference_error' in row else decibels(row.get('reference_sqnr'))
    if len(quality) > 20:  # models with many outputs: the worst tells enough
        quality, theirs = 'min %.1f' % min(row['sqnr']), 'min %.1f' % min(row.get('reference_sqnr') or [math.nan])
    right = '%.1f%%' % (100 * row['accuracy']) if 'accuracy' in row else ''
    if 'reference_accuracy' in row:
        right += ' (%.1f%%)' % (100 * row['reference_accuracy'])
    return [row['model'], row['mode'], verdict, str(row.get('bytes', '-')), str(row.get('reference_bytes', '-')), weights,
            '%.0e' % row['scale_error'] if row.get('scale_error') else '-', quality, theirs, right, '%.2f' % row['convert_seconds']]


def parser(description, models):
    """The options that every run takes."""
    result = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    result.add_argument('--model', action='append', choices=models, help='only this one (may be repeated)')
    result.add_argument('--mode', action='append', choices=list(MODES), help='only this one (may be repeated)')
    result.add_argument('--zeropoint', default=os.path.join(ROOT, 'build/release/bin/zeropoint'), help='the command')
    result.add_argument('--output', default=os.path.join(ROOT, 'build/conformance'), help='folder for what is written')
    result.add_argument('--jobs', type=int, default=os.cpu_count())
    result.add_argument('--verbose', action='store_true', help='every difference in full')
    result.add_argument('--quiet', action='store_true', help='only rows with unexplained differences')
    return result


def run_checks(options, models, check_model):
    """check_model(name, options) -> rows, for every wanted model, in processes; prints the verdicts, returns the exit status."""
    options.zeropoint, options.output = os.path.abspath(options.zeropoint), os.path.abspath(options.output)
    options.model, options.mode = options.model or models, options.mode or list(MODES)
    os.makedirs(options.output, exist_ok=True)
    explained = Explained()
    started = time.perf_counter()
    rows = []
    with concurrent.futures.ProcessPoolExecutor(options.jobs, multiprocessing.get_context('fork')) as pool:
        for answers in pool.map(check_model, options.model, [options] * len(options.model)):
            rows += answers
    failed, lines, shown = 0, [], []
    for row in rows:
        differences = [Difference(*d) for d in row['differences']]
        unexplained, known, stale = explained.judge(row['model'], row['mode'], differences, 'reference_bytes' in row)
        row['unexplained'] = [list(d) for d in unexplained]
        row['stale'] = [e['what'] for e in stale]
        failed += bool(unexplained or stale)
        verdict = 'DIFFERS' if unexplained else 'STALE' if stale else 'explained' if known else 'same' if row.get('reference_bytes') else 'ok'
        if not options.quiet or verdict in ('DIFFERS', 'STALE'):
            shown.append(cells(row, verdict))
        texts = ['%s: %s' % d for d in unexplained] + ['explained.json: %s no longer occurs' % e['what'] for e in stale]
        limit = len(texts) if options.verbose else 3
        lines += ['%s %s: %s' % (row['model'], row['mode'], text) for text in texts[:limit]]
        if len(texts) > limit:
            lines.append('%s %s: ... and %d more (--verbose)' % (row['model'], row['mode'], len(texts) - limit))
    if shown:
        print(table(shown, ['model', 'mode', 'verdict', 'bytes', 'reference', 'weights', 'scale err', 'error/SQNR dB', 'reference',
                            'accuracy', 'seconds']))
    for line in lines:
        print(line)
    with open(os.path.join(options.output, 'results.json'), 'w', encoding='utf-8') as file:
        json.dump(rows, file, indent=1, default=float)
    print('conformance: %d of %d passed in %.0f s' % (len(rows) - failed, len(rows), time.perf_counter() - started))
    return 1 if failed else 0
