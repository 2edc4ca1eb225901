"""Trains the pair that thinks in words, from nothing to the two GGUF files: one command, fixed seeds and step counts.

    pip install -r models/training/requirements.txt
    python models/words/training/train.py

A stage whose checkpoint exists is not run again: delete a file in the work folder to repeat it and what follows.
"""

import argparse
import sys
import time
from pathlib import Path
from random import Random

import torch

sys.path.append(str(Path(__file__).parents[2] / "training"))

from fit import Stage, fit  # noqa: E402
from gguf_file import write_gguf  # noqa: E402
from language_model import LanguageModel, Shape, load, save  # noqa: E402
from tokenizer import TOKENS  # noqa: E402
from vocabulary_in_gguf import tokenizer_metadata  # noqa: E402
from widen import widened  # noqa: E402
from word_batches import Mix, batches  # noqa: E402

SMALL = Shape(layers=2, width=48, heads=3, hidden=144)
BASE = Shape(layers=2, width=64, heads=4, hidden=192)
MIDDLE = Shape(layers=4, width=64, heads=4, hidden=192)
LARGE = Shape(layers=48, width=64, heads=4, hidden=192)
CONTEXT = 1024

BEGINNINGS = {"small": SMALL, "base": BASE}
STAGES = {
    "small": Stage(steps=2000, rate=1e-2, tokens=4096, mix=Mix(drills=0.4, hidden=1.0), seed=1),
    "base": Stage(steps=3000, rate=1e-2, tokens=4096, mix=Mix(drills=0.2), seed=2),
    "middle": Stage(steps=2000, rate=5e-3, tokens=4096, mix=Mix(drills=0.2), seed=3),
    "large": Stage(steps=300, rate=1e-3, tokens=2048, mix=Mix(drills=0.2), seed=4),
}


def muon(model: LanguageModel, rate: float) -> list[torch.optim.Optimizer]:
    """Matrices by Muon, the embedding and the norms by AdamW: fewer steps than AdamW alone needs."""
    named = [(name, weight) for name, weight in model.named_parameters()]
    matrices = [weight for name, weight in named if weight.dim() == 2 and name != "embedding.weight"]
    others = [weight for name, weight in named if weight.dim() == 1 or name == "embedding.weight"]
    return [
        torch.optim.Muon(matrices, lr=rate, weight_decay=0.01, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(others, lr=0.4 * rate, betas=(0.9, 0.98), weight_decay=0.0),
    ]


def trained(name: str, begin, folder: Path) -> LanguageModel:
    """The model of a stage: from its checkpoint, or trained from what `begin` makes."""
    checkpoint = folder / f"{name}.pt"
    if checkpoint.exists():
        return load(checkpoint)
    stage = STAGES[name]
    torch.manual_seed(stage.seed)
    model = begin()
    print(f"{name}: {model.parameter_count():,} parameters", flush=True)
    made = batches(Random(stage.seed), stage.mix, stage.tokens)
    fit(model, stage, made, lambda line: print(f"{name}: {line}", flush=True), muon)
    save(model, checkpoint)
    return model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=Path(".cache/words"), help="folder of the checkpoints")
    parser.add_argument("--out", type=Path, default=Path("models"), help="folder of the GGUF files")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--only", choices=BEGINNINGS, help="this stage alone: small and base may run side by side")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    arguments.work.mkdir(parents=True, exist_ok=True)

    begin = time.time()
    for name in [arguments.only] if arguments.only else BEGINNINGS:
        trained(name, lambda: LanguageModel(BEGINNINGS[name], len(TOKENS)), arguments.work)
    if arguments.only:
        return
    small, base = (load(arguments.work / f"{name}.pt") for name in BEGINNINGS)
    middle = trained("middle", lambda: widened(base, MIDDLE), arguments.work)
    large = trained("large", lambda: widened(middle, LARGE), arguments.work)
    for name, model in (("words-small", small), ("words-large", large)):
        write_gguf(model, name, arguments.out / f"{name}.gguf", tokenizer_metadata(), CONTEXT)
    print(f"done in {time.time() - begin:.0f} s; now: python models/words/training/evaluate.py", flush=True)


if __name__ == "__main__":
    main()
