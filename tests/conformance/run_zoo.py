#!/usr/bin/env python3
"""Converts the models beside the project in every mode and holds the results against TensorFlow's converter's files.

    run_zoo.py [--model NAME ...] [--mode MODE ...] [--verbose] [--references FOLDER]

For each model and mode: the file loads and runs in the LiteRT interpreter; where TensorFlow's converter wrote a file from the
same samples, operators, versions, types, integer weights, scales and zero points agree, and the outputs are as near to the
float model's; float outputs agree within 1e-4; keyword spotting is at least as accurate. What differs and is not listed in
explained.json fails, and so does a listed difference that no longer occurs. --references names what make_references.py wrote,
for models that TensorFlow can only quantize in another form; without it their outputs are held against what those files
achieved (reference_sqnr.json, which --record writes). Needs ../shared (or ZEROPOINT_SHARED) and
ai-edge-litert; says so and passes without.
"""
import json
import os
import sys

import conformance

MODELS = ['kws_dscnn', 'resnet8_cifar10', 'esrgan_slim_x2', 'selfie_tf1', 'half_plus_two_tf2', 'half_plus_two_tf1', 'dtln_full',
          'kws_dscnn_f32', 'resnet8_f32', 'resnet_large_f32', 'mnist_conv_fc', 'mobilenet_v1_025_224',
          'face_detection_short_f16', 'face_detection_back_f16', 'face_landmark_f16', 'face_landmark_f32',
          'hand_landmark_lite_f16', 'palm_detection_lite_f16', 'selfie_segmentation_f16', 'speech_embedding', 'movie_review',
          'planestrike', 'torchaudio_conformer', 'mnist_lstm', 'dtln_1', 'dtln_2', 'toy_kv_cache_two_sigs', 'sdpa_composite']
RECORDED = os.path.join(conformance.HERE, 'reference_sqnr.json')
# Their labelled samples are enough, and their runs short enough, to compare accuracy.
ACCURACY_MODELS = ('kws_dscnn', 'kws_dscnn_f32')
ACCURACY_SAMPLES = 1000
# Networks that take a recording block by block: elements of a block, elements between two blocks' beginnings, blocks to calibrate with.
STREAMS = {'dtln_full': (512, 128, 100)}


class ZooModel(conformance.ModelCheck):
    """A model of ../shared/zoo."""

    def __init__(self, name, options):
        import numpy as np
        self.zoo, oracle = conformance.load_oracle()
        super().__init__(options, oracle)
        self.name = name
        self.entry = next(e for e in self.zoo.entries() if e['name'] == name)
        self.path = self.zoo.path(self.entry)
        folder = os.path.join(options.output, name)
        os.makedirs(folder, exist_ok=True)
        self.data = os.path.join(folder, 'samples.npz')
        self.write_samples(np)
        self.float_model = self.reference('float') or self.own_float_model(folder)
        if name in ACCURACY_MODELS:
            labels = np.load(os.path.join(self.zoo.ZOO, self.entry['data']['file']))[self.entry['data']['y']]
            self.labels = labels[:ACCURACY_SAMPLES]

    def own_float_model(self, folder):
        """Where TensorFlow's converter fails, the quantized files can only be held against our own float file."""
        path = os.path.join(folder, 'float_model.tflite')
        conformance.convert(self.options.zeropoint, self.path, 'float', path)
        return path

    def write_samples(self, np):
        """The calibration samples, keyed by the names of the model's inputs, first axis = samples."""
        samples = self.calibration_samples()
        keys = self.input_keys()
        arrays = {keys.get(name, name): np.stack([sample[name] for sample in samples]) for name in samples[0]}
        for key in self.other_signatures():
            others = self.signature_samples(key, len(samples))
            arrays.update(('%s/%s' % (key, name), np.stack([sample[name] for sample in others])) for name in others[0])
        np.savez(self.data, **arrays)

    def other_signatures(self):
        """Keys of the signatures of a .tflite whose graph is not the first."""
        if self.entry['kind'] != 'tflite':
            return []
        signatures = self.oracle.Model(self.path).m.signatureDefs or []
        return [signature.signatureKey.decode() for signature in signatures if signature.subgraphIndex != 0]

    def signature_samples(self, key, count, first=0):
        """The zoo has samples for the first graphs only; for the others they are drawn as it draws them."""
        import numpy as np
        details = run_isolated(input_details, self.path, key)
        random = np.random.default_rng([first, *key.encode()])
        return [{name: random.normal(size=shape).astype(np.float32) if dtype == 'float32' else random.integers(0, 10, shape).astype(dtype)
                 for name, shape, dtype in details} for _ in range(count)]

    def compare_outputs(self, mode, output, reference, row):
        """Beside those of the first graph the other signatures' outputs: against what was recorded of TensorFlow's quantizer
        when it calibrates all signatures (no script keeps that file), or a floor."""
        found = super().compare_outputs(mode, output, reference, row)
        for key in self.other_signatures():
            samples = self.signature_samples(key, conformance.DEFAULT_OUTPUT_SAMPLES, first=1)
            runs, actual = conformance.isolated(run_signature, output, key, samples)
            if not runs:
                return found + [conformance.Difference('run', '%s: %s' % (key, actual))]
            ratios = self.oracle.sqnr(run_isolated(run_signature, self.float_model, key, samples), actual)
            known = recorded().get('%s/%s' % (self.name, key), {}).get(mode)
            floor = [value - conformance.SQNR_TOLERANCE for value in known] if known else [conformance.SQNR_FLOOR[mode]] * len(ratios)
            found += [conformance.Difference('outputs', '%s, output %d: %.1f dB against the float model, expected %.1f' % (key, k, value, least))
                      for k, (value, least) in enumerate(zip(ratios, floor)) if not value >= least]
        return found

    def input_keys(self):
        """{tensor of a .tflite: what its signature calls it}, after the signature's own name where there are several."""
        if self.entry['kind'] != 'tflite':
            return {}
        model = self.oracle.Model(self.path)
        signatures = model.m.signatureDefs or []
        return {model.g.tensors[entry.tensorIndex].name.decode(): (signature.signatureKey.decode() + '/' if len(signatures) > 1 else '') +
                entry.name.decode() for signature in signatures if signature.subgraphIndex == 0 for entry in signature.inputs}

    def reference(self, mode):
        if mode == 'float' and self.entry['kind'] == 'tflite':  # its float conversion should be the file itself
            return self.path
        folders = [os.path.join(self.zoo.ZOO, 'reference')] + ([self.options.references] if self.options.references else [])
        paths = [os.path.join(folder, self.name, conformance.MODES[mode][0] + '.tflite') for folder in folders]
        return next((path for path in paths if os.path.exists(path)), None)

    def recorded_sqnr(self, mode):
        return recorded().get(self.name, {}).get(mode)

    def calibration_samples(self):
        return self.blocks(0, STREAMS[self.name][2]) if self.name in STREAMS else self.zoo.calibration(self.entry)

    def blocks(self, first, last):
        """Blocks first..last-1 of the model's recording."""
        import numpy as np
        size, hop, _ = STREAMS[self.name]
        data = self.entry['data']
        recording = np.load(os.path.join(self.zoo.ZOO, data['file']))[data['x']].astype(np.float32) * np.float32(data['scale'])
        name = self.zoo.input_specs(self.entry)[0][0]
        return [{name: recording[None, k * hop:k * hop + size]} for k in range(first, last)]

    def check_samples(self, count):
        if self.name in STREAMS:
            calibrated = STREAMS[self.name][2]
            return self.blocks(calibrated, calibrated + count)
        calibrated = len(self.zoo.calibration(self.entry))
        return (self.zoo.samples(self.entry, calibrated, calibrated + count) or self.zoo.samples(self.entry, 0, count))[:count]

    def labelled_samples(self):
        return self.zoo.samples(self.entry, 0, len(self.labels))


