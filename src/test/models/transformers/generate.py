#!/usr/bin/env python3
"""Makes small transformers with random weights, and what sentence-transformers answers for them.

    pip install -r src/test/models/transformers/requirements.txt
    src/test/models/transformers/generate.py src/test/resources/reference/architectures

Each folder gets config.json, model.safetensors, 1_Pooling/config.json, modules.json and expected.json; the tokenizer is
that of the reference model bert-cls-normalize for all. Families that transformers has since version 5 are made in a second
run with requirements-5.txt; each run makes what its version makes by default. own_code.py computes what transformers does
not have. The weights are drawn so large that another epsilon, window,
position, head order, gate or bias changes the vectors by far more than the tolerance. expected.json has token ids, and for
each text the vector as encode(text, normalize_embeddings=False) gives it, computed alone in 32-bit floats.
"""
import json
import shutil
import sys
import zlib
from pathlib import Path

import own_code
import torch
import transformers
from safetensors.torch import save_file
from sentence_transformers import SentenceTransformer, models
from tokenizers import Tokenizer
from transformers import (AutoConfig, AutoModel, AutoModelForCausalLM, AutoModelForMaskedLM, AutoModelForSeq2SeqLM,
                          AutoModelForTextEncoding)

HERE = Path(__file__).resolve().parents[1].parent / "resources" / "reference" / "weights" / "bert-cls-normalize"
VOCABULARY = 460

TEXTS = [
    "a",
    "A short sentence about embeddings.",
    "THE QUICK BROWN FOX, naïve façade, 3.14 × 2",
    "word " * 20,
    "before [SEP] after [PAD] [PAD] and [CLS] then [MASK] end",
    "the class object is created by calling the metaclass with the keywords passed here and those that follow it later",
]
LONG = " ".join("the class object %d is created by calling the metaclass" % i for i in range(120))

BERT = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48, vocab_size=VOCABULARY,
            max_position_embeddings=64)
DISTIL = dict(dim=32, n_layers=2, n_heads=4, hidden_dim=48, vocab_size=VOCABULARY, max_position_embeddings=64)
DECODER = dict(hidden_size=32, num_hidden_layers=3, num_attention_heads=4, num_key_value_heads=2, intermediate_size=48,
               vocab_size=VOCABULARY, max_position_embeddings=2048)
MODERN = dict(hidden_size=32, num_hidden_layers=4, num_attention_heads=4, intermediate_size=48, vocab_size=VOCABULARY,
              max_position_embeddings=2048, pad_token_id=0, cls_token_id=2, sep_token_id=3, bos_token_id=2, eos_token_id=3,
              reference_compile=False)

T5 = dict(d_model=24, d_kv=6, d_ff=32, num_layers=2, num_decoder_layers=1, num_heads=4, vocab_size=VOCABULARY)

DEBERTA = dict(hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=32, vocab_size=VOCABULARY,
               max_position_embeddings=700, relative_attention=True, position_buckets=16, norm_rel_ebd="layer_norm",
               share_att_key=True, pos_att_type=["p2c", "c2p"], position_biased_input=False, type_vocab_size=0)
NOMIC = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48, vocab_size=VOCABULARY,
             max_position_embeddings=2048)
OWN_NOMIC = dict(n_embd=24, n_layer=2, n_head=3, n_inner=40, vocab_size=449, pad_vocab_size_multiple=20, n_positions=2048,
                 type_vocab_size=2, layer_norm_epsilon=1e-12, rotary_emb_base=1000, rotary_emb_fraction=1.0,
                 rotary_emb_interleaved=False, rotary_emb_scale_base=None, rotary_scaling_factor=None, causal=False,
                 prenorm=False, use_rms_norm=False, qkv_proj_bias=False, mlp_fc1_bias=False, mlp_fc2_bias=False,
                 pad_token_id=0)
OWN_GTE = dict(hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=32, vocab_size=VOCABULARY,
               max_position_embeddings=2048, layer_norm_eps=1e-12, layer_norm_type="layer_norm", hidden_act="gelu",
               position_embedding_type="rope", logn_attention_scale=False, logn_attention_clip1=False, unpad_inputs=False,
               use_memory_efficient_attention=False, pad_token_id=0)

SINCE_5 = ("eurobert", "gte", "nomic_bert")

