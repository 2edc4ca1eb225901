"""Trains the embedded pair, from nothing to the two GGUF files: one command, fixed seeds and step counts.

    pip install -r models/training/requirements.txt
    python models/training/train.py

About half an hour on one free core, without a GPU. A stage whose checkpoint exists is not run again:
delete a file in the work folder to repeat it and what follows.
"""

import argparse
import time
from pathlib import Path
from random import Random

import torch

from batches import Mix, batches
from fit import Stage, fit
from grow import grow
from gguf_file import tape_tokenizer, write_gguf
from language_model import LanguageModel, Shape, load, save

SMALL = Shape(layers=3, width=48, heads=3, hidden=144)
MIDDLE_LAYERS, LARGE_LAYERS = 4, 8
CONTEXT = 512

# The small model rarely meets a remainder: it learns the form of those steps, and guesses the result.
RARELY_HARD = Mix(drills=0.3, hard_drills=0.03, without_hard=0.85)
# The large one first learns remainders where they stand alone, then as a step among others.
MOSTLY_HARD = Mix(drills=0.35, hard_drills=0.75, without_hard=0.03)
IN_CHAINS = Mix(drills=0.4, hard_drills=0.75, without_hard=0.03, rests=3)
# At last more easy operations: with few of them, it read "12, +7" as "12, +70".
OF_ALL_KINDS = Mix(drills=0.4, hard_drills=0.5, without_hard=0.3, rests=3)

STAGES = {
    "small": Stage(steps=6000, rate=3e-3, tokens=4096, mix=RARELY_HARD, seed=1),
    "facts": Stage(steps=1400, rate=2e-3, tokens=4096, mix=MOSTLY_HARD, seed=2),
    "chains": Stage(steps=1500, rate=2e-3, tokens=4096, mix=IN_CHAINS, seed=3),
    "large": Stage(steps=600, rate=4e-4, tokens=2048, mix=OF_ALL_KINDS, seed=4),
}


def trained(name: str, begin, folder: Path) -> LanguageModel:
    """The model of a stage: from its checkpoint, or trained from what `begin` makes."""
    checkpoint = folder / f"{name}.pt"
    if checkpoint.exists():
        return load(checkpoint)
    torch.manual_seed(STAGES[name].seed)
    model = begin()
    print(f"{name}: {model.parameter_count():,} parameters", flush=True)
    stage = STAGES[name]
    fit(model, stage, batches(Random(stage.seed), stage.mix, stage.tokens), lambda line: print(f"{name}: {line}", flush=True))
    save(model, checkpoint)
    return model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=Path(".cache/training"), help="folder of the checkpoints")
    parser.add_argument("--out", type=Path, default=Path("models"), help="folder of the GGUF files")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    arguments.work.mkdir(parents=True, exist_ok=True)

    begin = time.time()
    small = trained("small", lambda: LanguageModel(SMALL), arguments.work)
    facts = trained("facts", lambda: grow(small, MIDDLE_LAYERS), arguments.work)
    chains = trained("chains", lambda: facts, arguments.work)
    large = trained("large", lambda: grow(chains, LARGE_LAYERS), arguments.work)
    for name, model in (("glimp-small", small), ("glimp-large", large)):
        write_gguf(model, name, arguments.out / f"{name}.gguf", tape_tokenizer(), CONTEXT)
    print(f"done in {time.time() - begin:.0f} s; now: python models/training/evaluate.py", flush=True)


if __name__ == "__main__":
    main()
