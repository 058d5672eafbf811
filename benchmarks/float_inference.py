#!/usr/bin/env python3
"""The float engine against LiteRT's interpreter (XNNPACK inside), on one thread.

    float_inference.py [--model NAME ...] [--rounds N] [--output build/bench/float_inference.jsonl]

Both load the same float .tflite and then take turns: a round is about as many runs of one as fill --seconds, then of the other, so
that a disturbance of the machine meets both. Processor time is what is compared; wall time is written down as well. Rounds also
measure what minimum and maximum of every result cost, and two threads that share the weights. One JSON line a measurement; the
last lines are the ratios of the medians and their geometric mean. Models come from bench_models.py and ../shared.
"""
import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.path.insert(0, os.path.join(ROOT, 'tests', 'conformance'))

import bench_models
import conformance

NAME = 'float_inference'


class Ours:
    """A coprocess: bench_float_engine."""

    def __init__(self, program, model):
        self.process = subprocess.Popen([program, model], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, *words):
        self.process.stdin.write(' '.join(map(str, words)) + '\n')
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit('bench_float_engine ended')
        return json.loads(line)

    def run(self, times):
        return self.ask('run', times)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class LiteRt:
    """ai-edge-litert's interpreter on one thread."""

    def __init__(self, model):
        import numpy as np
        from ai_edge_litert.interpreter import Interpreter
        self.interpreter = Interpreter(model, num_threads=1)
        self.interpreter.allocate_tensors()
        random = np.random.default_rng(1)
        for detail in self.interpreter.get_input_details():
            data = random.uniform(-1, 1, detail['shape']).astype(detail['dtype'])
            self.interpreter.set_tensor(detail['index'], data)

    def run(self, times):
        wall, cpu = time.perf_counter(), time.process_time()
        for _ in range(times):
            self.interpreter.invoke()
        return {'wall': time.perf_counter() - wall, 'cpu': time.process_time() - cpu}


def models(names, zeropoint):
    """{name: path of its float .tflite}."""
    result = {name: bench_models.paths(name)[1] for name in bench_models.SHAPES}
    shared = conformance.shared_folder()
    if shared is not None:
        result['kws'] = bench_models.paths('kws')[1]
        if not os.path.exists(result['kws']):
            subprocess.run([zeropoint, 'convert', os.path.join(str(shared), 'zoo', 'models', 'kws_dscnn'), '-o', result['kws'],
                            '--mode', 'float', '-q'], check=True)
    missing = [name for name in names or result if name not in result or not os.path.exists(result[name])]
    if missing:
        sys.exit('bench_models.py makes the models first; missing: ' + ', '.join(missing))
    return {name: path for name, path in result.items() if not names or name in names}


class Results:
    def __init__(self, path):
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
        self.file = open(path, 'w', encoding='utf-8')

    def write(self, model, mode, peer, metric, value, unit, turn=None):
        self.file.write(json.dumps({'benchmark': NAME, 'model': model, 'mode': mode, 'peer': peer, 'metric': metric, 'value': value,
                                    'unit': unit, 'round': turn}) + '\n')
        self.file.flush()


def measure(options, name, path, results):
    """One model's rounds; returns the ratio of the medians of processor time, LiteRT's over ours."""
    ours, peer = Ours(options.engine, path), LiteRt(path) if options.peer else None
    times = max(1, round(options.seconds / (ours.run(3)['wall'] / 3)))
    if peer:
        peer.run(max(1, times // 2))
    found = {'zeropoint': [], 'litert': [], 'observed': [], 'threads': []}
    for turn in range(options.rounds):
        for key, runs in (('zeropoint', lambda: ours.run(times)), ('litert', lambda: peer.run(times) if peer else None),
                          ('observed', lambda: ours.ask('observe', times)),
                          ('threads', lambda: ours.ask('threads', options.threads, times))):
            taken = runs()
            if taken is None:
                continue
            found[key].append({clock: 1e3 * seconds / times for clock, seconds in taken.items()})
            mode = {'observed': 'min_max', 'threads': '%d threads' % options.threads}.get(key, 'float')
            for clock, milliseconds in found[key][-1].items():
                results.write(name, mode, 'litert' if key == 'litert' else 'zeropoint', clock + '_per_run', milliseconds, 'ms', turn)
    ours.close()

    def median(key, clock='cpu'):
        return statistics.median(row[clock] for row in found[key])

    # Neighbours of one round are compared with each other: what disturbs one disturbs the other.
    observing = statistics.median(with_['cpu'] / without['cpu'] - 1 for with_, without in zip(found['observed'], found['zeropoint']))
    scaling = statistics.median(options.threads * one['wall'] / all_['wall']
                                for one, all_ in zip(found['zeropoint'], found['threads']))
    ratio = median('litert') / median('zeropoint') if peer else None
    results.write(name, 'float', 'litert', 'times_faster', ratio, 'ratio')
    results.write(name, 'min_max', None, 'cost', observing, 'ratio')
    results.write(name, '%d threads' % options.threads, None, 'scaling', scaling, 'ratio')
    print('%-16s %9.3f ms  LiteRT %9.3f ms  times faster %5.2f   min/max %+5.1f %%   %d threads: %.2f x' % (
        name, median('zeropoint'), median('litert') if peer else math.nan, ratio or math.nan, 100 * observing, options.threads, scaling),
          flush=True)
    return ratio


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--model', action='append')
    parser.add_argument('--rounds', type=int, default=7)
    parser.add_argument('--seconds', type=float, default=0.5, help='of one side of a round')
    parser.add_argument('--threads', type=int, default=os.cpu_count())
    parser.add_argument('--no-peer', dest='peer', action='store_false')
    parser.add_argument('--engine', default=os.path.join(ROOT, 'build/release/bin/bench_float_engine'))
    parser.add_argument('--zeropoint', default=os.path.join(ROOT, 'build/release/bin/zeropoint'), help='for the models of ../shared')
    parser.add_argument('--output', default=os.path.join(ROOT, 'build/bench/%s.jsonl' % NAME))
    options = parser.parse_args()
    results = Results(options.output)
    ratios = [measure(options, name, path, results) for name, path in models(options.model, options.zeropoint).items()]
    if options.peer:
        mean = math.exp(statistics.fmean(map(math.log, ratios)))
        results.write('geometric mean', 'float', 'litert', 'times_faster', mean, 'ratio')
        print('geometric mean: %.2f times as fast as LiteRT' % mean)


if __name__ == '__main__':
    main()
