#!/usr/bin/env python3
"""Puts the results of conversion_time.py into docs/performance.md, between the lines that mark its table.

    conversion_table.py build/bench/conversion_time.jsonl [--into docs/performance.md]

Each figure is the median of its rounds, ± half the distance between the fastest and the slowest.
"""
import argparse
import collections
import json
import os
import re
import statistics

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BEGIN, END = '<!-- conversion_table.py: begin -->', '<!-- conversion_table.py: end -->'


PEERS = ('tensorflow', 'litert-quantizer')
MEANS = [(peer, key) for peer in PEERS for key in ('seconds', 'peak_mb')]


def spread(values, digits):
    """Median ± half range."""
    return '%.*f ± %.*f' % (digits, statistics.median(values), digits, (max(values) - min(values)) / 2)


def costs(tools, good, tool, digits):
    """Seconds and megabytes."""
    runs = good.get(tool)
    if runs:
        return spread([r['seconds'] for r in runs], digits), spread([r['peak_mb'] for r in runs], 0)
    return ('fails', 'fails') if tool in tools else ('–', '–')


def ratios(good, peer, means):
    """Times faster, and times less memory."""
    if not good.get('zeropoint') or not good.get(peer):
        return '–', '–'
    found = []
    for key in ('seconds', 'peak_mb'):
        ratio = statistics.median(r[key] for r in good[peer]) / statistics.median(r[key] for r in good['zeropoint'])
        means[peer, key].append(ratio)
        found.append('%.0f' % ratio)
    return found


def render(rows):
    """The Markdown of one run's measurements."""
    groups = collections.defaultdict(lambda: collections.defaultdict(list))
    for row in rows:
        groups[row['model'], row['mode']][row['tool']].append(row)
    about = rows[0]
    versions = about['versions']
    lines = ['%(cpu)s, %(cores)d cores, %(memory_mb)d MB' % about['machine'] + '; %s (%s), %s; TensorFlow %s, litert-quantizer %s on Python %s.' % (
        versions['zeropoint'], versions['commit'], versions['compiler'], versions['tensorflow'], versions['litert-quantizer'], versions['python']), '',
             '| model | mode | Zeropoint s | MB | TensorFlow s | MB | times faster | times less | litert-quantizer s | MB | times faster | times less |',
             '|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|']
    means = collections.defaultdict(list)
    for (model, mode), tools in groups.items():
        good = {tool: [r for r in runs if r['status'] == 0] for tool, runs in tools.items()}
        cells = list(costs(tools, good, 'zeropoint', 3))
        for peer in PEERS:
            cells += [*costs(tools, good, peer, 1), *ratios(good, peer, means)]
        lines.append('| %s | %s | %s |' % (model, mode, ' | '.join(cells)))
    mean = ['%.0f' % statistics.geometric_mean(means[key]) if means[key] else '–' for key in MEANS]
    lines.append('| geometric mean | | | | | | %s | %s | | | %s | %s |' % tuple(mean))
    return '\n'.join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('results')
    parser.add_argument('--into', default=os.path.join(ROOT, 'docs', 'performance.md'))
    options = parser.parse_args()
    with open(options.results, encoding='utf-8') as file:
        rows = [json.loads(line) for line in file]
    with open(options.into, encoding='utf-8') as file:
        page = file.read()
    between = re.compile(re.escape(BEGIN) + '.*?' + re.escape(END), re.DOTALL)
    if not between.search(page):
        raise SystemExit('%s has no place for the table' % options.into)
    with open(options.into, 'w', encoding='utf-8') as file:
        file.write(between.sub(lambda _: '%s\n%s\n%s' % (BEGIN, render(rows), END), page))


if __name__ == '__main__':
    main()
