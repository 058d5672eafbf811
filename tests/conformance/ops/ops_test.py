"""What the comparison of single-op models must notice, and what it must let pass."""
import base64
import copy
import json
import os
import sys

import numpy as np
import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import compare  # noqa: E402
import models  # noqa: E402
import suite  # noqa: E402

FILE = {'inputs': {'x0': 0}, 'outputs': {'y0': 2},
        'tensors': [['INT8', [1, 4], [[0.5], [3], 0], None], ['INT8', [4], [[0.25], [0], 0], 'AQIDBA=='], ['INT8', [1, 4], [[1.0], [0], 0], None]],
        'ops': [['ADD', 2, {}, [0, 1], [2]]]}


def changed(change):
    file = copy.deepcopy(FILE)
    change(file)
    return [d.what for d in compare.compare_files(FILE, file)]


def test_equal_files_have_no_difference():
    assert changed(lambda f: None) == []


def test_a_scale_may_differ_by_rounding_only():
    assert changed(lambda f: f['tensors'][0][2].__setitem__(0, [0.5 * (1 + 5e-7)])) == []
    assert changed(lambda f: f['tensors'][0][2].__setitem__(0, [0.5 * (1 + 2e-6)])) == ['scales']


@pytest.mark.parametrize('what, change', [
    ('zero points', lambda f: f['tensors'][0][2].__setitem__(1, [4])),
    ('constants', lambda f: f['tensors'][1].__setitem__(3, 'AQIDBQ==')),
    ('types', lambda f: f['tensors'][1].__setitem__(0, 'INT16')),
    ('shapes', lambda f: f['tensors'][2].__setitem__(1, [4])),
    ('versions', lambda f: f['ops'][0].__setitem__(1, 1)),
    ('options', lambda f: f['ops'][0].__setitem__(2, {'potScaleInt16': True})),
    ('operands', lambda f: f['ops'][0].__setitem__(3, [0, -1])),
    ('signature', lambda f: f.__setitem__('outputs', {'y1': 2})),
])
def test_each_part_of_a_file_is_compared(what, change):
    assert what in changed(change)


def test_a_bias_may_differ_by_one_where_its_scale_differs_by_an_ulp():
    def bias(scale, value):
        return ['INT32', [1], [[scale], [0], 0], base64.b64encode(np.int32([value]).tobytes()).decode()]
    assert compare.compare_tensors(bias(0.5, 7), bias(0.5 * (1 + 1e-7), 8), 'bias') == []
    assert compare.compare_tensors(bias(0.5, 7), bias(0.5, 8), 'bias') != []
    assert compare.compare_tensors(bias(0.5, 7), bias(0.5 * (1 + 1e-7), 9), 'bias') != []


def test_two_tensors_in_the_place_of_one_are_a_difference():
    shared = {'inputs': {'x0': 0}, 'outputs': {'y0': 2},
              'tensors': [['FLOAT32', [4], None, None], ['FLOAT32', [4], None, None], ['FLOAT32', [4], None, None]],
              'ops': [['EXP', 1, {}, [0], [1]], ['MUL', 1, {}, [1, 1], [2]]]}
    twice = copy.deepcopy(shared)
    twice['tensors'].append(['FLOAT32', [4], None, None])
    twice['ops'] = [['EXP', 1, {}, [0], [1]], ['EXP', 1, {}, [0], [3]], ['MUL', 1, {}, [1, 3], [2]]]
    assert {'operators', 'graph'} <= {d.what for d in compare.compare_files(shared, twice)}


def test_a_refusal_of_exactly_what_tensorflow_leaves_float_is_strictness():
    file = {'inputs': {}, 'outputs': {}, 'tensors': [['FLOAT32', [4], None, None]] * 2, 'ops': [['COS', 1, {}, [0], [1]]]}
    refused = {'error': 'exit status 6', 'refused': ['COS']}
    assert [d.what for d in compare.compare_rows({'file': file, 'run': {}}, refused)] == ['strict']
    assert [d.what for d in compare.compare_rows({'file': file, 'run': {}}, {**refused, 'refused': ['SIN']})] == ['refused']


def test_two_refusals_are_equal_when_they_name_the_same_ops():
    theirs = {'error': "RuntimeError: Quantization to 16x8-bit not yet supported for op: 'COS'."}
    assert compare.compare_rows(theirs, {'error': 'x', 'refused': ['COS']}) == []
    assert [d.what for d in compare.compare_rows(theirs, {'error': 'x', 'refused': ['COS', 'SIN']})] == ['refused']


@pytest.fixture
def explained(tmp_path):
    def make(**entry):
        path = tmp_path / 'explained.json'
        path.write_text(json.dumps({'differences': [{'class': 'a class', 'cases': ['a/*'], 'modes': ['int8'], 'what': ['scales'],
                                                          'why': 'because', **entry}]}))
        return compare.Explained(path, ['a/b', 'a/c', 'd/e'])
    return make


def test_an_explanation_must_hold_for_each_case_that_it_names(explained):
    scales, types = compare.Difference('scales', 'x'), compare.Difference('types', 'x')
    unexplained, known, stale = explained().judge('a/b', 'int8', [scales])
    assert (unexplained, [e['class'] for e in known], stale) == ([], ['a class'], [])
    assert explained().judge('a/b', 'int8', [scales, types])[0] == [types]
    assert explained().judge('d/e', 'int8', [scales])[0] == [scales]
    assert explained().judge('a/c', 'int8', [])[2]
    assert explained(contains='y').judge('a/c', 'int8', [scales])[2]
    assert explained(what=['scales', 'types']).judge('a/c', 'int8', [scales])[2]


def test_an_explanation_without_cases_or_reason_is_a_problem(explained):
    assert explained().problems == []
    assert explained(cases=['z/*']).problems
    assert explained(reason='x').problems


def test_equal_rows_are_kept_once():
    rows = {'int8': {'run': 1}, 'float': {'run': 2}, 'int8-only': {'run': 1}}
    assert suite.fold(rows)['int8-only'] == 'int8'
    assert suite.unfold(suite.fold(rows)) == rows


def test_a_case_is_the_same_on_every_machine():
    case = models.Case('add/test', models.Op('AddV2', models.In(2, 4), models.Const(4)))
    assert case.fingerprint() == models.Case('add/test', models.Op('AddV2', models.In(2, 4), models.Const(4))).fingerprint()
    assert case.calibration()['x0'].shape == (4, 2, 4)
    assert case.sample(0)['x0'].dtype == np.float32


def test_there_are_enough_cases_and_their_golden_files_are_small():
    assert len(suite.cases()) >= 300
    sizes = [os.path.getsize(os.path.join(suite.GOLDEN, name)) for name in os.listdir(suite.GOLDEN)]
    assert max(sizes) < 1 << 20 and sum(sizes) < 6 << 20
