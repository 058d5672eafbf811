#!/usr/bin/env python3
"""Writes tests/data/metrics_golden.json: metrics of arrays as NumPy and scikit-learn compute them.

usage: make_metrics_golden.py        (needs numpy and scikit-learn)
"""

import json
import pathlib

import numpy as np
from sklearn import metrics


def numbers(array):
    return [float(x) for x in np.asarray(array, np.float32).ravel()]


def distance_case(name, reference, test, peak=0.0):
    reference, test = np.float32(reference), np.float32(test)
    wanted, found = reference.astype(np.float64).ravel(), test.astype(np.float64).ravel()
    error = found - wanted
    top = peak or wanted.max() - wanted.min()
    with np.errstate(divide="ignore"):
        sqnr = 10 * np.log10(np.sum(wanted**2) / np.sum(error**2)) if np.any(error) else np.inf
        psnr = 10 * np.log10(top**2 / np.mean(error**2)) if np.any(error) else np.inf
    return {
        "name": name, "reference": numbers(reference), "test": numbers(test), "peak": peak,
        "mse": float(metrics.mean_squared_error(wanted, found)),
        "max_error": float(metrics.max_error(wanted, found)),
        "cosine": float(metrics.pairwise.cosine_similarity([wanted], [found])[0, 0]),
        "sqnr_db": None if np.isinf(sqnr) else float(sqnr),
        "psnr_db": None if np.isinf(psnr) else float(psnr),
    }


def ranking_case(name, scores, labels):
    scores, labels = np.float32(scores), np.asarray(labels)
    classes = scores.shape[1]
    top = np.argmax(scores, axis=1)
    case = {"name": name, "scores": numbers(scores), "classes": classes, "labels": [int(x) for x in labels]}
    if classes > 2:
        wide = labels[:, None] == np.arange(classes)
        case["auc"] = float(metrics.roc_auc_score(wide, scores, average="macro"))
        case["top1"] = float(metrics.accuracy_score(labels, top))
        # scikit-learn breaks ties towards the higher class; these scores are turned around so that the lower one wins.
        case["top3"] = float(metrics.top_k_accuracy_score(classes - 1 - labels, scores[:, ::-1], k=3, labels=range(classes)))
    else:
        one = scores[:, 0] if classes == 1 else scores[:, 1] - scores[:, 0]
        case["auc"] = float(metrics.roc_auc_score(labels, one))
    return case


def main():
    rng = np.random.default_rng(6)
    signal = rng.normal(size=(4, 25)).astype(np.float32)
    image = rng.integers(0, 256, (8, 8)).astype(np.float32)
    step = 0.05
    distances = [
        distance_case("noise of a hundredth", signal, signal + rng.normal(scale=0.01, size=signal.shape)),
        distance_case("rounded to a grid", signal, np.round(signal / step) * step),
        distance_case("image with a peak of its own", image, image + rng.integers(-3, 4, image.shape), 255.0),
        distance_case("opposite", signal, -signal),
        distance_case("the same", signal, signal),
    ]
    coarse = np.round(rng.random((60, 5)) * 8) / 8  # with ties, as quantized scores have them
    labels = np.concatenate([np.arange(5), rng.integers(0, 5, 55)])
    halves = np.concatenate([[0, 1], rng.integers(0, 2, 48)])
    rankings = [
        ranking_case("five classes with ties", coarse, labels),
        ranking_case("one score", np.round(rng.random((50, 1)) * 16) / 16, halves),
        ranking_case("two logits", rng.normal(size=(50, 2)) + 0.5 * halves[:, None] * [-1, 1], halves),
    ]
    path = pathlib.Path(__file__).with_name("metrics_golden.json")
    path.write_text(json.dumps({"distances": distances, "rankings": rankings}) + "\n")


if __name__ == "__main__":
    main()
