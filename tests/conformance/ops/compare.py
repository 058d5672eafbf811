"""Which differences between TensorFlow's file and ours count, and which of them are explained."""
import base64
import collections
import fnmatch
import json
import re

import numpy as np

# what: a key that explained.json may name; text: the details.
Difference = collections.namedtuple('Difference', 'what text')

SCALE_TOLERANCE = 1e-6     # relative: the formula is exact, but float kernels that sum in another order move a range by some ulps
FLOAT_TOLERANCE = 1e-6     # of float constants, relative to the largest: constant folding rounds in another order
OUTPUT_TOLERANCE = 1e-5    # of float outputs, relative to the largest, beside one step of the output's scale
WEIGHT_ONLY_TOLERANCE = 0.02  # of float outputs where weights alone have 8 bits: 2 of the 127 steps of the largest, and some room
OUTPUT_STEPS = 1           # of integer outputs
NUMPY = {'FLOAT32': np.float32, 'FLOAT16': np.float16, 'INT8': np.int8, 'UINT8': np.uint8, 'INT16': np.int16, 'INT32': np.int32,
         'INT64': np.int64, 'BOOL': np.bool_}
# The ops between float and integers.
BRIDGES = ('QUANTIZE', 'DEQUANTIZE')


def decode(constant, kind):
    return np.frombuffer(base64.b64decode(constant), NUMPY[kind]).astype(np.float64)


def compare_rows(expected, actual):
    """[Difference] between a golden row and ours: {'file', 'run'} or {'error', 'refused': ops}."""
    if 'float' in expected:
        return compare_with_float(expected['float'], actual)
    if 'error' in expected and 'error' in actual:
        theirs = set(re.findall(r"not yet supported for op: '(\w+)'", expected['error']))
        if theirs == set(actual['refused']):
            return []
        return [Difference('refused', 'for %s, TensorFlow: %s' % (actual['refused'] or actual['error'], expected['error']))]
    if 'error' in expected:
        found = [Difference('conversion', "TensorFlow's fails: " + expected['error'])]
        return found + ([Difference('run', actual['run'])] if isinstance(actual['run'], str) else [])
    if 'error' in actual:
        islands = float_ops(expected['file'])
        if actual['refused'] and set(actual['refused']) == islands:
            return [Difference('strict', 'ours refuses what TensorFlow leaves float: ' + ' '.join(sorted(islands)))]
        return [Difference('refused', actual['error'])]
    return compare_files(expected['file'], actual['file']) + compare_runs(expected, actual)


def compare_with_float(exact, actual):
    """For modes that TensorFlow's Python has no way to from a .tflite: the file runs and computes nearly what the float model does."""
    if 'error' in actual:
        return [Difference('refused', actual['error'])]
    if isinstance(actual['run'], str):
        return [Difference('run', actual['run'] + (" (so does the float model)" if exact == actual['run'] else ''))]
    if isinstance(exact, str):
        return []
    found = []
    for name, (kind, shape, data) in exact.items():
        if name not in actual['run'] or actual['run'][name][:2] != [kind, shape]:
            found.append(Difference('outputs', '%s: %s instead of %s' % (name, actual['run'].get(name, ['none'])[:2], [kind, shape])))
        elif kind.startswith('float'):
            x, y = (np.frombuffer(base64.b64decode(d), kind).astype(np.float64) for d in (data, actual['run'][name][2]))
            if x.size and not np.max(np.abs(x - y)) <= WEIGHT_ONLY_TOLERANCE * np.max(np.abs(x)):
                found.append(Difference('outputs', '%s: %s instead of %s' % (name, y[:4].tolist(), x[:4].tolist())))
        elif data != actual['run'][name][2]:
            found.append(Difference('outputs', '%s: other %s' % (name, kind)))
    return found


def float_ops(file):
    """Names of the ops that compute with floats beside integer ones or in their place."""
    kinds = [t[0] for t in file['tensors']]
    return {name for name, _, _, inputs, outputs in file['ops'] if name not in BRIDGES and
            any(t >= 0 and kinds[t] == 'FLOAT32' for t in inputs + outputs)}


