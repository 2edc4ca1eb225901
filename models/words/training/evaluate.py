"""Measures both models on problems that training never saw, greedy, and what small's entropies tell of its errors.
Writes models/words-problems.json and models/words-results.json, and prints the card's figures.

    python models/words/training/evaluate.py              # the test seeds
    python models/words/training/evaluate.py --develop    # fewer problems of others, for choosing anything:
                                                          # writes develop.json to the work folder, nothing else
"""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from random import Random

import numpy
import torch

sys.path.append(str(Path(__file__).parents[2] / "training"))

from language_model import LanguageModel, load  # noqa: E402
from problems import HELD_OUT, SEEN, Problem, lines, problems, reworded_problems  # noqa: E402
from solve import error_in, first_error, is_right, opened, replies, written  # noqa: E402
from tokenizer import END_THINK, EOS, EQUALS, LAST_STEP_END, NUMBERS, STEP_END, decode  # noqa: E402

TEST_SEED, DEVELOP_SEED = 20261127, 7
IN_FILE, CHECKED = 200, 20
SIGNALS = ("first token", "number behind =", "other words, max", "any token but the first, max", "mean of the step")


def clustered(hits: list, clusters: list) -> list[float]:
    """95 % by bootstrap over the clusters."""
    sums: dict = {}
    for hit, cluster in zip(hits, clusters):
        right, count = sums.get(cluster, (0, 0))
        sums[cluster] = (right + hit, count + 1)
    table, random = numpy.array(list(sums.values()), float), numpy.random.default_rng(0)
    drawn = table[random.integers(0, len(table), (2000, len(table)))].sum(1)
    low, high = numpy.quantile(drawn[:, 0] / drawn[:, 1], (0.025, 0.975))
    return [round(float(low), 3), round(float(high), 3)]


def auroc(values: list[float], wrong: list[bool]) -> float:
    """How well the value ranks wrong steps above right ones; ties count half."""
    bad = numpy.array([v for v, w in zip(values, wrong) if w])[:, None]
    good = numpy.array([v for v, w in zip(values, wrong) if not w])[None]
    return round(float((bad > good).mean() + 0.5 * (bad == good).mean()), 3) if bad.size and good.size else float("nan")


def signals(ids: list[int], entropies: list[float]) -> dict[str, float]:
    results = {place for place in range(2, len(ids)) if ids[place - 2] == EQUALS}
    words = [place for place in range(1, len(ids)) if ids[place] not in NUMBERS]
    top = lambda places: max((entropies[place] for place in places), default=0.0)  # noqa: E731
    found = (entropies[0], top(results), top(words), top(range(1, len(ids))), sum(entropies) / len(entropies))
    return dict(zip(SIGNALS, found))


def steps_of(small: LanguageModel, among: list[Problem]) -> list[dict]:
    """Every step, written by small behind the right ones before it."""
    random, asked = Random(5), []
    for one in among:
        told = lines(random, one)
        asked += [(one, place, "".join(f"{line}.\n\n" for line in told[:place])) for place in range(len(told))]
    prefixes = [opened(one, thought) for one, _place, thought in asked]
    found = written(small, prefixes, {STEP_END, LAST_STEP_END, END_THINK, EOS})
    return [
        {"step": one.steps[place], "error": error_in(one.steps[place], decode(ids)), **signals(ids, entropies)}
        for (one, place, _thought), (ids, entropies) in zip(asked, found)
    ]


def accuracy(who: str, model: LanguageModel, name: str, among: list[Problem]) -> dict:
    told = replies(model, among)
    hits = [is_right(one, reply) for one, reply in zip(among, told)]
    clusters = [one.unseen or str(one.template) for one in among]
    errors = Counter(first_error(one, reply) for one, reply in zip(among, told))
    result = {
        "model": who, "problems": name, "count": len(among), "clusters": len(set(clusters)),
        "accuracy": round(sum(hits) / len(hits), 3), "interval": clustered(hits, clusters),
        "plan": errors["plan"], "calculation": errors["calculation"],
    }
    print("{model:6}{problems:18}{accuracy:.3f} {interval}  of {count} ({clusters} clusters); first errors: plan {plan}, calculation {calculation}".format(**result), flush=True)
    return result


def told_apart(rows: list[dict]) -> list[dict]:
    counts = Counter(row["error"] for row in rows)
    print(f"{len(rows)} steps of small behind right ones: {counts['calculation']} wrong calculations, {counts['plan']} wrong plans")
    hard = Counter((row["step"].sign, row["error"] == "calculation") for row in rows)
    print("wrong calculations by sign:", {sign: f"{hard[sign, True]} of {hard[sign, True] + hard[sign, False]}" for sign in "*/+-"})
    found = []
    for signal in SIGNALS:
        areas = {}
        for error in ("calculation", "plan"):
            some = [row for row in rows if row["error"] in ("", error)]
            areas[error] = auroc([row[signal] for row in some], [bool(row["error"]) for row in some])
        found.append({"signal": signal, **areas})
        print(f"AUROC {signal:30} wrong calculation {areas['calculation']:.3f}  wrong plan {areas['plan']:.3f}", flush=True)
    return found


def listed(one: Problem) -> dict:
    return {"prompt": one.prompt, "answer": one.answer, "steps": [str(step) for step in one.steps], "template": str(one.template)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=Path(".cache/words"), help="folder of the checkpoints")
    parser.add_argument("--out", type=Path, default=Path("models"), help="folder of the two JSON files")
    parser.add_argument("--develop", action="store_true", help="fewer problems of another seed")
    parser.add_argument("--small", default="small")
    parser.add_argument("--large", default="large")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    count, seed = (150, DEVELOP_SEED) if arguments.develop else (500, TEST_SEED)
    sets = {
        "trained templates": problems(count, SEEN, seed, each=5),
        "unseen templates": problems(count, HELD_OUT, seed + 1, each=5),
        "unseen wordings": reworded_problems(count // 25, seed + 2),
    }
    models = {name: load(arguments.work / f"{getattr(arguments, name)}.pt").eval() for name in ("small", "large")}
    table = [accuracy(who, model, name, among) for who, model in models.items() for name, among in sets.items()]
    areas = told_apart(steps_of(models["small"], sets["trained templates"] + sets["unseen templates"]))
    if arguments.develop:
        some = [listed(one) for one in problems(count, HELD_OUT, seed + 3)]
        (arguments.work / "develop.json").write_text(json.dumps(some))
        return
    in_file = problems(IN_FILE, HELD_OUT, seed + 3)
    checked = in_file[:CHECKED]
    told = {name: replies(model, checked) for name, model in models.items()}
    checks = [
        {"ids": opened(one), "small": told["small"][index], "large": told["large"][index]}
        for index, one in enumerate(checked)
    ]
    results = {"seed": seed, "accuracy": table, "auroc": areas, "checks": checks}
    (arguments.out / "words-problems.json").write_text(json.dumps([listed(one) for one in in_file], indent=1) + "\n")
    (arguments.out / "words-results.json").write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
