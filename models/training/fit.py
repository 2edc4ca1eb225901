"""One stage of training: a fixed number of steps, warm-up and cosine. No clock decides anything."""

import math
import time
from dataclasses import dataclass

import torch
from torch.nn import functional

from language_model import LanguageModel

WARM_UP = 100


@dataclass(frozen=True)
class Stage:
    steps: int
    rate: float
    tokens: int
    mix: object
    seed: int


def adamw(model: LanguageModel, rate: float) -> list[torch.optim.Optimizer]:
    matrices = [p for p in model.parameters() if p.dim() == 2]
    scales = [p for p in model.parameters() if p.dim() == 1]
    groups = [{"params": matrices, "weight_decay": 0.01}, {"params": scales, "weight_decay": 0.0}]
    return [torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98))]


def fit(model: LanguageModel, stage: Stage, made, report, optimizers=adamw) -> None:
    """Trains `model` in place on the batches `made`; `report` gets a line now and then."""
    torch.manual_seed(stage.seed)
    chosen = optimizers(model, stage.rate)
    groups = [group for optimizer in chosen for group in optimizer.param_groups]
    rates = [group["lr"] for group in groups]
    begin, average = time.time(), None
    for step in range(stage.steps):
        for group, rate in zip(groups, rates):
            group["lr"] = rate * schedule(step, stage.steps)
        ids, learnt = next(made)
        logits = model(ids[:, :-1], learnt[:, 1:])
        loss = functional.cross_entropy(logits, ids[:, 1:][learnt[:, 1:]])
        model.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimizer in chosen:
            optimizer.step()
        average = loss.item() if average is None else 0.98 * average + 0.02 * loss.item()
        if (step + 1) % 250 == 0 or step + 1 == stage.steps:
            report(f"step {step + 1} of {stage.steps}  loss {average:.4f}  {time.time() - begin:.0f} s")


def schedule(step: int, steps: int) -> float:
    warm_up = min(1.0, (step + 1) / WARM_UP)
    return warm_up * (0.5 + 0.5 * math.cos(math.pi * step / steps))
