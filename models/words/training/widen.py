"""Makes a trained model wider and deeper without changing what it computes.

What is new starts silent: new widths carry zeros, new heads and hidden units write nothing yet, new layers pass their input
on. Training then lets them take part. RMSNorm divides by a mean over more zeros, so its weights are scaled.
"""

import torch

from language_model import LanguageModel, Shape


def widened(model: LanguageModel, shape: Shape) -> LanguageModel:
    """`model` inside a model of `shape`, whose heads are as wide; its layers are spread over those of `shape`."""
    before, tokens = model.shape, len(model.embedding.weight)
    large = LanguageModel(shape, tokens)
    weights, known = large.state_dict(), model.state_dict()
    scale = (before.width / shape.width) ** 0.5
    place = {index * shape.layers // before.layers: index for index in range(before.layers)}
    weights["embedding.weight"][:, before.width :] = 0
    weights["embedding.weight"][:, : before.width] = known["embedding.weight"]
    weights["norm.weight"][: before.width] = known["norm.weight"] * scale
    for layer in range(shape.layers):
        name = f"blocks.{layer}."
        weights[name + "attention_out.weight"].zero_()
        weights[name + "feed_out.weight"].zero_()
        if layer in place:
            put_block(weights, name, known, f"blocks.{place[layer]}.", scale)
    large.load_state_dict(weights)
    return large


def put_block(weights: dict, to: str, known: dict, of: str, scale: float) -> None:
    for part in ("attention_norm", "feed_norm"):
        weight = known[f"{of}{part}.weight"]
        weights[f"{to}{part}.weight"][: len(weight)] = weight * scale
    for part, chunks in (("qkv", 3), ("gate_up", 2), ("attention_out", 1), ("feed_out", 1)):
        small, large = known[f"{of}{part}.weight"].chunk(chunks), weights[f"{to}{part}.weight"].chunk(chunks)
        for weight, place in zip(small, large):
            place[: weight.shape[0], : weight.shape[1]] = weight
