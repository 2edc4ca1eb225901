"""Greedy replies of one model, many problems at once, and what is wrong in them."""

import re

import torch

from language_model import Cache, LanguageModel
from problems import Problem, Step
from tokenizer import EOS, THINK, decode, encode
from word_batches import prompt_ids

LONGEST = 320
CALCULATION = re.compile(r"(\d+) ([-+*/]) (\d+) = (\d+)")


@torch.no_grad()
def written(model: LanguageModel, prefixes: list[list[int]], ends: set[int]) -> list[tuple[list[int], list[float]]]:
    """Greedy continuations up to a token of `ends`, and each token's entropy in nats."""
    found: list = [None] * len(prefixes)
    for group in of_one_length(prefixes):
        rows, done = [([], []) for _ in group], [False] * len(group)
        cache, tokens = Cache(), torch.tensor([prefixes[index] for index in group])
        while not all(done) and cache.length < LONGEST:
            logs = torch.log_softmax(model(tokens, cache=cache)[:, -1], -1)
            entropies = -(logs.exp() * logs).sum(-1)
            tokens = logs.argmax(-1, keepdim=True)
            for row, (token, entropy) in enumerate(zip(tokens[:, 0].tolist(), entropies.tolist())):
                if not done[row]:
                    rows[row][0].append(token)
                    rows[row][1].append(entropy)
                    done[row] = token in ends
        for index, row in zip(group, rows):
            found[index] = row
    return found


def of_one_length(prefixes: list[list[int]]) -> list[list[int]]:
    """Places of prefixes that go through a model together, with nothing padded."""
    groups: dict[int, list[int]] = {}
    for index, prefix in enumerate(prefixes):
        groups.setdefault(len(prefix), []).append(index)
    return list(groups.values())


def opened(one: Problem, thought: str = "") -> list[int]:
    return [*prompt_ids(one.prompt), THINK, *encode("\n" + thought)]


def replies(model: LanguageModel, problems: list[Problem]) -> list[str]:
    return [decode(ids) for ids, _ in written(model, [opened(one) for one in problems], {EOS})]


def is_right(one: Problem, reply: str) -> bool:
    return f"\\boxed{{{one.answer}}}" in reply


def error_in(step: Step, text: str) -> str:
    """What is wrong in a line of a thought: the plan, the calculation, or nothing."""
    found = CALCULATION.search(text)
    if found is None:
        return "plan"
    left, sign, right, result = int(found[1]), found[2], int(found[3]), int(found[4])
    same = (left, sign, right) == (step.left, step.sign, step.right)
    turned = sign in "+*" and (right, sign, left) == (step.left, step.sign, step.right)
    if not (same or turned):
        return "plan"
    return "" if result == step.result else "calculation"


def first_error(one: Problem, reply: str) -> str:
    lines = reply.split("</think>")[0].strip().split(".\n\n")
    for step, line in zip(one.steps, lines):
        if error := error_in(step, line):
            return error
    return "" if len(lines) == len(one.steps) and is_right(one, reply) else "plan"
