#!/usr/bin/env python3
"""Records how TensorFlow's converter spells the options of ops that it makes custom.

    make_custom_golden.py            writes custom/<model>/saved_model.pb and custom/golden.json beside this script

Each model holds ops without a LiteRT form, with attributes of all kinds: numbers, strings, truth values, types,
lists of each, empty lists. golden.json: for each model, the custom ops of
TensorFlow's file in the order of their names: [op, options as hexadecimal digits, element types of the results]; and, for
the model whose ops LiteRT's interpreter has kernels for, inputs and TensorFlow's outputs. Needs TensorFlow (recorded with
2.21).
"""
import json
import os
import shutil
import tempfile

import numpy as np
import tensorflow as tf
from ai_edge_litert import schema_py_generated as schema

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'custom')
R = tf.raw_ops


@tf.function(input_signature=[tf.TensorSpec([2], tf.string, name='t'), tf.TensorSpec([4], tf.int64, name='i')])
def text(t, i):
    """Ops on text: strings, lists of numbers and strings, lists of types and shapes, empty lists."""
    ngrams = R.StringNGrams(data=t, data_splits=tf.constant([0, 2], tf.int64), separator=' ', ngram_widths=[1, 2], left_pad='<',
                            right_pad='', pad_width=0, preserve_short_sequences=False)
    ragged = R.RaggedTensorToTensor(shape=tf.constant([2, 3], tf.int64), values=i, default_value=tf.constant(0, tf.int64),
                                    row_partition_tensors=[tf.constant([0, 1, 4], tf.int64)], row_partition_types=['ROW_SPLITS'])
    example = R.ParseExampleV2(serialized=t, names=[], sparse_keys=['s'], dense_keys=['a', 'b'], ragged_keys=[],
                               dense_defaults=[tf.constant([1.]), tf.constant([], tf.int64)], num_sparse=1,
                               sparse_types=[tf.string], ragged_value_types=[], ragged_split_types=[], dense_shapes=[[1], [2, 3]])
    columns = R.DecodeCSV(records=t, record_defaults=[[1.], [2]], field_delim=',', use_quote_delim=True, na_value='', select_cols=[])
    return {'hash': R.StringToHashBucketStrong(input=t, num_buckets=7, key=[1, 2]), 'ngrams': ngrams.ngrams, 'ragged': ragged,
            'a': example.dense_values[0], 'b': example.dense_values[1], 'c': columns[0], 'd': columns[1],
            'parsed': R.ParseTensor(serialized=t[0], out_type=tf.float32)}


@tf.function(input_signature=[tf.TensorSpec([2, 3], name='x')])
def numbers(x):
    """Ops on numbers, one of them inside of a function; pooling with a list of reals; several results."""
    pooled = R.FractionalMaxPool(value=tf.reshape(x, [1, 2, 3, 1]), pooling_ratio=[1., 1.2, 1.2, 1.])
    decoded = R.CTCGreedyDecoder(inputs=tf.reshape(x, [2, 1, 3]), sequence_length=[2], merge_repeated=True)
    called = tf.function(lambda a: R.Zeta(x=a, q=a), autograph=False)(x)
    patches = R.ExtractImagePatches(images=tf.reshape(x, [1, 2, 3, 1]), ksizes=[1, 2, 2, 1], strides=[1, 1, 1, 1],
                                    rates=[1, 1, 1, 1], padding='SAME')
    return {'pooled': pooled.output, 'scores': decoded.log_probability, 'called': called, 'patches': patches}


@tf.function(input_signature=[tf.TensorSpec([800, 1], name='x')])
def audio(x):
    """Two ops that are custom to the converter and that LiteRT's interpreter has kernels for."""
    spectrogram = R.AudioSpectrogram(input=x, window_size=256, stride=128, magnitude_squared=True)
    return {'y': R.Mfcc(spectrogram=spectrogram, sample_rate=16000, dct_coefficient_count=10)}


def custom_ops(path):
    with open(path, 'rb') as file:
        model = schema.ModelT.InitFromPackedBuf(file.read(), 0)
    rows = []
    for graph in model.subgraphs:
        for op in graph.operators:
            code = model.operatorCodes[op.opcodeIndex].customCode
            if code:
                options = bytes(op.customOptions) if op.customOptions is not None else b''
                rows.append([code.decode(), options.hex(), [int(graph.tensors[i].type) for i in op.outputs]])
    return sorted(rows)


def record(name, function, work):
    folder = os.path.join(work, name)
    module = tf.Module()
    module.function = function
    tf.saved_model.save(module, folder, signatures=function)
    converter = tf.lite.TFLiteConverter.from_saved_model(folder)
    converter.allow_custom_ops = True
    path = os.path.join(work, name + '.tflite')
    with open(path, 'wb') as file:
        file.write(converter.convert())
    os.makedirs(os.path.join(HERE, name), exist_ok=True)
    shutil.copy(os.path.join(folder, 'saved_model.pb'), os.path.join(HERE, name, 'saved_model.pb'))
    return {'ops': custom_ops(path)}


def main():
    with tempfile.TemporaryDirectory() as work:
        golden = {name: record(name, function, work) for name, function in (('text', text), ('numbers', numbers), ('audio', audio))}
    x = np.random.default_rng(0).normal(size=(800, 1)).astype(np.float32)
    golden['audio']['x'] = np.round(x, 4).ravel().tolist()
    golden['audio']['y'] = audio(np.round(x, 4))['y'].numpy().ravel().tolist()
    with open(os.path.join(HERE, 'golden.json'), 'w', encoding='utf-8') as file:
        json.dump(golden, file, indent=1)
        file.write('\n')


if __name__ == '__main__':
    main()
