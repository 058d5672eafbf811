#!/usr/bin/env python3
"""Converts exported SavedModels and holds the results against TensorFlow's outputs and against its converter's files.

    run_census.py [--models FOLDER] [--model NAME ...] [--mode MODE ...] [--verbose]

For each model and mode, one row: converted or refused; runs in the LiteRT interpreter; float outputs within 1e-4 of
TensorFlow's, quantized ones with about as much signal to noise as TensorFlow's file keeps, on the few inputs of the reference or,
where those have too few outputs to tell, on many drawn like them; at most 1.02 times as large, and no more
operators on the critical path, than what TensorFlow's converter writes in the same mode. What TensorFlow's converter
achieved is noted in census_references.json (make_census_references.py), what differs and why in census_explained.json: a
difference that is not listed fails, and so does a listed one that no longer occurs. Models: ../shared/census/models unless
--models names another folder. Needs ai-edge-litert; says so and passes without.
"""
import argparse
import collections
import concurrent.futures
import json
import math
import multiprocessing
import os
import sys
import time

import census
import conformance

MODES = ['float', 'dynamic', 'int8', 'float16', 'int16x8-fallback']
OUTPUT_TOLERANCE = 1e-4    # of float outputs, relative to the largest magnitude of the output
SIZE_TOLERANCE = 1.02      # of files, against TensorFlow's in the same mode
SQNR_TOLERANCE = 1.0       # dB less than TensorFlow's file that still count as equal; without one to compare with, conformance.SQNR_FLOOR
DRAWN_CALLS = 100          # for an output that falls short: three calls with two logits each tell a rounding of six numbers
SQNR_CEILING = 100.0       # dB above which only float32's own rounding is left
EXPLAINED = os.path.join(conformance.HERE, 'census_explained.json')
REFERENCES = os.path.join(conformance.HERE, 'census_references.json')


def check(folder, modes, options):
    """The rows of one model."""
    model = census.CensusModel(folder)
    with open(REFERENCES, encoding='utf-8') as file:
        references = json.load(file)['models'].get(model.name, {})
    work = os.path.join(options.output, model.name)
    os.makedirs(work, exist_ok=True)
    return [check_mode(model, mode, references.get(mode, {}), work, options) for mode in modes]


def check_mode(model, mode, reference, work, options):
    import numpy as np
    output = os.path.join(work, mode + '.tflite')
    data = os.path.join(work, 'samples.npz')
    np.savez(data, **model.samples())
    row = {'model': model.name, 'mode': mode, 'builtin': model.converts_in_tensorflow(), 'reference': reference}
    signatures = [word for key in model.calls for word in ('--signature', key)]
    done = conformance.convert(options.zeropoint, model.folder, mode, output, data, signatures)
    row['seconds'] = done['seconds']

    def convert_float():
        path = os.path.join(work, 'float.tflite')
        conformance.convert(options.zeropoint, model.folder, 'float', path, None, signatures)
        return path

    row['differences'] = [['conversion', done['error']]] if 'error' in done else compare(model, mode, output, reference, row, convert_float)
    return row


def compare(model, mode, output, reference, row, convert_float):
    row['bytes'] = os.path.getsize(output)
    row['path'] = census.critical_path(output)
    runs, answers = conformance.isolated(census.run, output, model.calls)
    found = [] if runs else [['run', answers]]
    if runs:
        found += compare_outputs(model, mode, answers, reference, row, lambda: drawn_sqnr(model, convert_float(), output))
    if 'bytes' in reference and row['bytes'] > SIZE_TOLERANCE * reference['bytes']:
        found.append(['size', '%d bytes, TensorFlow writes %d' % (row['bytes'], reference['bytes'])])
    if 'path' in reference and 'error' not in reference and row['path'] > reference['path']:  # what does not run is no example
        found.append(['critical path', '%d operators, TensorFlow writes %d' % (row['path'], reference['path'])])
    return found


def drawn_sqnr(model, float_path, path):
    """{signature/output: dB} of a file against the float model on many calls; {} where one of them does not run."""
    calls = census.drawn(model, DRAWN_CALLS)
    runs, expected = conformance.isolated(census.run, float_path, calls)
    answers = conformance.isolated(census.run, path, calls) if runs else (False, '')
    return census.output_sqnr(census.with_outputs(calls, expected), answers[1]) if answers[0] else {}


def compare_outputs(model, mode, answers, reference, row, measure_drawn):
    if mode == 'float':
        errors = census.output_errors(model.calls, answers)
        row['error'] = max(errors.values(), default=0.0)
        return [['float outputs', '%s: relative error %.3g' % item] for item in errors.items() if not item[1] <= OUTPUT_TOLERANCE]
    figures = census.output_sqnr(model.calls, answers)
    row['sqnr'] = min(figures.values(), default=math.inf)
    theirs = reference.get('sqnr', {})  # without the outputs of which TensorFlow's file makes NaN
    found = short_outputs(figures, theirs, mode)
    many = {name: value for name, value in reference.get('drawn', {}).items() if name in found and not math.isnan(figures[name])}
    if many:
        figures = {name: value for name, value in measure_drawn().items() if name in many}
        row['drawn'] = {name: [value, many[name]] for name, value in figures.items()}
        passed = set(figures) - set(short_outputs(figures, many, mode))
        found = {name: text for name, text in found.items() if name not in passed}
    return [['outputs', text] for text in found.values()]


