"""One token per character. What has no token of its own falls back to byte tokens, so a blank line is two of them."""

SPECIAL = ["<unk>", "<s>", "</s>"]
BYTES = [f"<0x{value:02X}>" for value in range(256)]
CHARACTERS = [chr(code) for code in range(32, 127)]
TAGS = ["<|user|>", "<|assistant|>", "<think>", "</think>"]
TOKENS = SPECIAL + BYTES + CHARACTERS + TAGS

ID = {token: index for index, token in enumerate(TOKENS)}
UNKNOWN, BOS, EOS = (ID[token] for token in SPECIAL)
USER, ASSISTANT, THINK, END_THINK = (ID[tag] for tag in TAGS)
NEWLINE = ID["<0x0A>"]


def encode(text: str) -> list[int]:
    """Ids of a text without tags."""
    return [NEWLINE if character == "\n" else ID[character] for character in text]


def decode(ids) -> str:
    return "".join("\n" if token == NEWLINE else TOKENS[token] for token in ids)
