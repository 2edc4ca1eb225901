"""A llama: RMSNorm, rotary attention with neighbouring pairs (as llama.cpp's `llama` wants it), SwiGLU, tied embeddings."""

import math
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional

from vocabulary import TOKENS


@dataclass(frozen=True)
class Shape:
    layers: int
    width: int
    heads: int
    hidden: int

    @property
    def head_size(self) -> int:
        return self.width // self.heads


class Norm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * self.weight


class Block(nn.Module):
    def __init__(self, shape: Shape):
        super().__init__()
        width, hidden = shape.width, shape.hidden
        self.shape = shape
        self.attention_norm, self.feed_norm = Norm(width), Norm(width)
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.attention_out = nn.Linear(width, width, bias=False)
        self.gate_up = nn.Linear(width, 2 * hidden, bias=False)
        self.feed_out = nn.Linear(hidden, width, bias=False)

    def forward(self, x, cos, sin, cache=None):
        batch, time, width = x.shape
        heads = (batch, time, 3, self.shape.heads, self.shape.head_size)
        q, k, v = self.qkv(self.attention_norm(x)).view(heads).permute(2, 0, 3, 1, 4)
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        if cache is not None:
            k, v = cache.extended(self, k, v)
        attended = functional.scaled_dot_product_attention(q, k, v, is_causal=time > 1)
        x = x + self.attention_out(attended.transpose(1, 2).reshape(batch, time, width))
        gate, up = self.gate_up(self.feed_norm(x)).chunk(2, -1)
        return x + self.feed_out(functional.silu(gate) * up)


def rotate(x, cos, sin):
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack((even * cos - odd * sin, even * sin + odd * cos), -1).flatten(-2)


class Cache:
    """Keys and values of what was read: after the first call, a model takes one token at a time."""

    def __init__(self):
        self.length, self.blocks = 0, {}

    def extended(self, block: Block, k, v):
        if block in self.blocks:
            before_k, before_v = self.blocks[block]
            k, v = torch.cat([before_k, k], 2), torch.cat([before_v, v], 2)
        self.blocks[block] = k, v
        return k, v


class LanguageModel(nn.Module):
    def __init__(self, shape: Shape, tokens: int = len(TOKENS)):
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(tokens, shape.width)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.norm = Norm(shape.width)
        nn.init.normal_(self.embedding.weight, std=0.05)
        for block in self.blocks:
            for layer in (block.qkv, block.gate_up):
                nn.init.normal_(layer.weight, std=0.7 * shape.width**-0.5)
            for layer in (block.attention_out, block.feed_out):
                fan_in = layer.weight.shape[1]
                nn.init.normal_(layer.weight, std=0.7 * fan_in**-0.5 / math.sqrt(2 * shape.layers))

    def forward(self, ids, wanted=None, cache=None):
        """Logits of every position, or only of the `wanted` ones (a mask): most of a batch is prompt."""
        size, begin = self.shape.head_size, 0 if cache is None else cache.length
        frequencies = 10000.0 ** (-torch.arange(0, size, 2).float() / size)
        angles = torch.arange(begin, begin + ids.shape[1]).float()[:, None] * frequencies
        x = self.embedding(ids)
        for block in self.blocks:
            x = block(x, angles.cos(), angles.sin(), cache)
        if cache is not None:
            cache.length += ids.shape[1]
        x = self.norm(x)
        return (x if wanted is None else x[wanted]) @ self.embedding.weight.T

    def parameter_count(self) -> int:
        return sum(parameter.numel() for parameter in self.parameters())


def save(model: LanguageModel, path) -> None:
    torch.save({"shape": vars(model.shape), "weights": model.state_dict()}, path)


def load(path) -> LanguageModel:
    checkpoint = torch.load(path)
    weights = checkpoint["weights"]
    model = LanguageModel(Shape(**checkpoint["shape"]), tokens=len(weights["embedding.weight"]))
    model.load_state_dict(weights)
    return model
