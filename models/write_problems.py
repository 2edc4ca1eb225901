"""Writes held-out problems of an embedded pair as JSON lines, for `glimprouter calibrate` and `glimprouter eval`.

    python models/write_problems.py words 300 --seed 41 > train.jsonl
    python models/write_problems.py words 1000 --seed 42 --without train.jsonl > test.jsonl

A cluster is a template in words; a tape is a cluster of its own. No two prompts are the same, and none is of `--without`.
"""

import argparse
import json
import sys
from pathlib import Path
from random import Random

sys.path += [str(Path(__file__).parent / folder) for folder in ("training", "words/training")]

from problems import HELD_OUT, problem_of  # noqa: E402
from tape import held_out_problems  # noqa: E402

EACH = 5  # problems of a template


def tapes(random: Random):
    while True:
        for one in held_out_problems(random.randrange(2**32), 100):
            yield one["prompt"], one["answer"], None


def words(random: Random):
    while True:
        template = random.choice(HELD_OUT)
        for _ in range(EACH):
            one = problem_of(random, template, tries=400)
            if one:
                yield one.prompt, one.answer, str(template)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pair", choices=("tape", "words"))
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--without", type=Path, action="append", default=[], help="JSON lines with prompts to leave out")
    arguments = parser.parse_args()
    seen = {json.loads(line)["prompt"] for file in arguments.without for line in file.read_text().splitlines()}
    made = {"tape": tapes, "words": words}[arguments.pair](Random(arguments.seed))
    written = 0
    while written < arguments.count:
        prompt, answer, cluster = next(made)
        if prompt in seen:
            continue
        seen.add(prompt)
        written += 1
        row = {"id": f"{arguments.pair}-{arguments.seed}-{written}", "prompt": prompt, "answer": answer}
        print(json.dumps(row | ({"cluster": cluster} if cluster else {})))


if __name__ == "__main__":
    main()