# name: model type, pooling, configuration, options
MODELS = {
    "bert-tanh-gelu-long": ("bert", "cls", dict(BERT, hidden_act="gelu_new", layer_norm_eps=1e-5,
                                                max_position_embeddings=1300, type_vocab_size=3), {}),
    "bert-relu-max": ("bert", "max", dict(BERT, hidden_act="relu", num_attention_heads=2), {}),
    "bert-silu-last-token": ("bert", "lasttoken", dict(BERT, hidden_act="silu"), {}),
    "bert-masked-lm-prefix": ("bert", "mean", dict(BERT, layer_norm_eps=1e-6), {"head": AutoModelForMaskedLM}),
    "roberta-pad-7-weighted": ("roberta", "weightedmean", dict(BERT, pad_token_id=7, max_position_embeddings=80,
                                                               type_vocab_size=1), {}),
    "xlm-roberta-masked-lm-prefix": ("xlm-roberta", "mean", dict(BERT, pad_token_id=1, max_position_embeddings=66,
                                                                 type_vocab_size=1), {"head": AutoModelForMaskedLM}),
    "camembert-sqrt-len": ("camembert", "mean_sqrt_len_tokens", dict(BERT, pad_token_id=1, type_vocab_size=1), {}),
    "electra-wide-embeddings": ("electra", "cls", dict(BERT, embedding_size=40), {}),
    "electra-equal-embeddings": ("electra", "mean", dict(BERT, embedding_size=32), {}),
    "distilbert-relu-sinusoidal": ("distilbert", "mean", dict(DISTIL, activation="relu", sinusoidal_pos_embds=True), {}),
    "mpnet-long-cls": ("mpnet", "cls", dict(BERT, pad_token_id=1, max_position_embeddings=700), {}),
    "mpnet-long-mean": ("mpnet", "mean", dict(BERT, pad_token_id=3, max_position_embeddings=700), {}),
    "albert-groups-long-cls": ("albert", "cls", dict(BERT, num_hidden_layers=5, num_hidden_groups=2, inner_group_num=2,
                                                     hidden_size=24, intermediate_size=32, embedding_size=16,
                                                     max_position_embeddings=600), {}),
    "albert-equal-embeddings": ("albert", "mean", dict(BERT, num_hidden_layers=3, embedding_size=32, hidden_act="gelu",
                                                       layer_norm_eps=1e-6), {"head": AutoModelForMaskedLM}),
    "modernbert-biases-long-cls": ("modernbert", "cls", dict(MODERN, attention_bias=True, mlp_bias=True, norm_bias=True,
                                                             local_attention=10, global_attn_every_n_layers=2), {}),
    "modernbert-long-mean": ("modernbert", "mean", dict(MODERN, local_attention=128, global_attn_every_n_layers=3,
                                                        hidden_activation="gelu_pytorch_tanh"), {}),
    "qwen2-windows-long-last": ("qwen2", "lasttoken", dict(DECODER, use_sliding_window=True, sliding_window=9,
                                                          max_window_layers=1), {}),
    "qwen2-long-mean": ("qwen2", "mean", dict(DECODER, num_key_value_heads=4), {}),
    "qwen3-biases-long-last": ("qwen3", "lasttoken", dict(DECODER, head_dim=12, attention_bias=True, rms_norm_eps=1e-5), {}),
    "qwen3-causal-lm-bf16": ("qwen3", "lasttoken", dict(DECODER, head_dim=8, num_key_value_heads=1),
                             {"head": AutoModelForCausalLM, "dtype": torch.bfloat16}),
    "llama-biases-scaled-long": ("llama", "mean", dict(DECODER, attention_bias=True, mlp_bias=True, rope_theta=5000.0,
                                 rope_scaling={"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0,
                                               "high_freq_factor": 4.0, "original_max_position_embeddings": 64}), {}),
    "llama-linear-scaled-fp16": ("llama", "lasttoken", dict(DECODER, rope_scaling={"rope_type": "linear", "factor": 4.0}),
                                 {"dtype": torch.float16}),
    "llama-yarn-long-mean": ("llama", "mean", dict(DECODER, num_hidden_layers=2, rope_theta=5000.0, rope_scaling={
        "rope_type": "yarn", "factor": 6.0, "original_max_position_embeddings": 200, "beta_fast": 8.0, "beta_slow": 0.5,
        "attention_factor": 1.3, "truncate": False}), {}),
    "qwen3-yarn-long-last": ("qwen3", "lasttoken", dict(DECODER, num_hidden_layers=2, head_dim=16, rope_scaling={
        "rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 512}), {}),
    "qwen2-yarn-mscale-mean": ("qwen2", "mean", dict(DECODER, num_hidden_layers=2, rope_scaling={
        "rope_type": "yarn", "factor": 8.0, "mscale": 0.9, "mscale_all_dim": 0.4}), {}),
    "mistral-window-long-last": ("mistral", "lasttoken", dict(DECODER, sliding_window=24, head_dim=16), {}),
    "mistral-window-long-mean": ("mistral", "mean", dict(DECODER, sliding_window=24), {}),
    "gemma3-causal-long": ("gemma3_text", "lasttoken", dict(DECODER, head_dim=16, sliding_window=12,
                           query_pre_attn_scalar=24, use_bidirectional_attention=False,
                           layer_types=["sliding_attention", "full_attention", "sliding_attention"]), {}),
    "gemma3-bidirectional-long": ("gemma3_text", "mean", dict(DECODER, head_dim=8, sliding_window=14, rope_theta=30000.0,
                                  rope_local_base_freq=500.0, use_bidirectional_attention=True, attention_bias=True,
                                  layer_types=["sliding_attention", "sliding_attention", "full_attention"]), {}),
    "t5-gated-long-cls": ("t5", "cls", dict(T5, d_kv=10, num_heads=3, feed_forward_proj="gated-gelu",
                                            relative_attention_num_buckets=20, relative_attention_max_distance=300),
                          {"head": AutoModelForTextEncoding}),
    "t5-relu-decoder-mean": ("t5", "mean", dict(T5, layer_norm_epsilon=1e-5), {"head": AutoModelForSeq2SeqLM}),
    "t5-gated-silu-fp16": ("t5", "lasttoken", dict(T5, feed_forward_proj="gated-silu"),
                           {"head": AutoModelForTextEncoding, "dtype": torch.float16}),
    "mt5-long-mean": ("mt5", "mean", dict(T5), {"head": AutoModelForTextEncoding}),
    "nomic-long-last": ("nomic_bert", "lasttoken", dict(NOMIC, head_dim=12, hidden_act="gelu", layer_norm_eps=1e-5), {}),
    "nomic-own-biases-long-cls": ("nomic_bert", "cls", dict(
        OWN_NOMIC, activation_function="geglu", n_inner=20, n_layer=1, qkv_proj_bias=True, mlp_fc1_bias=True,
        mlp_fc2_bias=True, rotary_emb_fraction=0.5), {"own_code": True}),
    "nomic-own-ungated-mean": ("nomic_bert", "mean", dict(OWN_NOMIC, activation_function="gelu", type_vocab_size=0,
                                                          layer_norm_epsilon=1e-5), {"own_code": True}),
    "eurobert-biases-long-cls": ("eurobert", "cls", dict(
        DECODER, num_hidden_layers=2, head_dim=12, attention_bias=True, mlp_bias=True, rope_theta=250000.0, rms_norm_eps=1e-4,
        pad_token_id=0), {}),
    "gte-relu-long-mean": ("gte", "mean", dict(NOMIC, hidden_act="relu", type_vocab_size=3, layer_norm_eps=1e-5,
                                               pad_token_id=0), {}),
    "gte-own-ntk-long-cls": ("new", "cls", dict(OWN_GTE, rope_theta=20000, rope_scaling={"type": "ntk", "factor": 8.0},
                                                type_vocab_size=1, pack_qkv=True), {"own_code": True}),
    "gte-own-unpacked-mean": ("new", "mean", dict(OWN_GTE, rope_theta=500, rope_scaling=None, type_vocab_size=0,
                                                  pack_qkv=False), {"own_code": True}),
    "deberta-buckets-long-last": ("deberta-v2", "lasttoken", dict(DEBERTA, position_buckets=63, layer_norm_eps=1e-5), {}),
    "deberta-clipped-c2p-long-cls": ("deberta-v2", "cls", dict(
        DEBERTA, position_buckets=-1, max_relative_positions=20, pos_att_type="c2p", share_att_key=False,
        norm_rel_ebd="none", position_biased_input=True, type_vocab_size=2, hidden_act="gelu_new"), {}),
    "deberta-p2c-embedding-mean": ("deberta-v2", "mean", dict(
        DEBERTA, embedding_size=16, pos_att_type=["p2c"], share_att_key=False, max_position_embeddings=64),
        {"head": AutoModelForMaskedLM}),
    "deberta-absolute-mean": ("deberta-v2", "mean", dict(
        DEBERTA, relative_attention=False, pos_att_type=["c2p"], position_biased_input=True, norm_rel_ebd="none",
        max_position_embeddings=64), {}),
    "umt5-long-last": ("umt5", "lasttoken", dict(T5), {"head": AutoModelForTextEncoding}),
}


def draw(name, parameter, generator):
    """Values by which mistakes show."""
    values = torch.randn(parameter.shape, generator=generator)
    if ("norm" in name.lower() or "_ln." in name) and name.endswith("weight"):
        return 1 + 0.3 * values if "gemma" not in name else 0.3 * values
    if parameter.dim() == 1:
        return 0.3 * values
    if "embed" in name:
        return 0.3 * values
    if name.endswith("SelfAttention.q.weight"):  # T5 does not scale its scores
        return values * 0.5 / parameter.shape[-1] ** 0.5
    return values * 1.2 / parameter.shape[-1] ** 0.5


def is_made_here(name):
    model_type, _, _, options = MODELS[name]
    newer = transformers.__version__ >= "5"
    return not newer if options.get("own_code") else newer == (model_type in SINCE_5)


def saved(name, folder):
    """Saves a model of transformers; answers its configuration."""
    model_type, _, fields, options = MODELS[name]
    config = AutoConfig.for_model(model_type, **fields)
    config._attn_implementation = "eager"
    torch.manual_seed(0)
    generator = torch.Generator().manual_seed(zlib.crc32(name.encode()))
    model = options.get("head", AutoModel).from_config(config, attn_implementation="eager").eval()
    dtype = options.get("dtype", torch.float32)
    with torch.no_grad():
        for parameter_name, parameter in model.named_parameters():
            drawn = draw(model_type + "." + parameter_name, parameter, generator)
            parameter.copy_(drawn.to(dtype).to(torch.float32))
    model.to(dtype).save_pretrained(folder)
    model.to(torch.float32)
    return config


def loaded(folder, pooling, limit):
    """The model as sentence-transformers loads it."""
    for file in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"):
        shutil.copy(HERE / file, folder)
    tokenizer = json.loads((folder / "tokenizer_config.json").read_text())
    tokenizer["model_input_names"] = ["input_ids", "attention_mask"]
    (folder / "tokenizer_config.json").write_text(json.dumps(tokenizer))
    transformer = models.Transformer(str(folder), max_seq_length=limit, model_kwargs={"attn_implementation": "eager",
                                                                                     "dtype": torch.float32})
    return SentenceTransformer(modules=[transformer, models.Pooling(
        transformer.get_word_embedding_dimension(), pooling_mode=pooling)], device="cpu").eval()


def own_code_vectors(name, folder, token_ids):
    """Saves a model that transformers does not have; answers its vectors."""
    model_type, pooling, fields, _ = MODELS[name]
    config = dict(fields, model_type=model_type, torch_dtype="float32")
    generator = torch.Generator().manual_seed(zlib.crc32(name.encode()))
    weights = {weight: draw(weight, torch.empty(shape), generator) for weight, shape in own_code.shapes(config).items()}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")
    pooled = {"cls": lambda rows: rows[0], "mean": lambda rows: rows.mean(0), "lasttoken": lambda rows: rows[-1]}[pooling]
    return [pooled(own_code.token_rows(config, weights, torch.tensor(ids))) for ids in token_ids]


def make(name, folder):
    model_type, pooling, fields, options = MODELS[name]
    folder.mkdir(parents=True)
    own = options.get("own_code", False)
    config = AutoConfig.for_model("bert") if own else saved(name, folder)
    long = 1300 if own else min(getattr(config, "max_position_embeddings", 1300), 1300)
    limit = long - (config.pad_token_id + 1 if model_type in ("roberta", "xlm-roberta", "camembert", "mpnet") else 0)
    texts = TEXTS + ([LONG, LONG[: len(LONG) // 2]] if long > 64 else [LONG])
    if own:
        tokenizer = Tokenizer.from_file(str(HERE / "tokenizer.json"))
        tokenizer.enable_truncation(limit)
        token_ids = [tokenizer.encode(text).ids for text in texts]
        vectors = own_code_vectors(name, folder, token_ids)
    else:
        model = loaded(folder, pooling, limit)
        token_ids = [model.tokenize([text])["input_ids"][0].tolist() for text in texts]
        vectors = [model.encode(text, normalize_embeddings=False) for text in texts]
    expected = {
        "texts": texts,
        "token_ids": token_ids,
        "vectors": [[float("%.8g" % x) for x in vector] for vector in vectors],
        "dimension": len(vectors[0]),
        "pooling": pooling,
        "max_seq_length": limit,
    }
    for file in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt", "generation_config.json"):
        (folder / file).unlink(missing_ok=True)
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(
        models.Pooling(len(vectors[0]), pooling_mode=pooling).get_config_dict()))
    (folder / "modules.json").write_text(json.dumps([
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
        {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"}]))
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": limit, "do_lower_case": False}))
    (folder / "expected.json").write_text(json.dumps(expected, ensure_ascii=False))
    print(name, sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) // 1000, "kB", flush=True)


if __name__ == "__main__":
    target = Path(sys.argv[1])
    for each in sys.argv[2:] or [name for name in MODELS if is_made_here(name)]:
        shutil.rmtree(target / each, ignore_errors=True)
        make(each, target / each)
