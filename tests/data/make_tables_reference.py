#!/usr/bin/env python3
"""Records what TensorFlow computes with lookup tables, in folder tables beside this file:

<name>/saved_model  the SavedModel
<name>/run.npz      in/<name>, out/<name>: one call of the serving signature; strings as bytes

Needs tensorflow; the tests need only the recorded files. Run without arguments to record anew.
"""
import os
import shutil
import tempfile

os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
import numpy as np
import tensorflow as tf

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'tables')
WORDS = ['the', 'quick', 'brown', 'fox', 'jumps', 'over', 'a lazy', 'dog', 'äöü']


def table(keys, values, otherwise):
    return tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(keys, values), otherwise)


class Lookup(tf.Module):
    """y: the value of x; n: the number of keys."""

    def __init__(self, contents, dtype):
        self.table = contents
        self.serving_default = tf.function(self.run, input_signature=[tf.TensorSpec([None, 3], dtype, 'x')])

    def run(self, x):
        return {'y': self.table.lookup(x), 'n': self.table.size()}


def from_file(folder):
    path = os.path.join(folder, 'words.txt')
    with open(path, 'w') as file:
        file.write('\n'.join(WORDS) + '\n')
    return tf.lookup.StaticHashTable(
        tf.lookup.TextFileInitializer(path, tf.string, tf.lookup.TextFileIndex.WHOLE_LINE, tf.int64,
                                      tf.lookup.TextFileIndex.LINE_NUMBER), -1)


TEXT = np.array([['fox', 'the', 'none'], ['', 'äöü', 'a lazy']])
NUMBERS = np.array([[7, -3, 5], [12, 0, 7]])
NAMED = {
    'words': (lambda folder: table(WORDS, np.arange(len(WORDS), dtype=np.int64) * 10, -1), TEXT, tf.string),
    'labels': (lambda folder: table(np.array([7, -3, 12], np.int64), ['seven', 'minus three', ''], '?'), NUMBERS, tf.int64),
    'weights': (lambda folder: table(WORDS, np.linspace(-1, 1, len(WORDS)).astype(np.float32), 0.5), TEXT, tf.string),
    'synonyms': (lambda folder: table(['fox', 'the'], ['vulpes', ''], 'no'), TEXT, tf.string),
    'numbers': (lambda folder: table(np.array([7, -3, 12], np.int64), np.array([1 << 40, 2, 3], np.int64), -1), NUMBERS, tf.int64),
    'factors': (lambda folder: table(np.array([7, -3, 12], np.int32), np.array([0.5, 2, -3], np.float32), 1.0), NUMBERS, tf.int32),
    'file': (from_file, TEXT, tf.string),
}


def make_of_tf1(name='file_tf1'):
    """TensorFlow 1's builder: the table is made by an init op, its file is an asset of a collection."""
    v1 = tf.compat.v1
    saved = os.path.join(FOLDER, name, 'saved_model')
    with tempfile.TemporaryDirectory() as temporary, tf.Graph().as_default(), v1.Session() as session:
        path = os.path.join(temporary, 'words.txt')
        with open(path, 'w') as file:
            file.write('\n'.join(WORDS) + '\n')
        asset = tf.constant(path)
        v1.add_to_collection(v1.GraphKeys.ASSET_FILEPATHS, asset)
        contents = tf.lookup.StaticHashTable(
            tf.lookup.TextFileInitializer(asset, tf.string, tf.lookup.TextFileIndex.WHOLE_LINE, tf.int64, tf.lookup.TextFileIndex.LINE_NUMBER), -1)
        x = v1.placeholder(tf.string, [None, 3])
        outputs = {'y': contents.lookup(x), 'n': contents.size()}
        session.run(v1.tables_initializer())
        builder = v1.saved_model.Builder(saved)
        builder.add_meta_graph_and_variables(session, ['serve'], {'serving_default': v1.saved_model.predict_signature_def({'x': x}, outputs)},
                                             assets_collection=v1.get_collection(v1.GraphKeys.ASSET_FILEPATHS), main_op=v1.tables_initializer())
        builder.save()
        text = np.vectorize(lambda word: word.encode())(TEXT)
        results = session.run(outputs, {x: text})
    np.savez(os.path.join(FOLDER, name, 'run.npz'), **{'in/x': text}, **{'out/' + key: value for key, value in results.items()})


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    make_of_tf1()
    for name, (make, x, dtype) in NAMED.items():
        with tempfile.TemporaryDirectory() as temporary:
            model = Lookup(make(temporary), dtype)
            saved = os.path.join(FOLDER, name, 'saved_model')
            tf.saved_model.save(model, saved, {'serving_default': model.serving_default})
        os.remove(os.path.join(saved, 'fingerprint.pb'))
        x = np.vectorize(lambda text: text.encode())(x) if dtype == tf.string else x.astype(dtype.as_numpy_dtype)
        results = tf.saved_model.load(saved).signatures['serving_default'](x=tf.constant(x))
        arrays = {'in/x': x}
        for key, value in results.items():
            array = value.numpy()
            arrays['out/' + key] = array.astype('S') if array.dtype == object else array
        np.savez(os.path.join(FOLDER, name, 'run.npz'), **arrays)


if __name__ == '__main__':
    main()
