"""The routing loop on the training checkpoints: greedy, many problems at once, probe-then-dispatch.

A step depends only on who writes it and what came before, so each is written once, however many sweeps ask.
"""

from dataclasses import dataclass, field

import torch

from batches import prompt_ids
from language_model import LanguageModel
from vocabulary import END_THINK, EOS, NEWLINE, THINK, decode

LONGEST = 480
CANDIDATES = 20


@dataclass(frozen=True)
class Step:
    route: str
    entropy: float


@dataclass
class Reply:
    ids: tuple[int, ...]
    steps: list[Step] = field(default_factory=list)

    @property
    def text(self) -> str:
        return decode(self.ids)

    @property
    def thinks(self) -> bool:
        return self.ids[-1] not in (END_THINK, EOS) and len(self.ids) < LONGEST


class Answerer:
    def __init__(self, small: LanguageModel, large: LanguageModel):
        self.models = {"small": small.eval(), "large": large.eval()}
        self.written: dict = {}
        self.glimpsed: dict = {}

    def answer(self, prompts: list[str], decide, answer_by: str = "large") -> list[Reply]:
        """`decide(text so far, H_init)` says whether large writes the next step."""
        replies = [Reply((*prompt_ids(prompt), THINK, NEWLINE)) for prompt in prompts]
        while open_replies := [reply for reply in replies if reply.thinks]:
            self.glimpse({reply.ids for reply in open_replies})
            for reply in open_replies:
                entropy = self.glimpsed[reply.ids]
                reply.steps.append(Step("large" if decide(decode(reply.ids), entropy) else "small", entropy))
            self.write({(reply.steps[-1].route, reply.ids) for reply in open_replies}, step_ended)
            for reply in open_replies:
                reply.ids = self.written[reply.steps[-1].route, reply.ids, step_ended]
        self.write({(answer_by, reply.ids) for reply in replies}, answer_ended)
        for reply in replies:
            reply.ids = self.written[answer_by, reply.ids, answer_ended]
        return replies

    def glimpse(self, prefixes: set) -> None:
        """H_init: entropy in nats of the small model's next token, its 20 likeliest renormalised."""
        new = [prefix for prefix in prefixes if prefix not in self.glimpsed]
        for prefix, logits in zip(new, self.next_logits("small", new)):
            top = torch.softmax(logits, -1).topk(CANDIDATES).values
            top = top / top.sum()
            self.glimpsed[prefix] = -(top * (top + 1e-30).log()).sum().item()

    def write(self, wanted: set, ended) -> None:
        for name in self.models:
            new = [prefix for route, prefix in wanted if route == name and (route, prefix, ended) not in self.written]
            texts = {prefix: list(prefix) for prefix in new}
            writing = list(new)
            while writing:
                for prefix, logits in zip(writing, self.next_logits(name, [texts[p] for p in writing])):
                    texts[prefix].append(int(logits.argmax()))
                writing = [p for p in writing if not ended(texts[p]) and len(texts[p]) < LONGEST]
            self.written.update({(name, prefix, ended): tuple(text) for prefix, text in texts.items()})

    @torch.no_grad()
    def next_logits(self, name: str, prefixes: list) -> list:
        """Logits behind each prefix; prefixes of one length go together, so that nothing is padded."""
        logits: list = [None] * len(prefixes)
        by_length: dict[int, list[int]] = {}
        for index, prefix in enumerate(prefixes):
            by_length.setdefault(len(prefix), []).append(index)
        for indices in by_length.values():
            ids = torch.tensor([prefixes[index] for index in indices])
            last = torch.zeros_like(ids, dtype=torch.bool)
            last[:, -1] = True
            for index, row in zip(indices, self.models[name](ids, last)):
                logits[index] = row
        return logits


def step_ended(ids: list[int]) -> bool:
    return ids[-2:] == [NEWLINE, NEWLINE] or ids[-1] in (END_THINK, EOS)


def answer_ended(ids: list[int]) -> bool:
    return ids[-1] == EOS


def entropies(replies: list[Reply]) -> list[float]:
    return [step.entropy for reply in replies for step in reply.steps]
