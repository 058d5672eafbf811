#!/usr/bin/env python3
"""Converts the cases of this folder in every mode and holds the files against those of TensorFlow's converter.

    run_ops.py [--only PATTERN ...] [--mode MODE ...] [--verbose] [--group]

TensorFlow's files were recorded by record.py. Each file of ours must have the same operators, versions, options, types, scales, zero
points and constants, run in LiteRT, and give the same outputs. What differs and is not listed in explained.json fails, and so does
a listed difference that no longer occurs. Needs numpy and ai-edge-litert; says so and passes without.
"""
import argparse
import collections
import concurrent.futures
import fnmatch
import multiprocessing
import os
import re
import subprocess
import sys
import tempfile
import time

import suite

EXPLAINED = os.path.join(suite.HERE, 'explained.json')
CONVERT_SECONDS = 60
EXIT_REFUSED = 6


def convert(zeropoint, case, mode, folder):
    """Our row: the bytes of the file, or {'error', 'refused'}."""
    output = os.path.join(folder, mode + '.tflite')
    io = suite.io_type(case, mode)
    command = [zeropoint, 'convert', case.source(folder), '-o', output, '--mode', mode, '-q', '--threads', '1', '--input-type', io, '--output-type', io]
    if mode in suite.CALIBRATED:
        command += ['--data', os.path.join(folder, 'samples.npz')]
    command += ['--per-tensor'] * case.options.get('per_tensor', False) + ['--per-tensor-dense'] * case.options.get('per_tensor_dense', False)
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=CONVERT_SECONDS, check=False)
    if done.returncode == 0:
        with open(output, 'rb') as file:
            return file.read()
    text = ' '.join(done.stderr.split())
    refused = sorted(set(re.findall(r'^\s+([A-Z][A-Z0-9_]+)\b', done.stderr, re.MULTILINE))) if done.returncode == EXIT_REFUSED else []
    return {'error': 'exit status %d: %s' % (done.returncode, text.replace(folder, 'MODEL')[:600]), 'refused': refused}


def check_case(case, expected, zeropoint, modes):
    """{mode: [Difference]}"""
    import numpy as np

    import compare
    import summary
    rows, jobs, found = {}, [], {}
    with tempfile.TemporaryDirectory() as folder:
        case.write(folder)
        np.savez(os.path.join(folder, 'samples.npz'), **case.calibration())
        for mode in modes:
            made = convert(zeropoint, case, mode, folder)
            if isinstance(made, dict):
                rows[mode] = made
                continue
            rows[mode] = {'file': summary.summarize(made)}
            jobs.append((mode, made))
    # A file equal to TensorFlow's, which runs, runs as well; it runs here all the same, once a content.
    sample, answers = case.sample(0), {}
    contents = list(dict.fromkeys(content for _, content in jobs))
    answers = dict(zip(contents, summary.run_all([(content, sample) for content in contents])))
    for mode, content in jobs:
        rows[mode]['run'] = answers[content]
    for mode in modes:
        found[mode] = compare.compare_rows(expected[mode], rows[mode])
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--zeropoint', default=os.path.join(suite.ROOT, 'build/release/bin/zeropoint'), help='the command')
    parser.add_argument('--only', action='append', help='only cases of this name or pattern (may be repeated)')
    parser.add_argument('--mode', action='append', choices=suite.MODES, help='only this one (may be repeated)')
    parser.add_argument('--jobs', type=int, default=os.cpu_count())
    parser.add_argument('--verbose', action='store_true', help='explained differences too')
    parser.add_argument('--group', action='store_true', help='equal differences together, with the cases that have them')
    options = parser.parse_args()
    try:
        import compare
        import summary  # noqa: F401: whether it can be had
    except ImportError as missing:
        print('conformance of ops SKIPPED: %s; scripts/venv.sh installs the interpreter' % missing)
        return 0
    started = time.perf_counter()
    zeropoint = os.path.abspath(options.zeropoint)
    golden = suite.read_golden()
    options.only = options.only or []
    modes = options.mode or suite.MODES
    cases = suite.cases()
    wanted = [c for c in cases if not options.only or any(fnmatch.fnmatch(c.name, p) for p in options.only)]
    explained = compare.Explained(EXPLAINED, [c.name for c in cases])
    problems = list(explained.problems)
    problems += ['%s: changed or not recorded; run record.py' % c.name for c in wanted
                 if golden.get(c.name, {}).get('case') != c.fingerprint()]
    wanted = [c for c in wanted if golden.get(c.name, {}).get('case') == c.fingerprint()]
    if not options.only:
        problems += ['golden/: there is no case %s' % name for name in sorted(set(golden) - {c.name for c in cases})]
    verdicts, classes, groups = collections.Counter(), collections.Counter(), {}
    lines = []
    with concurrent.futures.ProcessPoolExecutor(options.jobs, multiprocessing.get_context('fork')) as pool:
        futures = [pool.submit(check_case, c, suite.unfold(golden[c.name]['rows']), zeropoint, modes) for c in wanted]
        for case, future in zip(wanted, futures):
            for mode, differences in future.result().items():
                unexplained, known, stale = explained.judge(case.name, mode, differences)
                verdicts['fails' if unexplained or stale else 'explained' if known else 'equal'] += 1
                classes.update(entry['class'] for entry in known[:1])
                lines += ['%s %s: %s: %s' % (case.name, mode, *d) for d in (differences if options.verbose else unexplained)]
                lines += ['%s %s: explained.json: "%s" no longer occurs' % (case.name, mode, what) for _, what in stale]
                for d in unexplained:
                    groups.setdefault((mode, *d), []).append(case.name)
    if options.group:
        lines = ['%s: %s: %s\n    %s' % (*key, ' '.join(names)) for key, names in sorted(groups.items(), key=lambda g: g[0])]
    for line in problems + lines:
        print(line)
    print('conformance of ops: %d cases, %d files: %d equal, %d explained (%s), %d fail; %d problems; %.0f s' % (
        len(wanted), sum(verdicts.values()), verdicts['equal'], verdicts['explained'],
        ', '.join('%s %d' % c for c in sorted(classes.items())) or 'none', verdicts['fails'], len(problems),
        time.perf_counter() - started))
    return 1 if problems or verdicts['fails'] else 0


if __name__ == '__main__':
    sys.exit(main())
