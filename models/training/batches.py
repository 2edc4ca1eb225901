"""What a model is trained on: whole replies, and drills of single operations."""

from dataclasses import dataclass
from random import Random

import torch

from tape import Tape, in_words, random_tape
from vocabulary import ASSISTANT, BOS, END_THINK, EOS, THINK, USER, encode


@dataclass(frozen=True)
class Mix:
    """Shares of what a batch holds."""

    drills: float  # batches of single operations in a row, instead of replies
    hard_drills: float  # of a drill's operations
    without_hard: float  # of the replies


def prompt_ids(prompt: str) -> list[int]:
    return [BOS, USER, *encode(prompt), ASSISTANT]


def reply_ids(tape: Tape) -> list[int]:
    thought = encode("\n" + "\n\n".join(tape.steps()) + "\n")
    return [THINK, *thought, END_THINK, *encode(f"\n\nAnswer: \\boxed{{{tape.answer()}}}"), EOS]


def batch(random: Random, mix: Mix, tokens: int):
    """Ids, and a mask of those to be learnt, both [rows, longest]."""
    make = drill if random.random() < mix.drills else reply
    rows, total = [], 0
    while total < tokens:
        rows.append(make(random, mix))
        total += len(rows[-1][0])
    longest = max(len(ids) for ids, _ in rows)
    ids = torch.zeros(len(rows), longest, dtype=torch.long)
    learnt = torch.zeros(len(rows), longest, dtype=torch.bool)
    for row, (row_ids, row_learnt) in enumerate(rows):
        ids[row, : len(row_ids)] = torch.tensor(row_ids)
        learnt[row, : len(row_ids)] = torch.tensor(row_learnt)
    return ids, learnt


def reply(random: Random, mix: Mix):
    """A prompt, bare or in words, and its whole reply; only the reply is learnt."""
    while True:
        length = random.choice((1, 2, 3, 3, 4, 4, 5))
        hard = random.choice((1, 2)) if length >= 4 else 1
        tape = random_tape(random, length, 0 if random.random() < mix.without_hard else hard)
        if not tape.held_out():
            break
    prompt = prompt_ids(in_words(random, tape) if random.random() < 0.5 else str(tape))
    answer = reply_ids(tape)
    return prompt + answer, [False] * len(prompt) + [True] * len(answer)


def drill(random: Random, mix: Mix):
    """Nine single operations in a row; only the results are learnt."""
    ids, learnt = [BOS], [False]
    for _ in range(9):
        tape = random_tape(random, 1, 1 if random.random() < mix.hard_drills else 0)
        question, result = (encode(line + "\n\n") for line in tape.steps())
        ids += question + result
        learnt += [False] * len(question) + [True] * (len(result) - 1) + [False]
    return ids, learnt
