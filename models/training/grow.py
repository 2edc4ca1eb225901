"""Grows a trained model to twice its width and more layers without changing what it computes (Net2Net).

A large model trained from scratch did not learn to chain operations in the time there is; grown from one
that does, it only has to get better.
"""

import torch

from language_model import LanguageModel, Shape


def grow(small: LanguageModel, layers: int) -> LanguageModel:
    before = small.shape
    after = Shape(layers, 2 * before.width, 2 * before.heads, 2 * before.hidden)
    large = LanguageModel(after)
    weights = large.state_dict()
    for name, weight in small.state_dict().items():
        weights[name] = grown(name, weight)
    for layer in range(before.layers, layers):
        for name in ("attention_out", "feed_out"):
            weights[f"blocks.{layer}.{name}.weight"].zero_()  # the added layers pass their input on
    large.load_state_dict(weights)
    return large


def grown(name: str, weight):
    if name == "embedding.weight":
        return torch.cat([weight, weight], 1)
    if name == "norm.weight":
        return torch.cat([weight, weight]) / 2  # tied output: both halves are added up
    if name.endswith("norm.weight"):
        return torch.cat([weight, weight])
    parts = 3 if "qkv" in name else 2 if "gate_up" in name else 1
    return torch.cat([twice(part) for part in weight.chunk(parts)])


def twice(weight):
    """Reads [x, x], writes [y, y]. The halves differ by noise that cancels out, so that they can part ways."""

    def wide():
        noise = torch.randn_like(weight) * weight.std() * 0.5
        return torch.cat([weight / 2 + noise, weight / 2 - noise], 1)

    # One noise for both halves of the output would keep the heads alike for ever.
    return torch.cat([wide(), wide()])