def compare_files(a, b):
    if a == b:
        return []
    found = []
    counts = [collections.Counter(op[0] for op in file['ops']) for file in (a, b)]
    for sign, extra in (('-', counts[0] - counts[1]), ('+', counts[1] - counts[0])):
        found += [Difference('operators', '%s%s x%d' % (sign, name, n)) for name, n in sorted(extra.items())]
    versions = [{op[0]: op[1] for op in file['ops']} for file in (a, b)]
    found += [Difference('versions', '%s v%d instead of v%d' % (name, versions[1][name], version))
              for name, version in sorted(versions[0].items()) if versions[1].get(name, version) != version]
    if sorted(a['inputs']) != sorted(b['inputs']) or sorted(a['outputs']) != sorted(b['outputs']):
        return found + [Difference('signature', '%s -> %s instead of %s -> %s' % tuple(
            ' '.join(file[key]) for file in (b, a) for key in ('inputs', 'outputs')))]
    producers = [{o: op for op in file['ops'] for o in op[4]} for file in (a, b)]
    readers = [{i for op in file['ops'] for i in op[3]} | set(file['outputs'].values()) for file in (a, b)]
    todo = [(t, b[key][name]) for key in ('inputs', 'outputs') for name, t in a[key].items()]
    seen, partners = set(), ({}, {})
    while todo:
        x, y = todo.pop()
        if (x, y) in seen:
            continue
        seen.add((x, y))
        if x < 0 or y < 0:
            found += [Difference('operands', 'operand only in %s' % ("TensorFlow's" if y < 0 else 'ours'))] * (x != y)
            continue
        # Two tensors in the place of one; constants may be stored once or twice.
        if a['tensors'][x][3] is None and (partners[0].setdefault(x, y) != y or partners[1].setdefault(y, x) != x):
            found.append(Difference('graph', '%s: shared in one file only' % where(producers[1], y)))
        found += compare_tensors(a['tensors'][x], b['tensors'][y], where(producers[1], y))
        p, q = producers[0].get(x), producers[1].get(y)
        if p is None and q is None:
            continue
        if p is None or q is None or p[0] != q[0] or len(p[3]) != len(q[3]) or len(p[4]) != len(q[4]):
            found.append(Difference('operators', '%s instead of %s' % (q[0] if q else 'no op', p[0] if p else 'no op')))
            continue
        if p[2] != q[2]:
            found.append(Difference('options', '%s %s instead of %s' % (p[0], q[2], p[2])))
        todo += list(zip(p[3], q[3]))
        todo += [(i, j) for i, j in zip(p[4], q[4]) if i in readers[0] or j in readers[1]]
    graphs = [file.get('graphs', []) for file in (a, b)]
    if len(graphs[0]) != len(graphs[1]):
        found.append(Difference('graph', '%d called graphs instead of %d' % (len(graphs[1]), len(graphs[0]))))
    for theirs, ours in zip(*graphs):
        found += compare_files(theirs, ours)
    return list(dict.fromkeys(found))


def where(producers, tensor):
    op = producers.get(tensor)
    return 'result of %s' % op[0] if op else 'constant or input'


def compare_tensors(a, b, place):
    """Each: [type, shape, quantization, constant]."""
    if a == b:
        return []
    if a[0] != b[0]:
        return [Difference('types', '%s: %s instead of %s' % (place, b[0], a[0]))]
    found = []
    if a[1] != b[1]:
        found.append(Difference('shapes', '%s: %s instead of %s' % (place, b[1], a[1])))
    if (a[2] is None) != (b[2] is None) or (a[2] and (len(a[2][0]) != len(b[2][0]) or a[2][2] != b[2][2])):
        found.append(Difference('scales', '%s: %s instead of %s' % (place, b[2], a[2])))
    elif a[2] is not None:
        s, t = np.array(a[2][0], float), np.array(b[2][0], float)
        if np.any(np.abs(s - t) > SCALE_TOLERANCE * np.abs(s)):
            found.append(Difference('scales', '%s: %s instead of %s' % (place, b[2][0][:4], a[2][0][:4])))
        if a[2][1] != b[2][1]:
            found.append(Difference('zero points', '%s: %s instead of %s' % (place, b[2][1][:4], a[2][1][:4])))
    if a[3] != b[3]:
        found += compare_constants(a, b, place)
    return found


