"""Makes of an ONNX file of bge-small-en-v1.5 the folder that sentence-transformers loads: the same numbers, in safetensors.

convert.py MODEL TARGET, where MODEL has onnx/model.onnx, tokenizer.json and the configuration of the service.
"""

import json
import shutil
import sys
from pathlib import Path

import numpy
import onnx
from onnx import numpy_helper
from safetensors.numpy import save_file

# What the service's config.json leaves out, because it runs a graph: bge-small-en-v1.5's own architecture.
ARCHITECTURE = {
    "architectures": ["BertModel"],
    "intermediate_size": 1536,
    "hidden_act": "gelu",
    "layer_norm_eps": 1e-12,
    "hidden_dropout_prob": 0.1,
    "attention_probs_dropout_prob": 0.1,
    "initializer_range": 0.02,
}
TOKENIZER = {
    "tokenizer_class": "BertTokenizerFast",
    "do_lower_case": True,
    "model_max_length": 512,
    "cls_token": "[CLS]",
    "mask_token": "[MASK]",
    "pad_token": "[PAD]",
    "sep_token": "[SEP]",
    "unk_token": "[UNK]",
}


def weights(graph):
    """The torch state of the exported BertModel: a linear layer's matrix has no name in the graph, and is transposed."""
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    state = {name: array for name, array in constants.items() if name.startswith(("embeddings.", "encoder."))}
    for node in graph.node:
        if node.op_type == "MatMul" and node.input[1] in constants:
            layer = node.name.strip("/").removesuffix("/MatMul").replace("/", ".")
            state[layer + ".weight"] = constants[node.input[1]].T
    return {name: numpy.ascontiguousarray(array, dtype=numpy.float32) for name, array in state.items()}


def main(source, target):
    shutil.rmtree(target, ignore_errors=True)
    unfinished = target.with_name(target.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    shutil.copytree(source, unfinished)
    (unfinished / "2_Normalize").mkdir(exist_ok=True)
    state = weights(onnx.load(source / "onnx" / "model.onnx").graph)
    save_file(state, unfinished / "model.safetensors", metadata={"format": "pt"})
    config = json.loads((source / "config.json").read_text())
    (unfinished / "config.json").write_text(json.dumps(config | ARCHITECTURE, indent=2))
    (unfinished / "tokenizer_config.json").write_text(json.dumps(TOKENIZER, indent=2))
    unfinished.rename(target)


main(Path(sys.argv[1]), Path(sys.argv[2]))
