#!/usr/bin/env python3
"""Plants five defects into models of the zoo, and holds `zeropoint debug` to naming each first and mending it.

    run_planted.py [--case NAME ...] [--model NAME ...] [--zeropoint COMMAND]

The debugger's rules were written with the first model of each case in view; the others were never looked at for them.

A defect leaves the float function as it is and costs the int8 file signal to noise; or it is in the samples. The debugger is given the damaged model
and samples, nothing else. Its first finding must name the op and the cause, and converting with the line it proposes must win back
at least 80 % of the decibels lost, on samples that neither calibrated nor were shown to it. Needs ../shared (or
ZEROPOINT_SHARED) and ai-edge-litert; says so and passes without.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

import numpy as np

import conformance

WANTED = 0.8
LEAST_LOSS = 2.0  # decibels: less is no damage that would have to be found
SHARED = os.environ.get('ZEROPOINT_SHARED', os.path.join(conformance.ROOT, '..', 'shared'))
CONVOLUTIONS = ('CONV_2D', 'DEPTHWISE_CONV_2D')
# f(a * x) = a * f(x) for a > 0, channel by channel.
HOMOGENEOUS = ('PRELU', 'RELU', 'LEAKY_RELU', 'MAX_POOL_2D', 'AVERAGE_POOL_2D', 'PAD')
HOMOGENEOUS_FUSED = (0, 1)  # NONE, RELU
DEBUGGED = 100  # samples that the debugger measures on unless told otherwise
OUTLIER, NARROW, WIDE, DEAD = 100.0, 0.01, 100.0, 50.0


class File:
    """A .tflite as objects, float32."""

    def __init__(self, name):
        from ai_edge_litert import schema_py_generated as schema
        self.schema = schema
        with open(float_file(name), 'rb') as file:
            self.model = schema.ModelT.InitFromPackedBuf(file.read(), 0)
        self.graph = self.model.subgraphs[0]

    def pack(self):
        import flatbuffers
        builder = flatbuffers.Builder(0)
        builder.Finish(self.model.Pack(builder), file_identifier=b'TFL3')
        return bytes(builder.Output())

    def op_name(self, operator):
        code = self.model.operatorCodes[operator.opcodeIndex]
        code = max(code.builtinCode, code.deprecatedBuiltinCode)
        return next(name for name, value in vars(self.schema.BuiltinOperator).items() if value == code)

    def name_of(self, tensor):
        name = self.graph.tensors[tensor].name
        return name.decode() if isinstance(name, bytes) else name

    def array(self, tensor):
        one = self.graph.tensors[tensor]
        if one.type != self.schema.TensorType.FLOAT32 or self.model.buffers[one.buffer].data is None:
            raise Unfit('weights that are no float32 constants')
        return np.frombuffer(bytes(self.model.buffers[one.buffer].data), np.float32).reshape(one.shape).copy()

    def set_array(self, tensor, array):
        self.graph.tensors[tensor].shape = list(array.shape)
        self.model.buffers[self.graph.tensors[tensor].buffer].data = np.frombuffer(
            np.ascontiguousarray(array, np.float32).tobytes(), np.uint8)

    def readers(self, tensor):
        return [op for op in self.graph.operators if tensor in list(op.inputs)]

    def chain(self):
        """A convolution, the homogeneous ops behind it, and the convolution that alone reads the last of them."""
        for first in self.graph.operators:
            if self.op_name(first) not in CONVOLUTIONS or first.builtinOptions.fusedActivationFunction not in HOMOGENEOUS_FUSED:
                continue
            between, at = [], first.outputs[0]
            while len(self.readers(at)) == 1 and at not in list(self.graph.outputs):
                after = self.readers(at)[0]
                if self.op_name(after) in CONVOLUTIONS and self.multiplier(after) == 1:
                    return first, between, after
                if self.op_name(after) not in HOMOGENEOUS or len(after.outputs) != 1:
                    break
                between.append(after)
                at = after.outputs[0]
        raise Unfit('no convolution behind a convolution')

    def multiplier(self, op):
        return op.builtinOptions.depthMultiplier if self.op_name(op) == 'DEPTHWISE_CONV_2D' else 1

    def of_channel(self, op, array, channel):
        """The weights that make an output channel."""
        return array[..., channel] if self.op_name(op) == 'DEPTHWISE_CONV_2D' else array[channel]

    def add_constant(self, name, array):
        buffer = self.schema.BufferT()
        buffer.data = np.frombuffer(np.ascontiguousarray(array, np.float32).tobytes(), np.uint8)
        self.model.buffers.append(buffer)
        return self.add_tensor(name, array.shape, len(self.model.buffers) - 1)

    def add_tensor(self, name, shape, buffer=0):
        tensor = self.schema.TensorT()
        tensor.name, tensor.shape, tensor.type, tensor.buffer = name, list(shape), self.schema.TensorType.FLOAT32, buffer
        self.graph.tensors.append(tensor)
        return len(self.graph.tensors) - 1

    def operator(self, op, options_type, options, inputs, outputs):
        code = self.schema.OperatorCodeT()
        code.builtinCode = code.deprecatedBuiltinCode = getattr(self.schema.BuiltinOperator, op)
        code.version = 1
        self.model.operatorCodes.append(code)
        operator = self.schema.OperatorT()
        operator.opcodeIndex = len(self.model.operatorCodes) - 1
        operator.inputs, operator.outputs = inputs, outputs
        operator.builtinOptionsType = getattr(self.schema.BuiltinOptions, options_type)
        operator.builtinOptions = options
        return operator


class Unfit(Exception):
    """The model has no place for the defect, or the defect costs it nothing."""


def entry_of(name):
    with open(os.path.join(SHARED, 'zoo', 'models.json')) as file:
        return next(e for e in json.load(file)['models'] if e['name'] == name)


def zoo_path(name):
    return os.path.join(SHARED, 'zoo', entry_of(name)['file'])


def float_file(name):
    """The model as a float32 .tflite: SavedModels and those with float16 weights are converted."""
    path = zoo_path(name)
    if path.endswith('.tflite') and not name.endswith('_f16'):
        return path
    converted = os.path.join(FLOATS.name, name + '.tflite')
    if not os.path.exists(converted):
        call('convert', path, '-o', converted, '--mode', 'float', '-q')
    return converted


def samples_of(name, count):
    data = entry_of(name)['data']
    with np.load(os.path.join(SHARED, 'zoo', data['file'])) as arrays:
        values = arrays[data['x']][:count]
    if values.dtype.kind == 'i' and data['scale'] == 1:
        return values  # indices
    values = (values * data['scale'] + data['offset']).astype(np.float32)
    return values[..., None] if name == 'mnist_conv_fc' else values  # whose images have no channel


class Case:
    """What a case plants, and what the debugger shall say. `shown`: samples that it evaluates on; None: none apart."""

    def __init__(self, model, count, shown):
        self.model, all_samples = model, samples_of(model, count)
        part = len(all_samples) // 3
        self.calibration, self.evaluation, self.held_out = (
            all_samples[:part], all_samples[part:2 * part], all_samples[2 * part:])
        self.damaged_calibration = self.calibration
        self.shown = shown
        self.clean = self.damaged = File(model)
        self.cause = self.names = None


def outlier_channel(model):
    case = Case(model, 240, False)
    file = case.damaged = File(case.model)
    first, between, second = file.chain()
    weights, bias, after = (file.array(t) for t in (first.inputs[1], first.inputs[2], second.inputs[1]))
    channel = int(np.argsort(np.abs(after).sum((0, 1, 2)))[len(bias) // 2])
    file.of_channel(first, weights, channel)[...] *= OUTLIER
    bias[channel] *= OUTLIER
    after[..., channel] /= OUTLIER
    for tensor, array in zip((first.inputs[1], first.inputs[2], second.inputs[1]), (weights, bias, after)):
        file.set_array(tensor, array)
    case.cause, case.names = 'outlier-channel', {file.name_of(op.outputs[0]) for op in [first, *between]}
    return case


def mixed_concat(model):
    """x becomes the two ends of one CONCATENATION: x * a in [0, 0.01], x * b in [0, 100], each half of what follows."""
    case = Case(model, 192, False)
    file = case.damaged = File(case.model)
    last = [op for op in file.graph.operators if file.op_name(op) in ('FULLY_CONNECTED', 'CONV_2D')][-1]
    source, kernel = last.inputs[0], file.array(last.inputs[1])
    shape = list(file.graph.tensors[source].shape)
    reach = float(np.abs(run(case.clean.pack(), case.calibration, tensors=True)[file.name_of(source)]).max())
    factors = [NARROW / reach, WIDE / reach]
    branches, operators = [], []
    for factor, name in zip(factors, ('narrow', 'wide')):
        result = file.add_tensor('planted/' + name, shape)
        constant = file.add_constant('planted/%s_factor' % name, np.float32(factor))
        operators.append(file.operator('MUL', 'MulOptions', file.schema.MulOptionsT(), [source, constant], [result]))
        branches.append(result)
    joined = file.add_tensor('planted/concat', shape[:-1] + [2 * shape[-1]])
    options = file.schema.ConcatenationOptionsT()
    options.axis = len(shape) - 1
    operators.append(file.operator('CONCATENATION', 'ConcatenationOptions', options, branches, [joined]))
    at = file.graph.operators.index(last)
    file.graph.operators[at:at] = operators
    last.inputs = [joined] + list(last.inputs)[1:]
    file.set_array(last.inputs[1], np.concatenate([kernel / 2 / f for f in factors], axis=-1))
    case.cause, case.names = 'mixed-range-concat', {'planted/concat'}
    return case


def unnormalized(model):
    """As photos come, 0..255; where the model takes them so, as others have them, 0..1."""
    case = Case(model, 60, True)
    data = entry_of(model)['data']
    case.damaged_calibration = (case.calibration - data['offset']) / np.float32(data['scale'] if data['scale'] != 1 else 255)
    graph = case.clean.graph
    case.cause = 'unnormalized-samples'
    case.names = {case.clean.name_of(op.outputs[0]) for op in case.clean.readers(graph.inputs[0])} | {'tfl.quantize'}
    return case


def dead_channel(model):
    """A channel that nobody reads; in the damaged model it holds a constant."""
    case = Case(model, 192, False)
    channel, reach = 3, None
    for file in (case.clean, File(case.model)):
        first, between, second = file.chain() if model != 'mnist_conv_fc' else dense_chain(file)
        weights, bias, after = (file.array(t) for t in (first.inputs[1], first.inputs[2], second.inputs[1]))
        if reach is None:
            reach = float(run(file.pack(), case.calibration, tensors=True)[file.name_of(first.outputs[0])].max())
        file.of_channel(first, weights, channel)[...] = 0
        bias[channel] = 0 if file is case.clean else DEAD * reach
        after.reshape(len(after), -1, len(bias))[..., channel] = 0
        for tensor, array in zip((first.inputs[1], first.inputs[2], second.inputs[1]), (weights, bias, after)):
            file.set_array(tensor, array)
        case.damaged = file
    case.cause, case.names = 'dead-channel', {file.name_of(op.outputs[0]) for op in [first, *between]}
    return case


def dense_chain(file):
    """A convolution whose result, pooled and flattened, a dense layer reads."""
    named = lambda name: next(op for op in file.graph.operators if file.op_name(op) == name)
    return named('CONV_2D'), [], named('FULLY_CONNECTED')


def two_samples(model):
    case = Case(model, 600, True)
    case.damaged_calibration = case.calibration[:2]
    case.cause = 'too-few-samples'  # whichever op leaves its range most
    return case


# The first model of each is the one that the rules were written with.
CASES = {
    'outlier-channel': (outlier_channel, ['resnet_large_f32', 'resnet8_f32', 'kws_dscnn', 'face_landmark_f32', 'selfie_tf1',
                                          'resnet8_cifar10']),
    'mixed-concat': (mixed_concat, ['resnet8_f32', 'kws_dscnn', 'mnist_conv_fc', 'resnet_large_f32', 'mobilenet_v1_025_224', 'speech_embedding']),
    'unnormalized': (unnormalized, ['face_landmark_f32', 'mnist_conv_fc', 'mnist_lstm', 'resnet8_f32', 'selfie_tf1', 'palm_detection_lite_f16']),
    'dead-channel': (dead_channel, ['mnist_conv_fc', 'resnet_large_f32', 'resnet8_f32', 'kws_dscnn', 'face_landmark_f32', 'selfie_tf1']),
    'two-samples': (two_samples, ['kws_dscnn_f32', 'mnist_conv_fc', 'speech_embedding', 'mnist_lstm', 'movie_review']),
}
FLOATS = tempfile.TemporaryDirectory()  # models converted to float32
COMMAND = os.environ.get('ZEROPOINT', os.path.join(conformance.ROOT, 'build/release/bin/zeropoint'))


def call(*arguments):
    done = subprocess.run([COMMAND, *arguments], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(' '.join(arguments) + ': ' + done.stderr)
    return done.stdout


def run(model, samples, tensors=False):
    """The first output; with `tensors` all of them by name. A sample at a time where the batch is fixed."""
    with tempfile.TemporaryDirectory() as folder:
        path = lambda name: os.path.join(folder, name)
        with open(path('m.tflite'), 'wb') as file:
            file.write(model)
        np.save(path('x.npy'), samples)
        call('run', path('m.tflite'), '--data', path('x.npy'), '-o', path('y.npz'), *(['--tensors'] if tensors else []))
        with np.load(path('y.npz')) as arrays:
            return {k: arrays[k] for k in arrays.files} if tensors else arrays[arrays.files[0]]


def convert(model, samples, rules=()):
    with tempfile.TemporaryDirectory() as folder:
        path = lambda name: os.path.join(folder, name)
        with open(path('m.tflite'), 'wb') as file:
            file.write(model)
        np.save(path('x.npy'), samples)
        extra = []
        if rules:
            with open(path('recipe.json'), 'w') as file:
                json.dump({'rules': list(rules)}, file)
            extra = ['--recipe', path('recipe.json')]
        call('convert', path('m.tflite'), '-o', path('q.tflite'), '--mode', 'int8', '--data', path('x.npy'), '-q', *extra)
        with open(path('q.tflite'), 'rb') as file:
            return file.read()


def debug(model, samples, shown):
    with tempfile.TemporaryDirectory() as folder:
        path = lambda name: os.path.join(folder, name)
        with open(path('m.tflite'), 'wb') as file:
            file.write(model)
        return debug_path(path('m.tflite'), samples, shown)


def debug_path(model, samples, shown):
    with tempfile.TemporaryDirectory() as folder:
        path = lambda name: os.path.join(folder, name)
        np.save(path('x.npy'), samples)
        extra = []
        if shown is not None:
            np.save(path('e.npy'), shown)
            extra = ['--eval-data', path('e.npy')]
        return json.loads(call('debug', model, '--mode', 'int8', '--data', path('x.npy'), '--json', '-', '-q', *extra))


def decibels(wanted, found):
    wanted, found = wanted.astype(np.float64), found.astype(np.float64)
    return 10 * np.log10((wanted ** 2).sum() / ((found - wanted) ** 2).sum())


def mended(case, finding):
    """What following the finding's line yields."""
    fix, model = finding['fix'], case.damaged.pack()
    if fix['kind'] == 'recipe':
        return convert(model, case.damaged_calibration, fix['rules'])
    if 'scale' in fix:
        return convert(model, case.damaged_calibration * np.float32(fix['scale']) + np.float32(fix['offset']))
    return convert(model, np.concatenate([case.damaged_calibration, case.evaluation[:DEBUGGED]]))


