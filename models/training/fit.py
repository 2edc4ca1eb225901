"""One stage of training: a fixed number of steps, AdamW, warm-up and cosine. No clock decides anything."""

import math
import time
from dataclasses import dataclass
from random import Random

import torch
from torch.nn import functional

from batches import Mix, batches
from language_model import LanguageModel

WARM_UP = 100


@dataclass(frozen=True)
class Stage:
    steps: int
    rate: float
    tokens: int
    mix: Mix
    seed: int


def fit(model: LanguageModel, stage: Stage, report) -> None:
    """Trains `model` in place; `report` gets a line now and then."""
    torch.manual_seed(stage.seed)
    made = batches(Random(stage.seed), stage.mix, stage.tokens)
    matrices = [p for p in model.parameters() if p.dim() == 2]
    scales = [p for p in model.parameters() if p.dim() == 1]
    groups = [{"params": matrices, "weight_decay": 0.01}, {"params": scales, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=stage.rate, betas=(0.9, 0.98))
    begin, average = time.time(), None
    for step in range(stage.steps):
        for group in optimizer.param_groups:
            group["lr"] = stage.rate * schedule(step, stage.steps)
        ids, learnt = next(made)
        logits = model(ids[:, :-1], learnt[:, 1:])
        loss = functional.cross_entropy(logits, ids[:, 1:][learnt[:, 1:]])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        average = loss.item() if average is None else 0.98 * average + 0.02 * loss.item()
        if (step + 1) % 250 == 0 or step + 1 == stage.steps:
            report(f"step {step + 1} of {stage.steps}  loss {average:.4f}  {time.time() - begin:.0f} s")


def schedule(step: int, steps: int) -> float:
    warm_up = min(1.0, (step + 1) / WARM_UP)
    return warm_up * (0.5 + 0.5 * math.cos(math.pi * step / steps))
