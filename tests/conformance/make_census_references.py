#!/usr/bin/env python3
"""Notes in census_references.json what TensorFlow's converter makes of the models that run_census.py checks.

    make_census_references.py [--models FOLDER] [--work FOLDER] [--mode MODE ...] [MODEL ...]

A model and mode: size, operators on the critical path, signal to noise of each output against TensorFlow itself (sqnr) and, on many
drawn inputs, against TensorFlow's float file (drawn), and the seconds that the conversion took here. Needs tensorflow 2.21 and ai-edge-litert; files that exist in the work folder are not made again.
"""
import argparse
import functools
import json
import os
import sys
import time

import census
import conformance
import run_census

CONVERT_SECONDS = 600        # for one model in every mode by TensorFlow


def convert(model, mode):
    """TensorFlow's file for one mode."""
    import tensorflow as tf
    lite = tf.lite
    converter = lite.TFLiteConverter.from_saved_model(model.folder, signature_keys=list(model.calls))
    if mode != 'float':
        converter.optimizations = [lite.Optimize.DEFAULT]
    if mode in conformance.CALIBRATED:
        converter.representative_dataset = functools.partial(feed, model)
    if mode == 'float16':
        converter.target_spec.supported_types = [tf.float16]
    if mode.startswith('int16x8'):
        converter.target_spec.supported_ops = [lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8,
                                               lite.OpsSet.TFLITE_BUILTINS]
    return converter.convert()


def feed(model):
    for signature, calls in model.calls.items():
        for inputs, _ in calls:
            yield (signature, inputs) if len(model.calls) > 1 else inputs


def convert_all(model, paths):
    """Writes the files of {mode: path}; returns {mode: seconds, or why it failed}. One process for all: TensorFlow starts slowly."""
    os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
    answers = {}
    for mode, path in paths.items():
        started = time.perf_counter()
        try:
            data = convert(model, mode)
        except Exception as failure:  # whatever the converter says is the answer
            answers[mode] = '%s: %s' % (type(failure).__name__, str(failure)[:200])
            continue
        answers[mode] = time.perf_counter() - started
        with open(path, 'wb') as file:
            file.write(data)
    return answers


def note(model, mode, path, seconds):
    """What run_census.py compares with."""
    entry = {'bytes': os.path.getsize(path), 'path': census.critical_path(path)}
    if seconds:
        entry['seconds'] = round(seconds, 2)
    runs, answers = conformance.isolated(census.run, path, model.calls)
    if not runs:
        entry['error'] = answers
    elif mode != 'float':
        entry['sqnr'] = rounded(census.output_sqnr(model.calls, answers))
        entry['drawn'] = rounded(run_census.drawn_sqnr(model, os.path.join(model.folder, 'model_float.tflite'), path))
    return entry


def rounded(figures):
    return {name: round(value, 2) for name, value in figures.items() if value == value}


def note_model(folder, modes, options):
    """{mode: entry} of one model."""
    model = census.CensusModel(folder)
    if not model.converts_in_tensorflow():
        return model.name, {}
    work = os.path.join(options.work, model.name)
    os.makedirs(work, exist_ok=True)
    paths = {mode: os.path.join(work, mode + '.tflite') for mode in modes}
    missing = {mode: path for mode, path in paths.items() if not os.path.exists(path)}
    done, answers = conformance.isolated(convert_all, model, missing, seconds=CONVERT_SECONDS) if missing else (True, {})
    if not done or any(isinstance(answer, str) for answer in answers.values()):
        print(model.name, answers, flush=True)
    seconds = answers if done else {}
    return model.name, {mode: note(model, mode, path, seconds.get(mode)) for mode, path in paths.items() if os.path.exists(path)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--models', default=census.default_root())
    parser.add_argument('--work', default=os.path.join(conformance.ROOT, 'build/census_references'))
    parser.add_argument('--mode', action='append', choices=run_census.MODES)
    parser.add_argument('model', nargs='*')
    options = parser.parse_args()
    with open(run_census.REFERENCES, encoding='utf-8') as file:
        kept = json.load(file)
    folders = [f for f in census.folders(options.models) if not options.model or os.path.basename(f) in options.model]
    for folder in folders:
        name, entries = note_model(folder, options.mode or run_census.MODES, options)
        for mode, entry in entries.items():
            previous = kept['models'].setdefault(name, {}).get(mode, {})
            if 'seconds' in previous:
                entry.setdefault('seconds', previous['seconds'])
            kept['models'][name][mode] = entry
        with open(run_census.REFERENCES, 'w', encoding='utf-8') as file:
            json.dump(kept, file, indent=1, sort_keys=True)
            file.write('\n')


if __name__ == '__main__':
    sys.exit(main())
