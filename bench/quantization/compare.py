#!/usr/bin/env python3
"""Speed and fidelity of versions of one model; README.md says how to run it."""

import importlib
import inspect
import pathlib
import random
import re
import sys
import time

import numpy as np
import onnxruntime as ort
from tokenizers import Tokenizer

CORPUS = pathlib.Path(__file__).parent.parent / "corpus.txt"
MODULES = """argparse asyncio collections csv datetime decimal difflib email functools gzip heapq http.client inspect
itertools json logging math multiprocessing os pathlib pickle random re shutil socket sqlite3 statistics string subprocess
tarfile tempfile textwrap threading unittest urllib.parse uuid zipfile typing ast dis calendar fractions""".split()
ROUNDS = 7


def texts():
    rng = random.Random(11)
    sentences = [line for line in CORPUS.read_text().splitlines() if line]
    mixed = [" ".join(rng.sample(sentences, min(40, max(1, int(rng.lognormvariate(1.3, 0.7)))))) for _ in range(125)]
    documents = set()
    for name in MODULES:
        for value in vars(importlib.import_module(name)).values():
            text = re.sub(r"\s+", " ", (inspect.getdoc(value) if callable(value) else None) or "")
            if len(text) > 120:
                documents.add(text)
    chosen = rng.sample(sorted(documents), 125)
    return mixed + [text[: max(40, int(rng.lognormvariate(6.0, 0.6)))] for text in chosen]


class Model:
    def __init__(self, file):
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_mem_pattern = False
        options.log_severity_level = 3
        self.session = ort.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        self.inputs = {given.name for given in self.session.get_inputs()}

    def vector(self, ids):
        row = np.array([ids], dtype=np.int64)
        given = {"input_ids": row, "attention_mask": np.ones_like(row), "token_type_ids": np.zeros_like(row)}
        first = self.session.run(None, {name: given[name] for name in self.inputs})[0][0, 0]
        return first / np.linalg.norm(first)

    def seconds(self, ids):
        start = time.thread_time()
        for _ in range(12):
            self.vector(ids)
        return (time.thread_time() - start) / 12


def nearest(vectors):
    alike = vectors @ vectors.T
    np.fill_diagonal(alike, -2)
    return np.argsort(-alike, axis=1)[:, :10]


def main():
    folder = pathlib.Path(sys.argv[1])
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(512)
    ids = [tokenizer.encode(text).ids for text in texts()]
    passage = [101, *np.random.RandomState(0).randint(1000, 20000, 126), 102]
    models = {name: Model(folder / file) for name, file in (given.split("=", 1) for given in sys.argv[2:])}
    vectors = {name: np.array([model.vector(text) for text in ids]) for name, model in models.items()}
    speeds = {name: [] for name in models}
    for _ in range(ROUNDS):
        for name, model in models.items():
            speeds[name].append(128 / model.seconds(passage))
    exact = next(iter(models))
    print("name", "tokens_a_cpu_second", "times", "least", "mean", "nearest", sep="\t")
    for name in models:
        cosines = (vectors[exact] * vectors[name]).sum(1)
        same = [len(set(a) & set(b)) / 10 for a, b in zip(nearest(vectors[exact]), nearest(vectors[name]))]
        times = np.median(np.array(speeds[name]) / np.array(speeds[exact]))
        print(
            name,
            f"{np.median(speeds[name]):.0f}\t{times:.2f}\t{cosines.min():.4f}\t{cosines.mean():.5f}\t{np.mean(same):.3f}",
            sep="\t",
        )


main()
