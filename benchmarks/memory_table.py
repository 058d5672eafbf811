#!/usr/bin/env python3
"""Writes the tables of "Memory of large models" in docs/performance.md from measurements.

    memory_table.py conversion_memory.jsonl large_model.jsonl [--document docs/performance.md]

The files are those of conversion_memory.py and large_model.py. Medians over rounds.
"""
import argparse
import collections
import json
import os
import statistics

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BEGIN, END = '<!-- memory_table.py: begin -->\n', '<!-- memory_table.py: end -->\n'


def medians(path):
    """{(model, mode, peer): {metric: value}}, in the order of the file."""
    values = collections.defaultdict(lambda: collections.defaultdict(list))
    with open(path, encoding='utf-8') as file:
        for line in file:
            row = json.loads(line)
            values[row['model'], row['mode'], row['peer']][row['metric']].append(row['value'])
    return {key: {metric: statistics.median(list_) for metric, list_ in row.items()} for key, row in values.items()}


def conversion_table(path):
    rows = medians(path)
    lines = ['| model | mode | SavedModel MB | Zeropoint MB | TensorFlow MB | times less |', '|---|---|---:|---:|---:|---:|']
    for (model, mode, peer), row in rows.items():
        if peer != 'zeropoint':
            continue
        other = rows.get((model, mode, 'tensorflow'))
        against = ' – | – ' if other is None else f" {other['own_memory']:.0f} | {other['own_memory'] / row['own_memory']:.1f} "
        lines.append(f"| {model} | {mode} | {row['source_size']:.0f} | {row['own_memory']:.0f} |{against}|")
    return lines


def large_table(path):
    lines = ['| model | mode | source MB | result MB | own memory MB | s | LiteRT against numpy, dB |', '|---|---|---:|---:|---:|---:|---:|']
    for (model, mode, _), row in medians(path).items():
        lines.append(f"| {model} | {mode} | {row['source_size']:.0f} | {row['result_size']:.0f} | {row['own_memory']:.0f} | "
                     f"{row['time']:.0f} | {row['litert_snr']:.0f} |")
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('conversion')
    parser.add_argument('large')
    parser.add_argument('--document', default=os.path.join(ROOT, 'docs/performance.md'))
    options = parser.parse_args()
    with open(options.document, encoding='utf-8') as file:
        text = file.read()
    head, rest = text.split(BEGIN)
    tail = rest.split(END)[1]
    tables = '\n'.join(conversion_table(options.conversion)) + '\n\n' + '\n'.join(large_table(options.large)) + '\n'
    with open(options.document, 'w', encoding='utf-8') as file:
        file.write(head + BEGIN + tables + END + tail)


if __name__ == '__main__':
    main()
