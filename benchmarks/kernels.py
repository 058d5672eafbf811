#!/usr/bin/env python3
"""Quantize, dequantize, requantize, float16 and minimum/maximum against memcpy and against peers, on one thread.

    kernels.py [--repetitions N] [--output build/bench/kernels.jsonl]

What is compared is bytes read and written a second over memcpy's of the same process: in cache (256 KB) and out of it (64 MB). Ours come from
bench_kernels, the peers' from peers/kernels.py (Python packages, their call included). One JSON line a figure.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
NAME = 'kernels'


def ours(options):
    """[(kernel, size, [bytes a second])] of bench_kernels, whose repetitions are shuffled."""
    done = subprocess.run([options.program, '--benchmark_format=json', '--benchmark_repetitions=%d' % options.repetitions,
                           '--benchmark_enable_random_interleaving=true'], capture_output=True, text=True, check=True)
    found = {}
    for row in json.loads(done.stdout)['benchmarks']:
        if row['run_type'] == 'iteration':
            kernel, size = row['run_name'].split('/')
            found.setdefault((kernel, int(size)), []).append(row['bytes_per_second'])
    return [(kernel, size, speeds) for (kernel, size), speeds in found.items()]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--repetitions', type=int, default=9)
    parser.add_argument('--no-peer', dest='peer', action='store_false')
    parser.add_argument('--program', default=os.path.join(ROOT, 'build/release/bin/bench_kernels'))
    parser.add_argument('--output', default=os.path.join(ROOT, 'build/bench/%s.jsonl' % NAME))
    options = parser.parse_args()
    os.makedirs(os.path.dirname(os.path.abspath(options.output)), exist_ok=True)
    rows = [('zeropoint', kernel, size, statistics.median(speeds), (max(speeds) - min(speeds)) / 2) for kernel, size, speeds in ours(options)]
    if options.peer:
        done = subprocess.run([sys.executable, os.path.join(HERE, 'peers', 'kernels.py')], stdout=subprocess.PIPE, text=True, check=True)
        for row in map(json.loads, done.stdout.splitlines()):
            rows.append((row['peer'], row['kernel'], row['size'], row['bytes_per_second'], None))
    memcpy = {(peer == 'zeropoint', size): speed for peer, kernel, size, speed, _ in rows if kernel == 'Memcpy'}
    with open(options.output, 'w', encoding='utf-8') as results:
        for peer, kernel, size, speed, spread in rows:
            base = memcpy[peer == 'zeropoint', size]
            for metric, value, unit in [('bytes_per_second', speed, 'B/s'), ('of_memcpy', speed / base, 'ratio'),
                                        *([('of_memcpy_spread', spread / base, 'ratio')] if spread is not None else [])]:
                results.write(json.dumps({'benchmark': NAME, 'model': kernel, 'mode': str(size), 'peer': peer, 'metric': metric,
                                          'value': value, 'unit': unit, 'round': None}) + '\n')
            print('%-26s %9d  %-11s %6.1f GB/s  %.2f of memcpy' % (kernel, size, peer, speed / 1e9, speed / base))


if __name__ == '__main__':
    main()
