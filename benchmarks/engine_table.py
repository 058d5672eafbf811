#!/usr/bin/env python3
"""Puts the results of float_inference.py, calibration.py, kernels.py and linear_cost.py into docs/performance.md, between the lines
that mark their tables.

    engine_table.py [--folder build/bench] [--into docs/performance.md]

Each figure is the median of its rounds, ± half the distance between the fastest and the slowest. A run that is not there leaves
its table as it is.
"""
import argparse
import collections
import json
import os
import re
import statistics

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def spread(values, digits):
    """Median ± half range."""
    if not values:
        return '–'
    return '%.*f ± %.*f' % (digits, statistics.median(values), digits, (max(values) - min(values)) / 2)


def load(path):
    """{model: {(mode, peer, metric): values}} in the order of the file."""
    models = collections.OrderedDict()
    with open(path, encoding='utf-8') as file:
        for row in map(json.loads, file):
            group = models.setdefault(row['model'], collections.defaultdict(list))
            group[row['mode'], row['peer'], row['metric']].append(row['value'])
    return models


def inference(models):
    lines = ['| model | Zeropoint ms | LiteRT ms | times faster | minimum and maximum |', '|---|---:|---:|---:|---:|']
    for name, rows in models.items():
        def one(*key):
            return statistics.median(rows[key]) if rows[key] else None
        ratio, cost = one('float', 'litert', 'times_faster'), one('min_max', None, 'cost')
        lines.append('| %s | %s | %s | %s | %s |' % (
            name, spread(rows['float', 'zeropoint', 'cpu_per_run'], 2), spread(rows['float', 'litert', 'cpu_per_run'], 2),
            '–' if ratio is None else '%.2f' % ratio, '–' if cost is None else '%+.1f %%' % (100 * cost)))
    return lines


def calibration(models):
    lines = ['| model | tool | process s | processor s | calibration s | peak MB | times faster | calibration alone |',
             '|---|---|---:|---:|---:|---:|---:|---:|']
    for name, rows in models.items():
        for tool in ('zeropoint', 'tensorflow', 'litert-quantizer'):
            ratios = [rows['int8', tool, 'times_faster_' + metric] for metric in ('seconds', 'calibration_seconds')]
            if not rows['int8', tool, 'seconds'] and not ratios[0]:
                continue
            lines.append('| %s | %s | %s | %s | %s | %s | %s | %s |' % (
                name, tool, *(spread(rows['int8', tool, metric], 2) for metric in ('seconds', 'cpu_seconds', 'calibration_seconds')),
                spread(rows['int8', tool, 'peak_mb'], 0), *('%.1f' % ratio[0] if ratio else '–' for ratio in ratios)))
    return lines


def kernels(models):
    """Bytes a second over memcpy's, ours and the best peer's."""
    sizes = ('262144', str(64 << 20))
    lines = ['| kernel | in cache | best peer | out of cache | best peer |', '|---|---:|---:|---:|---:|']
    for name, rows in sorted(models.items()):  # measured in shuffled order
        if name == 'Memcpy':
            continue
        cells = []
        for size in sizes:
            own, around = (statistics.median(rows[size, 'zeropoint', metric]) for metric in ('of_memcpy', 'of_memcpy_spread'))
            peers = [(values[0], peer) for (mode, peer, metric), values in rows.items()
                     if mode == size and peer != 'zeropoint' and metric == 'of_memcpy' and values]
            cells += ['%.2f ± %.2f' % (own, around), '%.2f %s' % max(peers) if peers else '–']
        lines.append('| %s | %s |' % (name, ' | '.join(cells)))
    return lines


def growth(models):
    lines = ['| ten times more | mode | once s | ten times s | growth |', '|---|---|---:|---:|---:|']
    for name, rows in models.items():
        for mode in dict.fromkeys(mode for mode, _, _ in rows):
            once, ten = (spread(rows[mode, 'zeropoint', metric], 3) for metric in ('one_seconds', 'ten_seconds'))
            lines.append('| %s | %s | %s | %s | %.1f |' % (name, mode, once, ten, rows[mode, 'zeropoint', 'growth'][0]))
    return lines


TABLES = {'float_inference': inference, 'calibration': calibration, 'kernels': kernels, 'linear_cost': growth}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--folder', default=os.path.join(ROOT, 'build', 'bench'))
    parser.add_argument('--into', default=os.path.join(ROOT, 'docs', 'performance.md'))
    options = parser.parse_args()
    with open(options.into, encoding='utf-8') as file:
        page = file.read()
    for name, render in TABLES.items():
        path = os.path.join(options.folder, name + '.jsonl')
        if not os.path.exists(path):
            continue
        begin, end = ('<!-- engine_table.py %s: %s -->' % (name, word) for word in ('begin', 'end'))
        between = re.compile(re.escape(begin) + '.*?' + re.escape(end), re.DOTALL)
        if not between.search(page):
            raise SystemExit('%s has no place for the table of %s' % (options.into, name))
        page = between.sub(lambda _: '\n'.join([begin, *render(load(path)), end]), page)
    with open(options.into, 'w', encoding='utf-8') as file:
        file.write(page)


if __name__ == '__main__':
    main()