def check(name, model):
    """Prints a line; True when the debugger did what it shall. Raises Unfit."""
    case = CASES[name][0](model)
    damaged = case.damaged.pack()
    wanted = run(damaged, case.held_out)
    before = decibels(wanted, run(convert(case.clean.pack(), case.calibration), case.held_out))
    lost = decibels(wanted, run(convert(damaged, case.damaged_calibration), case.held_out))
    if before - lost < LEAST_LOSS:
        raise Unfit('undamaged %.1f dB, damaged %.1f dB' % (before, lost))
    findings = debug(damaged, case.damaged_calibration, case.evaluation if case.shown else None)['findings']
    if not findings:
        print('%-16s %-22s undamaged %.1f dB, damaged %.1f dB: nothing found' % (name, case.model, before, lost))
        return False
    first = findings[0]
    after = decibels(wanted, run(mended(case, first), case.held_out))
    share = (after - lost) / (before - lost)
    right = first['cause'] == case.cause and (case.names is None or first['node'] in case.names)
    print('%-16s %-22s undamaged %.1f dB, damaged %.1f dB, mended %.1f dB (%.0f %%): %s, %s \'%s\'; %s' % (
        name, case.model, before, lost, after, 100 * share, first['cause'], first['op'], first['node'][:40],
        first['fix']['line'][:160]))
    return right and share >= WANTED


def available():
    try:
        import ai_edge_litert.schema_py_generated  # noqa: F401
    except ImportError:
        return False
    return os.path.isfile(os.path.join(SHARED, 'zoo', 'models.json'))


def main():
    global COMMAND
    parser = argparse.ArgumentParser()
    parser.add_argument('--case', action='append', choices=sorted(CASES))
    parser.add_argument('--model', action='append')
    parser.add_argument('--zeropoint', default=COMMAND)
    arguments = parser.parse_args()
    COMMAND = arguments.zeropoint
    if not available():
        print('../shared or ai-edge-litert is missing: nothing to do')
        return 0
    tried = hits = 0
    for name in arguments.case or CASES:
        for model in CASES[name][1]:
            if arguments.model and model not in arguments.model:
                continue
            try:
                hits += check(name, model)
                tried += 1
            except Unfit as reason:
                print('%-16s %-22s no case: %s' % (name, model, reason))
    print('%d of %d named first and mended' % (hits, tried))
    return 0 if hits == tried else 1


if __name__ == '__main__':
    sys.exit(main())
