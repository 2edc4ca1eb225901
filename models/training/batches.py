"""What a model is trained on: whole replies, and drills of single operations."""

from dataclasses import dataclass
from random import Random

from rows import padded, split
from tape import Tape, apply, easy_operation, in_words, random_tape
from vocabulary import ASSISTANT, BOS, END_THINK, EOS, THINK, USER, encode

BATCHES_AHEAD = 16


@dataclass(frozen=True)
class Mix:
    """Shares of what a batch holds."""

    drills: float  # batches of single operations in a row, instead of replies
    hard_drills: float  # of a drill's operations
    without_hard: float  # of the replies
    rests: int = 0  # operations, at most, that a drilled one has behind it


def prompt_ids(prompt: str) -> list[int]:
    return [BOS, USER, *encode(prompt), ASSISTANT]


def reply_ids(tape: Tape) -> list[int]:
    thought = encode("\n" + "\n\n".join(tape.steps()) + "\n")
    return [THINK, *thought, END_THINK, *encode(f"\n\nAnswer: \\boxed{{{tape.answer()}}}"), EOS]


def batches(random: Random, mix: Mix, tokens: int):
    """Ids, and a mask of those to be learnt, both [rows, longest], without end.

    Rows of much the same length share a batch, so that little is padded.
    """
    while True:
        drills, replies = [], []
        for _ in range(BATCHES_AHEAD):
            make, rows = (drill, drills) if random.random() < mix.drills else (reply, replies)
            total = 0
            while total < tokens:
                rows.append(make(random, mix))
                total += len(rows[-1][0])
        ahead = [*split(drills, tokens), *split(replies, tokens)]
        random.shuffle(ahead)
        yield from map(padded, ahead)


def reply(random: Random, mix: Mix):
    """A prompt, bare or in words, and its whole reply; only the reply is learnt."""
    while True:
        length = random.choice((1, 2, 3, 3, 4, 4, 5))
        hard = random.choice((1, 2)) if length >= 4 else 1
        tape = random_tape(random, length, 0 if random.random() < mix.without_hard else hard)
        if not tape.shows_held_out():
            break
    prompt = prompt_ids(in_words(random, tape) if random.random() < 0.5 else str(tape))
    answer = reply_ids(tape)
    return prompt + answer, [False] * len(prompt) + [True] * len(answer)


def drill(random: Random, mix: Mix):
    """Single steps in a row, of tapes that have nothing to do with each other; only what a step adds is learnt."""
    ids, learnt = [BOS], [False]
    for _ in range(9):
        tape = random_tape(random, 1, 1 if random.random() < mix.hard_drills else 0)
        if mix.rests > 0:
            tape = with_rest(random, tape, random.randint(0, mix.rests))
        question, result = (encode(line + "\n\n") for line in tape.steps()[:2])
        ids += question + result
        learnt += [False] * len(question) + [True] * (len(result) - 1) + [False]
    return ids, learnt


def with_rest(random: Random, tape: Tape, length: int) -> Tape:
    """The tape and `length` easy operations behind it."""
    value, rest = tape.answer(), []
    for _ in range(length):
        rest.append(easy_operation(random, value))
        value = apply(value, *rest[-1])
    longer = Tape(tape.start, (*tape.operations, *rest))
    return tape if longer.held_out() else longer