def short_outputs(figures, theirs, mode):
    """{output: text} of those that keep too little signal."""
    least = {name: min(theirs[name] - SQNR_TOLERANCE, SQNR_CEILING) if name in theirs else conformance.SQNR_FLOOR[mode] for name in figures}
    return {name: '%s: %.1f dB, expected %.1f' % (name, value, least[name]) for name, value in figures.items()
            if math.isnan(value) or value < least[name]}


def cells(row, verdict):
    reference = row['reference']
    quality = '%.1e' % row['error'] if 'error' in row else '%.1f dB' % row['sqnr'] if 'sqnr' in row else '-'
    theirs = '%.1f' % min(reference['sqnr'].values()) if reference.get('sqnr') else '-'
    size = '%.3f' % (row['bytes'] / reference['bytes']) if 'bytes' in reference and 'bytes' in row else '-'
    path = '%s (%s)' % (row.get('path', '-'), reference.get('path', '-'))
    times = '%.0fx' % (reference['seconds'] / row['seconds']) if 'seconds' in reference else '-'
    return [row['model'], row['mode'], 'builtin' if row['builtin'] else 'not', verdict, str(row.get('bytes', '-')), size, path, quality, theirs,
            '%.2f' % row['seconds'], times]


COLUMNS = ['model', 'mode', 'TensorFlow', 'verdict', 'bytes', 'ratio', 'path (its)', 'error/SQNR', 'its SQNR', 'seconds', 'its time']


def judge(rows, explained):
    """(failed rows, lines of the table, texts to print)."""
    failed, shown, texts = [], [], []
    for row in rows:
        differences = [conformance.Difference(*d) for d in row['differences']]
        unexplained, known, stale = explained.judge(row['model'], row['mode'], differences)
        verdict = 'DIFFERS' if unexplained else 'STALE' if stale else 'explained' if known else 'passes'
        row['verdict'] = verdict
        if unexplained or stale:
            failed.append(row)
        shown.append(cells(row, verdict))
        texts += ['%s %s: %s: %s' % (row['model'], row['mode'], *d) for d in unexplained]
        texts += ['%s %s: census_explained.json: %s no longer occurs' % (row['model'], row['mode'], e['what']) for e in stale]
    return failed, shown, texts


def summary(rows):
    """For each mode: how many models convert, run and are right, of those that TensorFlow converts and of the others."""
    lines = []
    for mode in dict.fromkeys(row['mode'] for row in rows):
        counts = collections.Counter()
        for row in rows:
            if row['mode'] == mode:
                broken = any(what in ('conversion', 'run', 'float outputs', 'outputs') for what, _ in row['differences'])
                counts[row['builtin'], not broken] += 1
        lines.append('%s: %d of %d that TensorFlow converts to builtins, %d of %d that it does not' % (
            mode, counts[True, True], counts[True, True] + counts[True, False], counts[False, True], counts[False, True] + counts[False, False]))
    return lines


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--models', default=census.default_root(), help='folder with a folder for each model')
    parser.add_argument('--model', action='append', help='only this one (may be repeated)')
    parser.add_argument('--mode', action='append', choices=MODES, help='only this one (may be repeated)')
    parser.add_argument('--zeropoint', default=os.path.join(conformance.ROOT, 'build/release/bin/zeropoint'), help='the command')
    parser.add_argument('--output', default=os.path.join(conformance.ROOT, 'build/census'), help='folder for what is written')
    parser.add_argument('--jobs', type=int, default=os.cpu_count())
    parser.add_argument('--verbose', action='store_true', help='every row, not only those that fail')
    return parser.parse_args()


def main():
    options = parse()
    if options.models is None:
        print('census SKIPPED: no ../shared/census with models (--models names another folder)')
        return 0
    try:
        import ai_edge_litert  # noqa: F401
    except ImportError as missing:
        print('census SKIPPED: %s; scripts/venv.sh installs the interpreter' % missing)
        return 0
    folders = [f for f in census.folders(options.models) if not options.model or os.path.basename(f) in options.model]
    modes = options.mode or MODES
    options.zeropoint, options.output = os.path.abspath(options.zeropoint), os.path.abspath(options.output)
    started = time.perf_counter()
    with concurrent.futures.ProcessPoolExecutor(options.jobs, multiprocessing.get_context('fork')) as pool:
        rows = [row for answer in pool.map(check, folders, [modes] * len(folders), [options] * len(folders)) for row in answer]
    failed, shown, texts = judge(rows, conformance.Explained(EXPLAINED))
    if not options.verbose:
        shown = [line for line, row in zip(shown, rows) if row in failed]
    if shown:
        print(conformance.table(shown, COLUMNS))
    print('\n'.join(texts + summary(rows)))
    with open(os.path.join(options.output, 'results.json'), 'w', encoding='utf-8') as file:
        json.dump(rows, file, indent=1, default=float)
    print('census: %d of %d rows pass or are explained, in %.0f s' % (len(rows) - len(failed), len(rows), time.perf_counter() - started))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
