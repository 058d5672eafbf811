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


def spread(values, digits):
    """Median ± half range."""
    return '%.*f ± %.*f' % (digits, statistics.median(values), digits, (max(values) - min(values)) / 2)


def render(rows):
    """The Markdown of one run's measurements."""
    groups = collections.defaultdict(lambda: collections.defaultdict(list))
    for row in rows:
        groups[row['model'], row['mode']][row['tool']].append(row)
    about = rows[0]
    lines = ['%(cpu)s, %(cores)d cores, %(memory_mb)d MB' % about['machine'] + '; %s (%s), %s; TensorFlow %s on Python %s.' % (
        about['versions']['zeropoint'], about['versions']['commit'], about['versions']['compiler'], about['versions']['tensorflow'],
        about['versions']['python']), '',
             '| model | mode | Zeropoint s | TensorFlow s | times faster | Zeropoint MB | TensorFlow MB | times less |',
             '|---|---|---:|---:|---:|---:|---:|---:|']
    for (model, mode), tools in groups.items():
        good = {tool: [r for r in runs if r['status'] == 0] for tool, runs in tools.items()}
        cells = {}
        for tool in ('zeropoint', 'tensorflow'):
            runs = good.get(tool)
            failure = 'fails' if tool in tools else '–'
            cells[tool] = ((spread([r['seconds'] for r in runs], 3 if tool == 'zeropoint' else 1),
                            spread([r['peak_mb'] for r in runs], 0)) if runs else (failure, failure))
        ratios = ['–', '–']
        if good.get('zeropoint') and good.get('tensorflow'):
            ratios = ['%.0f' % (statistics.median(r[key] for r in good['tensorflow']) /
                                statistics.median(r[key] for r in good['zeropoint'])) for key in ('seconds', 'peak_mb')]
        lines.append('| %s | %s | %s | %s | %s | %s | %s | %s |' % (
            model, mode, cells['zeropoint'][0], cells['tensorflow'][0], ratios[0], cells['zeropoint'][1], cells['tensorflow'][1],
            ratios[1]))
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
