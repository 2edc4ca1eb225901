"""Measures the pair on held-out problems, greedy: each model alone, routed over a sweep of tau, and random
routing at the same rate. Writes models/problems.json and models/results.json, and prints the card's tables.

    python models/training/evaluate.py              # 300 problems of the test seed
    python models/training/evaluate.py --develop    # 100 others, for choosing anything
"""

import argparse
import json
import math
from pathlib import Path
from random import Random

import torch

from language_model import load
from route import Answerer, entropies
from tape import held_out_problems

TEST_SEED, DEVELOP_SEED = 20261124, 7
TAUS = (0.1, 0.3, 0.5, 1.0, 1.3, 1.5, 1.7, 1.9, 2.1)
DEFAULT_TAU = 1.0
RANDOM_SEEDS = range(5)
EDGES = (0, 0.001, 0.01, 0.03, 0.1, 0.3, 0.5, 1.0, 1.25, 1.5, 1.75, 2.0, 2.25, 3.0)


def wilson(right: int, count: int) -> tuple[float, float]:
    """95 % interval of a proportion."""
    z, share = 1.96, right / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    return round(middle - half, 3), round(middle + half, 3)


def above(tau: float):
    return lambda _text, entropy: entropy > tau


def draw(seed: int, rate: float):
    """Random routing: the same text draws the same again."""
    return lambda text, _entropy: Random(f"{seed} {text}").random() < rate


def scored(name: str, replies: list, problems: list) -> dict:
    right = sum(f"\\boxed{{{p['answer']}}}" in reply.text for p, reply in zip(problems, replies))
    steps = [step for reply in replies for step in reply.steps]
    by_large = sum(step.route == "large" for step in steps)
    low, high = wilson(right, len(problems))
    return {
        "name": name,
        "accuracy": round(right / len(problems), 3),
        "interval": [low, high],
        "large_steps": round(by_large / len(steps), 3),
        "steps": len(steps),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=Path(".cache/training"), help="folder of the checkpoints")
    parser.add_argument("--out", type=Path, default=Path("models"), help="folder of problems.json and results.json")
    parser.add_argument("--develop", action="store_true", help="100 problems of another seed; writes nothing")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    problems = held_out_problems(TEST_SEED, 300)
    if arguments.develop:
        problems = held_out_problems(DEVELOP_SEED, 100, without={problem["steps"][0] for problem in problems})
    answerer = Answerer(load(arguments.work / "small.pt"), load(arguments.work / "large.pt"))
    prompts = [problem["prompt"] for problem in problems]

    def measure(name, decide, answer_by="large"):
        result = scored(name, answerer.answer(prompts, decide, answer_by), problems)
        print("{name:<16} {accuracy:.3f} {interval}  large steps {large_steps:.3f} of {steps}".format(**result), flush=True)
        return result

    alone = [measure("small only", lambda *_: False, "small"), measure("large only", lambda *_: True)]
    routed = [measure(f"tau {tau}", above(tau)) for tau in TAUS]
    rate = routed[TAUS.index(DEFAULT_TAU)]["large_steps"]
    drawn = [measure(f"random, seed {seed}", draw(seed, rate)) for seed in RANDOM_SEEDS]
    mean = sum(result["accuracy"] for result in drawn) / len(drawn)
    print(f"random, mean     {mean:.3f}")
    found = entropies(answerer.answer(prompts, above(DEFAULT_TAU)))
    histogram = [sum(low <= h < high for h in found) for low, high in zip(EDGES, EDGES[1:])]
    for low, high, count in zip(EDGES, EDGES[1:], histogram):
        print(f"H_init {low:>5} to {high:<5} {count:>5} {'#' * (count // 8)}".rstrip())
    if not arguments.develop:
        summary = {
            "problems": len(problems),
            "seed": TEST_SEED,
            "results": [*alone, *routed, *drawn],
            "random_mean": round(mean, 3),
            "histogram": {"tau": DEFAULT_TAU, "edges": EDGES, "counts": histogram},
        }
        (arguments.out / "problems.json").write_text(json.dumps(problems, indent=1) + "\n")
        (arguments.out / "results.json").write_text(json.dumps(summary, indent=1) + "\n")


if __name__ == "__main__":
    main()
