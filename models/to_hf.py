"""Turns a GGUF file of the pair into a Hugging Face folder that vLLM and transformers load.

    python models/to_hf.py models/glimp-small.gguf hf/small

Two things differ between the formats, and both are exact:
- Rotary positions: GGUF pairs neighbouring rows of Q and K, Hugging Face pairs row i with row i + head size / 2.
- vLLM's attention on a CPU knows head sizes of 32 and more. Smaller heads are widened with zeros: pair i goes
  to pair i * (new / old), which turns at the same frequency, and Q is scaled because attention divides by the
  root of the head size. The logits do not change.
"""

import argparse
import json
import struct
from pathlib import Path

import numpy
from safetensors.numpy import save_file

SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
STRING, ARRAY = 8, 9
TENSOR_TYPES = {0: numpy.float32, 1: numpy.float16}
CONTROL, USER_DEFINED = 3, 4  # tokenizer.ggml.token_type
# How Llama 3's tokenizer cuts a text before it merges; llama.cpp calls it llama-bpe.
LLAMA_BPE = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


class Gguf:
    """Metadata and tensors (as float32) of a GGUF v3 file."""

    def __init__(self, path: str):
        self.data, self.position = Path(path).read_bytes(), 4
        if self.data[:4] != b"GGUF" or self.scalar("I") != 3:
            raise SystemExit(f"{path} is not a GGUF v3 file.")
        tensors, keys = self.scalar("Q"), self.scalar("Q")
        self.metadata = {self.string(): self.value(self.scalar("I")) for _ in range(keys)}
        infos = [self.info() for _ in range(tensors)]
        alignment = self.metadata.get("general.alignment", 32)
        start = -(-self.position // alignment) * alignment
        self.tensors = {name: self.tensor(shape, kind, start + offset) for name, shape, kind, offset in infos}

    def scalar(self, form: str):
        (value,) = struct.unpack_from("<" + form, self.data, self.position)
        self.position += struct.calcsize("<" + form)
        return value

    def string(self) -> str:
        size = self.scalar("Q")
        self.position += size
        return self.data[self.position - size : self.position].decode()

    def value(self, kind: int):
        if kind == STRING:
            return self.string()
        if kind == ARRAY:
            item, size = self.scalar("I"), self.scalar("Q")
            return [self.value(item) for _ in range(size)]
        return self.scalar(SCALARS[kind])

    def info(self):
        name, dimensions = self.string(), self.scalar("I")
        return name, [self.scalar("Q") for _ in range(dimensions)], self.scalar("I"), self.scalar("Q")

    def tensor(self, shape: list[int], kind: int, offset: int) -> numpy.ndarray:
        if kind not in TENSOR_TYPES:
            raise SystemExit(f"Tensor type {kind} is neither F32 nor F16.")
        flat = numpy.frombuffer(self.data, TENSOR_TYPES[kind], int(numpy.prod(shape)), offset)
        return flat.astype(numpy.float32).reshape(shape[::-1])  # GGUF lists the fastest dimension first

    def llama(self, key: str):
        return self.metadata[f"llama.{key}"]


def widened_rotary(weight, heads: int, size: int):
    """Neighbouring pairs to split halves, with zeros between where heads get wider."""
    old, width = weight.shape[0] // heads, weight.shape[1]
    wide = numpy.zeros((heads, 2, size // 2, width), numpy.float32)
    wide[:, :, :: size // old] = weight.reshape(heads, old // 2, 2, width).transpose(0, 2, 1, 3)
    return wide.reshape(heads * size, width)


def widened_rows(weight, heads: int, size: int):
    old = weight.shape[0] // heads
    rows = weight.reshape(heads, old, -1)
    return numpy.pad(rows, ((0, 0), (0, size - old), (0, 0))).reshape(heads * size, -1)


def weights_of(gguf: Gguf, size: int) -> dict[str, numpy.ndarray]:
    source, heads, old = gguf.tensors, gguf.llama("attention.head_count"), gguf.llama("rope.dimension_count")
    weights = {"model.embed_tokens.weight": source["token_embd.weight"], "model.norm.weight": source["output_norm.weight"]}
    plain = {
        "input_layernorm": "attn_norm",
        "post_attention_layernorm": "ffn_norm",
        "mlp.gate_proj": "ffn_gate",
        "mlp.up_proj": "ffn_up",
        "mlp.down_proj": "ffn_down",
    }
    for index in range(gguf.llama("block_count")):
        block = {name: source[f"blk.{index}.{name}.weight"] for name in (*plain.values(), "attn_q", "attn_k", "attn_v", "attn_output")}
        target = {name: block[ours] for name, ours in plain.items()}
        target["self_attn.q_proj"] = widened_rotary(block["attn_q"], heads, size) * numpy.float32((size / old) ** 0.5)
        target["self_attn.k_proj"] = widened_rotary(block["attn_k"], heads, size)
        target["self_attn.v_proj"] = widened_rows(block["attn_v"], heads, size)
        target["self_attn.o_proj"] = widened_rows(block["attn_output"].T, heads, size).T
        weights.update({f"model.layers.{index}.{name}.weight": value for name, value in target.items()})
    return {name: numpy.ascontiguousarray(value) for name, value in weights.items()}


def config_of(gguf: Gguf, size: int) -> dict:
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "dtype": "float32",
        "vocab_size": len(gguf.metadata["tokenizer.ggml.tokens"]),
        "hidden_act": "silu",
        "hidden_size": gguf.llama("embedding_length"),
        "intermediate_size": gguf.llama("feed_forward_length"),
        "num_hidden_layers": gguf.llama("block_count"),
        "num_attention_heads": gguf.llama("attention.head_count"),
        "num_key_value_heads": gguf.llama("attention.head_count_kv"),
        "head_dim": size,
        "max_position_embeddings": gguf.llama("context_length"),
        "rms_norm_eps": round(gguf.llama("attention.layer_norm_rms_epsilon"), 12),
        "rope_theta": gguf.llama("rope.freq_base"),
        "tie_word_embeddings": True,
        "attention_bias": False,
        "mlp_bias": False,
        "bos_token_id": gguf.metadata["tokenizer.ggml.bos_token_id"],
        "eos_token_id": gguf.metadata["tokenizer.ggml.eos_token_id"],
    }


def text_model_of(gguf: Gguf) -> dict:
    """What turns text into tokens: pieces with a byte fallback (the tapes), or byte-level BPE (the word problems)."""
    tokens = gguf.metadata["tokenizer.ggml.tokens"]
    vocabulary = {token: index for index, token in enumerate(tokens)}
    if gguf.metadata["tokenizer.ggml.model"] == "gpt2":
        if gguf.metadata["tokenizer.ggml.pre"] != "llama-bpe":
            raise SystemExit(f"Pre-tokenizer {gguf.metadata['tokenizer.ggml.pre']} is not llama-bpe.")
        split = {"type": "Split", "pattern": {"Regex": LLAMA_BPE}, "behavior": "Isolated", "invert": False}
        bytes_of = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}
        merges = [merge.split(" ") for merge in gguf.metadata["tokenizer.ggml.merges"]]
        return {
            "normalizer": None,
            "pre_tokenizer": {"type": "Sequence", "pretokenizers": [split, bytes_of]},
            "decoder": {**bytes_of, "add_prefix_space": True, "use_regex": True},
            "model": {"type": "BPE", "ignore_merges": True, "vocab": vocabulary, "merges": merges},
        }
    return {
        "normalizer": {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"},
        "pre_tokenizer": None,
        "decoder": {
            "type": "Sequence",
            "decoders": [{"type": "Replace", "pattern": {"String": "\u2581"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"}],
        },
        "model": {
            "type": "BPE",
            "unk_token": tokens[gguf.metadata["tokenizer.ggml.unknown_token_id"]],
            "byte_fallback": True,
            "vocab": vocabulary,
            "merges": [],
        },
    }


def tokenizer_of(gguf: Gguf) -> dict:
    tokens, kinds = gguf.metadata["tokenizer.ggml.tokens"], gguf.metadata["tokenizer.ggml.token_type"]
    bos = gguf.metadata["tokenizer.ggml.bos_token_id"]
    common = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
    added = [
        {"id": index, "content": token, "special": kind == CONTROL, **common}
        for index, (token, kind) in enumerate(zip(tokens, kinds))
        if kind in (CONTROL, USER_DEFINED)
    ]
    first = [{"SpecialToken": {"id": tokens[bos], "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}]
    special = {tokens[bos]: {"id": tokens[bos], "ids": [bos], "tokens": [tokens[bos]]}}
    return {
        "version": "1.0",
        "added_tokens": added,
        **text_model_of(gguf),
        "post_processor": {
            "type": "TemplateProcessing",
            "single": first,
            "pair": [*first, {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": special,
        },
    }


def tokenizer_config_of(gguf: Gguf) -> dict:
    tokens = gguf.metadata["tokenizer.ggml.tokens"]
    names = {f"{name}_token": tokens[gguf.metadata[f"tokenizer.ggml.{key}_token_id"]] for name, key in (("bos", "bos"), ("eos", "eos"), ("unk", "unknown"))}
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        **names,
        "clean_up_tokenization_spaces": False,
        "model_max_length": gguf.llama("context_length"),
        # vLLM adds no special tokens to a chat: the template must write the BOS.
        "chat_template": "{{ bos_token }}" + gguf.metadata["tokenizer.chat_template"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gguf")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--head-size", type=int, default=32, help="at least this many rows a head (default 32)")
    arguments = parser.parse_args()
    gguf = Gguf(arguments.gguf)
    old = gguf.llama("rope.dimension_count")
    size = max(arguments.head_size, old)
    if size % old:
        raise SystemExit(f"--head-size {arguments.head_size} is not a multiple of the model's {old}.")
    arguments.folder.mkdir(parents=True, exist_ok=True)
    save_file(weights_of(gguf, size), arguments.folder / "model.safetensors", metadata={"format": "pt"})
    ends = {key: config_of(gguf, size)[key] for key in ("bos_token_id", "eos_token_id")}
    for name, content in {
        "config.json": config_of(gguf, size),
        "generation_config.json": ends,
        "tokenizer.json": tokenizer_of(gguf),
        "tokenizer_config.json": tokenizer_config_of(gguf),
    }.items():
        (arguments.folder / name).write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    print(f"{arguments.folder}: head size {size}, {len(gguf.tensors)} tensors")


if __name__ == "__main__":
    main()
