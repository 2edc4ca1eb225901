"""What a model is trained on: problems with their replies, and drills of single calculations."""

from dataclasses import dataclass
from random import Random

from problems import SEEN, Problem, Step, problem, single_step, thought
from rows import padded, split
from tokenizer import ASSISTANT, BOS, END_THINK, EOS, EQUALS, STEP_END, THINK, USER, encode

BATCHES_AHEAD = 16


@dataclass(frozen=True)
class Mix:
    """Shares of what a batch holds."""

    drills: float  # batches of single calculations in a row, instead of problems
    hidden: float = 0.0  # results of hard products that are no target of the loss


def hard(step: Step) -> bool:
    """A product that a model with `hidden` results rarely sees."""
    return step.sign == "*" and min(step.left, step.right) >= 4 and max(step.left, step.right) >= 6


def prompt_ids(prompt: str) -> list[int]:
    return [BOS, USER, *encode(prompt), ASSISTANT]


def reply_ids(random: Random, one: Problem) -> list[int]:
    return [THINK, *encode("\n" + thought(random, one)), END_THINK, *encode(f"\n\nAnswer: \\boxed{{{one.answer}}}"), EOS]


def batches(random: Random, mix: Mix, tokens: int):
    """Ids, and a mask of those to be learnt, both [rows, longest], without end.

    Rows of much the same length share a batch, so that little is padded.
    """
    while True:
        ahead = []
        for make, share in ((reply, 1 - mix.drills), (drill, mix.drills)):
            rows, total = [], 0
            while total < share * tokens * BATCHES_AHEAD:
                rows.append(make(random, mix))
                total += len(rows[-1][0])
            ahead += split(rows, tokens)
        random.shuffle(ahead)
        yield from map(padded, ahead)


def reply(random: Random, mix: Mix):
    """A prompt and its whole reply; only the reply is learnt, and of it not what is hidden."""
    one = problem(random, SEEN)
    prompt, answer = prompt_ids(one.prompt), reply_ids(random, one)
    learnt = [True] * len(answer)
    places = (index for index, token in enumerate(answer) if token == EQUALS)
    for step, place in zip(one.steps, places):
        if hard(step) and random.random() < mix.hidden:
            learnt[place + 2] = False  # "=", the space, the number
    return prompt + answer, [False] * len(prompt) + learnt


def drill(random: Random, mix: Mix):
    """Single calculations in a row that have nothing to do with each other; only the results are learnt."""
    ids, learnt = [BOS], [False]
    for _ in range(10):
        step = single_step(random)
        question, result = encode(f": {step.left} {step.sign} {step.right} ="), encode(f" {step.result}")
        shown = not (hard(step) and random.random() < mix.hidden)
        ids += [*question, *result, STEP_END]
        learnt += [False] * len(question) + [False, shown, False]
    return ids, learnt
