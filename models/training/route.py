"""The routing loop on the training checkpoints: greedy, many problems at once, probe-then-dispatch.

A step depends only on who writes it and what came before, so each is written once, however many sweeps ask.
"""

from dataclasses import dataclass, field

import torch

from batches import prompt_ids
from language_model import Cache, LanguageModel
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

    @torch.no_grad()
    def glimpse(self, prefixes: set) -> None:
        """H_init: entropy in nats of the small model's next token, its 20 likeliest renormalised."""
        for group in of_one_length(prefixes - self.glimpsed.keys()):
            logits = self.models["small"](torch.tensor(group))[:, -1]
            top = torch.softmax(logits, -1).topk(CANDIDATES).values
            top = top / top.sum(-1, keepdim=True)
            entropies = -(top * (top + 1e-30).log()).sum(-1)
            self.glimpsed.update(zip(group, entropies.tolist()))

    def write(self, wanted: set, ended) -> None:
        for name in self.models:
            new = {prefix for route, prefix in wanted if route == name and (route, prefix, ended) not in self.written}
            for group in of_one_length(new):
                texts = self.written_on(name, group, ended)
                self.written.update({(name, prefix, ended): text for prefix, text in zip(group, texts)})

    @torch.no_grad()
    def written_on(self, name: str, group: list, ended) -> list[tuple[int, ...]]:
        """Greedy continuations, the prefixes included."""
        texts, done = [list(prefix) for prefix in group], [False] * len(group)
        cache, tokens = Cache(), torch.tensor(group)
        while not all(done) and cache.length < LONGEST:
            tokens = self.models[name](tokens, cache=cache)[:, -1:].argmax(-1)
            for row, token in enumerate(tokens[:, 0].tolist()):
                if not done[row]:
                    texts[row].append(token)
                    done[row] = ended(texts[row])
        return [tuple(text) for text in texts]


def of_one_length(prefixes: set) -> list[list]:
    """Prefixes that go through a model together, with nothing padded."""
    groups: dict[int, list] = {}
    for prefix in sorted(prefixes):
        groups.setdefault(len(prefix), []).append(prefix)
    return list(groups.values())


def step_ended(ids: list[int]) -> bool:
    return ids[-2:] == [NEWLINE, NEWLINE] or ids[-1] in (END_THINK, EOS)


def answer_ended(ids: list[int]) -> bool:
    return ids[-1] == EOS


def entropies(replies: list[Reply]) -> list[float]:
    return [step.entropy for reply in replies for step in reply.steps]
