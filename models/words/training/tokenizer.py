"""Byte-level BPE as Llama 3 has it: words carry their space, a number is a token of its own, and so is "." with the blank
line behind it.

The merges are frozen in bpe.json: learnt again from other texts they would give other ids to the same words. That file was
written once, by `python models/words/training/tokenizer.py`, and every stage and both GGUF files use it.
"""

import json
import re
from collections import Counter
from pathlib import Path

FROZEN = Path(__file__).with_name("bpe.json")
# What llama.cpp splits by under the name "llama-bpe", of the characters that the problems have.
PIECES = re.compile(r"'(?:s|t|re|ve|m|ll|d)|[^\r\nA-Za-z0-9]?[A-Za-z]+|[0-9]{1,3}| ?[^\sA-Za-z0-9]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
SPECIAL = ["<unk>", "<s>", "</s>", "<|user|>", "<|assistant|>", "<think>", "</think>"]
LARGEST_NUMBER = 199


def names_of_bytes() -> dict[int, str]:
    """GPT-2's printable name of every byte."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = (byte for byte in range(256) if byte not in plain)
    return {byte: chr(byte) for byte in plain} | {byte: chr(256 + index) for index, byte in enumerate(others)}


NAME = names_of_bytes()
BYTE = {name: byte for byte, name in NAME.items()}


def named(text: str) -> str:
    return "".join(NAME[byte] for byte in text.encode())


def merged(parts: list[str], left: str, right: str) -> list[str]:
    found = []
    for part in parts:
        if found and found[-1] == left and part == right:
            found[-1] = left + right
        else:
            found.append(part)
    return found


def learnt_merges(texts: list[str]) -> list[list[str]]:
    """The likeliest pair is merged until every word that occurs is one token; then the numbers."""
    words = Counter(piece for text in texts for piece in PIECES.findall(text) if not piece.isdigit())
    parts = {word: list(named(word)) for word in words}
    merges = []
    while True:
        pairs = Counter()
        for word, seq in parts.items():
            for pair in zip(seq, seq[1:]):
                pairs[pair] += words[word]
        if not pairs:
            break
        left, right = max(pairs, key=lambda pair: (pairs[pair], pair))
        merges.append([left, right])
        parts = {word: merged(seq, left, right) for word, seq in parts.items()}
    numbers = [str(number) for number in range(10, LARGEST_NUMBER + 1)]
    return merges + [[number[:-1], number[-1]] for number in numbers]


MERGES = [tuple(merge) for merge in json.loads(FROZEN.read_text())] if FROZEN.exists() else []
TOKENS = SPECIAL + [NAME[byte] for byte in range(256)] + list(dict.fromkeys(left + right for left, right in MERGES))
ID = {token: index for index, token in enumerate(TOKENS)}
RANK = {merge: rank for rank, merge in enumerate(MERGES)}
UNKNOWN, BOS, EOS, USER, ASSISTANT, THINK, END_THINK = range(len(SPECIAL))
KNOWN: dict[str, list[int]] = {}


def ids_of(piece: str) -> list[int]:
    if piece not in KNOWN:
        # A piece that is a token is not merged step by step: llama.cpp does so for "llama-bpe" ("110" could not be reached).
        parts = [named(piece)] if named(piece) in ID else list(named(piece))
        while len(parts) > 1:
            best = min(zip(parts, parts[1:]), key=lambda pair: RANK.get(pair, len(RANK)))
            if best not in RANK:
                break
            parts = merged(parts, *best)
        KNOWN[piece] = [ID[part] for part in parts]
    return KNOWN[piece]


def encode(text: str) -> list[int]:
    """Ids of a text without tags."""
    return [token for piece in PIECES.findall(text) for token in ids_of(piece)]


def decode(ids) -> str:
    parts = (TOKENS[token].encode() if token < len(SPECIAL) else bytes(BYTE[c] for c in TOKENS[token]) for token in ids)
    return b"".join(parts).decode(errors="replace")


if MERGES:
    STEP_END, LAST_STEP_END, EQUALS = (ID[named(text)] for text in (".\n\n", ".\n", " ="))
    NUMBERS = {ID[str(number)] for number in range(LARGEST_NUMBER + 1)}


def main() -> None:
    from random import Random

    from problems import SEEN, problem, reworded_problems, thought

    random = Random(0)
    every = [problem(random, SEEN) for _ in range(4000)] + reworded_problems(each=10, seed=0)
    texts = [text for one in every for text in (one.prompt, "\n", thought(random, one), f"\n\nAnswer: \\boxed{{{one.answer}}}")]
    FROZEN.write_text(json.dumps(learnt_merges(texts), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
