#!/usr/bin/env python3
"""Runs `zeropoint debug` on models of the zoo as they are, and holds what it names first to a list of what is really there.

    run_healthy.py [--model NAME ...] [--zeropoint COMMAND]

Each model is debugged on the samples that calibrate, and on others. Needs ../shared (or ZEROPOINT_SHARED) and ai-edge-litert; says so and passes
without.
"""
import argparse
import sys

import run_planted

SAMPLES = 200  # half of them calibrate
# By model and whether other samples measure: the only cause that may come first, with what is behind it (docs/debugging.md).
TRUE = {
    ('selfie_tf1', False): 'swish-tail',
    ('speech_embedding', True): 'swish-tail',
    ('face_detection_back_f16', False): 'outlier-channel',
    ('face_detection_short_f16', False): 'outlier-channel',
    ('face_landmark_f32', True): 'too-few-samples',
    ('face_landmark_f16', True): 'too-few-samples',
    ('mobilenet_v1_025_224', True): 'too-few-samples',
}
MODELS = ['kws_dscnn', 'kws_dscnn_f32', 'resnet8_cifar10', 'resnet8_f32', 'resnet_large_f32', 'mnist_conv_fc', 'mnist_lstm', 'movie_review',
          'esrgan_slim_x2', 'selfie_tf1', 'speech_embedding', 'face_detection_back_f16', 'face_detection_short_f16', 'face_landmark_f32',
          'face_landmark_f16', 'hand_landmark_lite_f16', 'palm_detection_lite_f16', 'mobilenet_v1_025_224']


def check(model, apart):
    """Prints a line; True when no false cause comes first."""
    samples = run_planted.samples_of(model, SAMPLES)
    half = len(samples) // 2
    report = run_planted.debug_path(run_planted.zoo_path(model), samples[:half], samples[half:] if apart else None)
    found = [finding['cause'] for finding in report['findings']]
    expected = TRUE.get((model, apart))
    right = not found or found[0] == expected
    print('%-26s %-6s %s%s' % (model, 'apart' if apart else 'same', ', '.join(found) or '-', '' if right else '   NOT EXPECTED'), flush=True)
    for finding in report['findings']:
        print('    %s (%s): %s' % (finding['tensor'][-60:], finding['op'], finding['text']))
    return right


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--model', action='append', choices=MODELS)
    parser.add_argument('--zeropoint', default=run_planted.COMMAND)
    arguments = parser.parse_args()
    run_planted.COMMAND = arguments.zeropoint
    if not run_planted.available():
        print('../shared or ai-edge-litert is missing: nothing to do')
        return 0
    return 0 if all([check(model, apart) for model in arguments.model or MODELS for apart in (False, True)]) else 1


if __name__ == '__main__':
    sys.exit(main())