def compare_constants(a, b, place):
    if (a[3] is None) != (b[3] is None):
        return [Difference('constants', '%s: constant only in %s' % (place, 'ours' if a[3] is None else "TensorFlow's"))]
    if a[3].startswith('sha1') or b[3].startswith('sha1') or a[0] not in NUMPY or a[1] != b[1]:
        return [Difference('constants', '%s %s: contents differ' % (place, a[0]))]
    x, y = decode(a[3], a[0]), decode(b[3], b[0])
    off = float(np.max(np.abs(x - y)))
    if a[0] == 'FLOAT32' and off <= FLOAT_TOLERANCE * np.max(np.abs(x)):
        return []
    # A bias is round(b / scale): a scale that is off by an ulp may move it to the next integer.
    if a[0] in ('INT32', 'INT64') and a[2] is not None and a[2] != b[2] and np.all(np.abs(x - y) <= 1 + 2 * SCALE_TOLERANCE * np.abs(x)):
        return []
    return [Difference('constants', '%s: %s %s instead of %s' % (place, a[0], y[:4].tolist(), x[:4].tolist()))]


def compare_runs(expected, actual):
    theirs, ours = expected['run'], actual['run']
    if isinstance(ours, str):
        return [Difference('run', ours + (' (so does TensorFlow\'s)' if theirs == ours else ''))]
    if isinstance(theirs, str):
        return []
    found = []
    for name, (kind, shape, data) in theirs.items():
        if name not in ours or ours[name][:2] != [kind, shape]:
            found.append(Difference('outputs', '%s: %s instead of %s' % (name, ours.get(name, ['none'])[:2], [kind, shape])))
            continue
        if kind == 'object':
            found += [Difference('outputs', '%s: other strings' % name)] * (data != ours[name][2])
            continue
        x, y = (np.frombuffer(base64.b64decode(d), kind).astype(np.float64) for d in (data, ours[name][2]))
        if x.size == 0:
            continue
        allowed = OUTPUT_STEPS if kind in ('int8', 'uint8', 'int16') else 0
        if kind.startswith('float'):
            allowed = OUTPUT_TOLERANCE * np.max(np.abs(x[np.isfinite(x)]), initial=0) + step_of(expected['file'], name)
        with np.errstate(invalid='ignore'):
            off = np.where(x == y, 0, np.abs(x - y))
        off = np.where(np.isnan(x) & np.isnan(y), 0, off)
        if not np.all(off <= allowed):
            found.append(Difference('outputs', '%s: %s instead of %s' % (name, y[:4].tolist(), x[:4].tolist())))
    return found


def step_of(file, output):
    """The scale of what a DEQUANTIZE makes this output of; 0 where it is none."""
    for name, _, _, inputs, outputs in file['ops']:
        if name == 'DEQUANTIZE' and file['outputs'][output] in outputs and file['tensors'][inputs[0]][2]:
            return file['tensors'][inputs[0]][2][0][0]
    return 0.0


class Explained:
    """The list of differences that are understood. An entry: cases (names, or patterns all of whose cases are meant), modes, what
    (the kinds of difference, each of which must occur), why; `contains`, when given, must stand in the text of what it covers."""

    def __init__(self, path, names):
        with open(path, encoding='utf-8') as file:
            self.entries = json.load(file)['differences']
        self.problems, self.of = [], {}
        for entry in self.entries:
            if set(entry) - {'contains'} != {'class', 'cases', 'modes', 'what', 'why'} or not isinstance(entry['what'], list):
                self.problems.append('an entry must have class, cases, modes, what (a list), why: %s' % entry)
                continue
            for pattern in entry['cases']:
                meant = fnmatch.filter(names, pattern)
                if not meant:
                    self.problems.append('no case is called %s' % pattern)
                for name in meant:
                    for mode in entry['modes']:
                        self.of.setdefault((name, mode), []).append(entry)

    def judge(self, name, mode, differences):
        """(unexplained differences, entries that explain something, [(entry, what)] that do not occur)."""
        entries = self.of.get((name, mode), [])

        def covers(entry, difference):
            return difference.what in entry['what'] and entry.get('contains', '') in difference.text

        unexplained = [d for d in differences if not any(covers(e, d) for e in entries)]
        stale = [(e, what) for e in entries for what in e['what']
                 if not any(d.what == what and covers(e, d) for d in differences)]
        return unexplained, [e for e in entries if any(covers(e, d) for d in differences)], stale
