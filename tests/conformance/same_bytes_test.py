"""The same input gives the same bytes on any number of threads and at any SIMD level."""
import argparse
import hashlib
import os
import platform
import subprocess

import pytest

import conformance
import run_zoo

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ZEROPOINT = os.path.join(ROOT, 'build', 'release', 'bin', 'zeropoint')
DEMO = os.path.join(ROOT, 'examples', 'demo')
# Convolutions, dense and depthwise; a residual network; a recurrent one; embeddings; a TF1 graph with resizing.
ZOO = ['kws_dscnn', 'resnet8_cifar10', 'mnist_lstm', 'movie_review', 'selfie_tf1', 'dtln_2']
# What this processor lacks is as its best: the name is a cap.
LEVELS = {'x86_64': ['scalar', 'sse2', 'avx2', 'avx512'], 'aarch64': ['scalar', 'neon64']}.get(platform.machine(), ['scalar'])
BEST = ''  # no cap


def convert(model, data, mode, path, threads, level):
    """The command's exit status and the digest of what it wrote."""
    samples = ['--data', data] if mode in conformance.CALIBRATED else []
    done = subprocess.run([ZEROPOINT, 'convert', model, '-o', path, '--mode', mode, '--threads', str(threads), '--quiet', *samples],
                          env={**os.environ, 'ZEROPOINT_SIMD': level}, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return done.returncode, None
    with open(path, 'rb') as file:
        return 0, hashlib.sha256(file.read()).hexdigest()


def zoo_model(name, folder):
    if conformance.shared_folder() is None:
        pytest.skip('needs ../shared')
    model = run_zoo.ZooModel(name, argparse.Namespace(output=folder, references=None, zeropoint=ZEROPOINT))
    return model.path, model.data


@pytest.mark.parametrize('name', ['digits', *ZOO])
def test_a_conversion_gives_the_same_bytes_on_any_threads_and_simd_level(name, tmp_path):
    if name == 'digits':
        model, data = os.path.join(DEMO, 'digits'), os.path.join(DEMO, 'digits_calibration.npz')
    else:
        model, data = zoo_model(name, str(tmp_path))
    path = str(tmp_path / 'out.tflite')
    for mode in conformance.MODES:
        expected = convert(model, data, mode, path, 1, BEST)
        ways = [(2, BEST), (8, BEST), *[(2, level) for level in LEVELS]]
        assert {way: convert(model, data, mode, path, *way) for way in ways} == dict.fromkeys(ways, expected), mode
        if mode in ('float', 'dynamic', 'int8', 'float16'):
            assert expected[0] == 0


def test_a_simd_level_that_does_not_exist_is_an_error_that_names_those_that_do(tmp_path):
    digits, model, written = os.path.join(DEMO, 'digits'), str(tmp_path / 'digits.tflite'), str(tmp_path / 'out.tflite')
    assert convert(digits, None, 'float', model, 1, BEST)[0] == 0
    for command in (['convert', digits, '-o', written, '--mode', 'float'],
                    ['evaluate', model, '--data', os.path.join(DEMO, 'digits_test.npz'), '--labels', 'label', '--metric', 'top1']):
        done = subprocess.run([ZEROPOINT, *command], env={**os.environ, 'ZEROPOINT_SIMD': 'sse9'}, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert "ZEROPOINT_SIMD: there is no SIMD level 'sse9' here, only scalar" in done.stderr
    assert os.listdir(tmp_path) == ['digits.tflite']
