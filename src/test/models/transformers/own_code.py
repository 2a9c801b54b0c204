"""NomicBERT and GTE in the forms that only the code beside the published models computes: biases, a part of each head
turned, no gates, NTK scaling. generate.py asks for the weights' shapes and for the rows of a text's tokens."""
import torch
from torch.nn import functional as F


def nomic(c):
    gated = c["activation_function"] in ("swiglu", "geglu", "glu")
    inner = -(-c["n_inner"] // 256) * 256 if gated else c["n_inner"]
    turned = int(c["n_embd"] // c["n_head"] * c["rotary_emb_fraction"])
    return dict(
        width=c["n_embd"], heads=c["n_head"], layers=c["n_layer"], inner=inner, eps=c["layer_norm_epsilon"],
        vocab=-(-c["vocab_size"] // c["pad_vocab_size_multiple"]) * c["pad_vocab_size_multiple"],
        segments=c["type_vocab_size"], embedding_norm="emb_ln", layer="encoder.layers.%d.", qkv=["attn.Wqkv"],
        output="attn.out_proj", norms=["norm1", "norm2"], up=["mlp.fc11", "mlp.fc12"] if gated else ["mlp.fc1"],
        down="mlp.fc2", attention_bias=c["qkv_proj_bias"], up_bias=c["mlp_fc1_bias"], down_bias=c["mlp_fc2_bias"],
        activation={"swiglu": F.silu, "glu": torch.sigmoid}.get(c["activation_function"], F.gelu),
        frequencies=1 / c["rotary_emb_base"] ** (torch.arange(0, turned, 2).float() / turned))


def gte(c):
    dims = c["hidden_size"] // c["num_attention_heads"]
    scaling = c["rope_scaling"] or {"factor": 1}
    theta = c["rope_theta"] * scaling["factor"]
    return dict(
        width=c["hidden_size"], heads=c["num_attention_heads"], layers=c["num_hidden_layers"],
        inner=c["intermediate_size"], eps=c["layer_norm_eps"], vocab=c["vocab_size"], segments=c["type_vocab_size"],
        embedding_norm="embeddings.LayerNorm", layer="encoder.layer.%d.",
        qkv=["attention.qkv_proj"] if c["pack_qkv"] else ["attention.%s_proj" % part for part in "qkv"],
        output="attention.o_proj", norms=["attn_ln", "mlp_ln"], up=["mlp.up_gate_proj"], down="mlp.down_proj",
        attention_bias=True, up_bias=False, down_bias=True, activation=F.gelu,
        frequencies=1 / theta ** (torch.arange(0, dims, 2).float() / dims) / scaling["factor"] ** (2 / dims))


FORMS = {"new": gte, "nomic_bert": nomic}


def shapes(config):
    """The weights, in the order in which they are drawn."""
    f = FORMS[config["model_type"]](config)
    width, inner = f["width"], f["inner"]
    found = {"embeddings.word_embeddings.weight": (f["vocab"], width)}
    if f["segments"]:
        found["embeddings.token_type_embeddings.weight"] = (f["segments"], width)

    def linear(name, inputs, outputs, bias):
        found[name + ".weight"] = (outputs, inputs)
        if bias:
            found[name + ".bias"] = (outputs,)

    def norm(name):
        found[name + ".weight"] = found[name + ".bias"] = (width,)

    norm(f["embedding_norm"])
    for number in range(f["layers"]):
        layer = f["layer"] % number
        for name in f["qkv"]:
            linear(layer + name, width, 3 * width // len(f["qkv"]), f["attention_bias"])
        linear(layer + f["output"], width, width, f["attention_bias"])
        for name in f["up"]:
            linear(layer + name, width, 2 * inner if "up_gate" in name else inner, f["up_bias"])
        linear(layer + f["down"], inner, width, f["down_bias"])
        for name in f["norms"]:
            norm(layer + name)
    return found


def turn(rows, frequencies):
    """Rows [tokens, heads, components]: the first components of each head, as two halves."""
    angles = torch.arange(len(rows)).float()[:, None] * frequencies
    cos, sin = angles.cos()[:, None], angles.sin()[:, None]
    half = len(frequencies)
    one, two, rest = rows[..., :half], rows[..., half:2 * half], rows[..., 2 * half:]
    return torch.cat([one * cos - two * sin, two * cos + one * sin, rest], -1)


def token_rows(config, weights, ids):
    """The last layer's rows of one text."""
    f = FORMS[config["model_type"]](config)

    def linear(rows, name):
        return F.linear(rows, weights[name + ".weight"], weights.get(name + ".bias"))

    def norm(rows, name):
        return F.layer_norm(rows, rows.shape[-1:], weights[name + ".weight"], weights[name + ".bias"], f["eps"])

    rows = weights["embeddings.word_embeddings.weight"][ids]
    if f["segments"]:
        rows = rows + weights["embeddings.token_type_embeddings.weight"][0]
    rows = norm(rows, f["embedding_norm"])
    for number in range(f["layers"]):
        layer = f["layer"] % number
        together = torch.cat([linear(rows, layer + name) for name in f["qkv"]], -1)
        query, key, value = together.view(len(rows), 3, f["heads"], -1).unbind(1)
        query, key = turn(query, f["frequencies"]), turn(key, f["frequencies"])
        scores = torch.einsum("qhd,khd->hqk", query, key) / query.shape[-1] ** 0.5
        context = torch.einsum("hqk,khd->qhd", scores.softmax(-1), value).flatten(1)
        rows = norm(rows + linear(context, layer + f["output"]), layer + f["norms"][0])
        up = torch.cat([linear(rows, layer + name) for name in f["up"]], -1)
        if up.shape[-1] > f["inner"]:
            up, gate = up.chunk(2, -1)
            active = up * f["activation"](gate)
        else:
            active = f["activation"](up)
        rows = norm(rows + linear(active, layer + f["down"]), layer + f["norms"][1])
    return rows
