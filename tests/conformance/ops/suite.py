"""What the recorder and the runner of this suite share: the cases, the modes and the golden files."""
import glob
import json
import os
import sys

sys.dont_write_bytecode = True

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
GOLDEN = os.path.join(HERE, 'golden')

MODES = ['float', 'dynamic', 'int8', 'int8-only', 'float16', 'int16x8', 'int16x8-fallback']
# The modes that TensorFlow's Python has no way to from a float .tflite.
WEIGHTS_ONLY = ('dynamic', 'float16')
CALIBRATED = ('int8', 'int8-only', 'int16x8', 'int16x8-fallback')


def cases():
    import cases as declared
    import cases_moves  # these add to the same list
    import cases_lite
    return declared.all_cases()


def io_type(case, mode):
    """The type of inputs and outputs that a case asks for in a mode."""
    asked = case.options.get('io')
    if mode in ('int8', 'int8-only') and asked == 'uint8':
        return 'uint8'
    if mode in ('int16x8', 'int16x8-fallback') and asked == 'int16':
        return 'int16'
    return 'int8' if mode == 'int8-only' else 'float32'


def fold(rows):
    """A row that equals that of an earlier mode is replaced by the name of that mode."""
    folded = {}
    for mode, row in rows.items():
        equal = [earlier for earlier, other in folded.items() if other == row]
        folded[mode] = equal[0] if equal else row
    return folded


def unfold(rows):
    return {mode: rows[row] if isinstance(row, str) else row for mode, row in rows.items()}


def write_golden(rows):
    """{case: {'case': its fingerprint, 'rows': folded}}, one file per op (the part of the case's name before '/')."""
    by_op = {}
    for name, row in rows.items():
        by_op.setdefault(name.split('/')[0], {})[name] = row
    for path in glob.glob(os.path.join(GOLDEN, '*.json')):
        os.remove(path)
    for op, group in by_op.items():
        with open(os.path.join(GOLDEN, op + '.json'), 'w', encoding='utf-8') as file:
            cases = []
            for name, row in group.items():
                modes = ['%s:%s' % (json.dumps(mode), json.dumps(value, separators=(',', ':'))) for mode, value in row['rows'].items()]
                cases.append('%s:{"case":"%s","rows":{\n%s}}' % (json.dumps(name), row['case'], ',\n'.join(modes)))
            file.write('{%s}\n' % ',\n'.join(cases))


def read_golden():
    rows = {}
    for path in sorted(glob.glob(os.path.join(GOLDEN, '*.json'))):
        with open(path, encoding='utf-8') as file:
            rows.update(json.load(file))
    return rows
