"""How a GGUF file tells of the words pair's tokenizer: that of Llama 3, which llama.cpp splits by the name "llama-bpe"."""

from gguf_file import BOOL, CHAT_TEMPLATE, INT32, STRING, UINT32, array, entry
from tokenizer import BOS, EOS, MERGES, SPECIAL, THINK, TOKENS, UNKNOWN


# It opens the thought, as R1's does.
TEMPLATE = CHAT_TEMPLATE.replace("%}<|assistant|>{% endif %}", "%}<|assistant|><think>\n{% endif %}")


def tokenizer_metadata() -> dict[str, bytes]:
    return {
        "llama.vocab_size": entry(UINT32, len(TOKENS)),
        "tokenizer.ggml.model": entry(STRING, "gpt2"),
        "tokenizer.ggml.pre": entry(STRING, "llama-bpe"),
        "tokenizer.ggml.tokens": array(STRING, TOKENS),
        "tokenizer.ggml.token_type": array(INT32, [token_type(index) for index in range(len(TOKENS))]),
        "tokenizer.ggml.merges": array(STRING, [f"{left} {right}" for left, right in MERGES]),
        "tokenizer.ggml.bos_token_id": entry(UINT32, BOS),
        "tokenizer.ggml.eos_token_id": entry(UINT32, EOS),
        "tokenizer.ggml.unknown_token_id": entry(UINT32, UNKNOWN),
        "tokenizer.ggml.add_bos_token": entry(BOOL, True),
        "tokenizer.chat_template": entry(STRING, TEMPLATE),
    }


def token_type(index: int) -> int:
    """Unknown 2, control 3, user defined 4, normal 1. The think tags are text that a reader sees."""
    if index == UNKNOWN:
        return 2
    if index < THINK:
        return 3
    return 4 if index < len(SPECIAL) else 1