def run_isolated(function, *arguments):
    """What the function returns; its failure is one of the check itself."""
    runs, answer = conformance.isolated(function, *arguments)
    if not runs:
        raise RuntimeError(answer)
    return answer


def signature_runner(path, key):
    from ai_edge_litert.interpreter import Interpreter
    return Interpreter(model_path=path).get_signature_runner(key)


def input_details(path, key):
    details = signature_runner(path, key).get_input_details()
    return [(name, detail['shape'].tolist(), detail['dtype'].__name__) for name, detail in details.items()]


def run_signature(path, key, samples):
    """[outputs of a sample, floats, by name]; integer inputs and outputs are converted by their scales."""
    import numpy as np
    runner = signature_runner(path, key)

    def fed(value, detail):
        if value.dtype == detail['dtype'] or value.dtype != np.float32:
            return value
        scale, zero_point = detail['quantization']
        limits = np.iinfo(detail['dtype'])
        return np.clip(np.round(value / scale) + zero_point, limits.min, limits.max).astype(detail['dtype'])

    def read(value, detail):
        scale, zero_point = detail['quantization']
        return value if value.dtype == np.float32 or scale == 0 else ((value.astype(np.float32) - zero_point) * scale)

    inputs, outputs = runner.get_input_details(), runner.get_output_details()
    results = [runner(**{name: fed(value, inputs[name]) for name, value in sample.items()}) for sample in samples]
    return [[read(result[name], outputs[name]) for name in sorted(result)] for result in results]


def recorded():
    with open(RECORDED, encoding='utf-8') as file:
        return json.load(file)['sqnr']


def record(rows):
    """Keeps what the files of make_references.py achieved, two decimals of a decibel."""
    kept = recorded()
    for row in rows:
        if 'reference_sqnr' in row:
            kept.setdefault(row['model'], {})[row['mode']] = [round(value, 2) for value in row['reference_sqnr']]
    with open(RECORDED, 'w', encoding='utf-8') as file:
        json.dump({'how': 'Written by run_zoo.py --references FOLDER --record; decibels against the float model, an output each.',
                   'sqnr': kept}, file, indent=1, sort_keys=True)
        file.write('\n')


def check_model(name, options):
    model = ZooModel(name, options)
    return [model.check(mode) for mode in options.mode]


def main():
    parser = conformance.parser(__doc__, MODELS)
    parser.add_argument('--references', help='folder that make_references.py wrote')
    parser.add_argument('--record', action='store_true', help='write what these references achieve to reference_sqnr.json')
    options = parser.parse_args()
    zoo, _ = conformance.load_oracle()
    if options.record:
        options.model = [e['name'] for e in zoo.entries() if os.path.isdir(os.path.join(options.references, e['name']))]
    status = conformance.run_checks(options, MODELS, check_model)
    if options.record:
        with open(os.path.join(options.output, 'results.json'), encoding='utf-8') as file:
            record(json.load(file))
    return status


if __name__ == '__main__':
    sys.exit(main())
