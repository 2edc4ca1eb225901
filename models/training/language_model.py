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

    def forward(self, x, cos, sin):
        batch, time, width = x.shape
        heads = (batch, time, 3, self.shape.heads, self.shape.head_size)
        q, k, v = self.qkv(self.attention_norm(x)).view(heads).permute(2, 0, 3, 1, 4)
        attended = functional.scaled_dot_product_attention(rotate(q, cos, sin), rotate(k, cos, sin), v, is_causal=True)
        x = x + self.attention_out(attended.transpose(1, 2).reshape(batch, time, width))
        gate, up = self.gate_up(self.feed_norm(x)).chunk(2, -1)
        return x + self.feed_out(functional.silu(gate) * up)


def rotate(x, cos, sin):
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack((even * cos - odd * sin, even * sin + odd * cos), -1).flatten(-2)


class LanguageModel(nn.Module):
    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(len(TOKENS), shape.width)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.norm = Norm(shape.width)
        nn.init.normal_(self.embedding.weight, std=0.05)
        for block in self.blocks:
            for layer in (block.qkv, block.gate_up):
                nn.init.normal_(layer.weight, std=0.7 * shape.width**-0.5)
            for layer in (block.attention_out, block.feed_out):
                fan_in = layer.weight.shape[1]
                nn.init.normal_(layer.weight, std=0.7 * fan_in**-0.5 / math.sqrt(2 * shape.layers))

    def forward(self, ids, wanted=None):
        """Logits of every position, or only of the `wanted` ones (a mask): most of a batch is prompt."""
        size = self.shape.head_size
        frequencies = 10000.0 ** (-torch.arange(0, size, 2).float() / size)
        angles = torch.arange(ids.shape[1]).float()[:, None] * frequencies
        x = self.embedding(ids)
        for block in self.blocks:
            x = block(x, angles.cos(), angles.sin())
        x = self.norm(x)
        return (x if wanted is None else x[wanted]) @ self.embedding.weight.T

    def parameter_count(self) -> int:
        return sum(parameter.numel() for parameter in self.parameters())


def save(model: LanguageModel, path) -> None:
    torch.save({"shape": vars(model.shape), "weights": model.state_dict()}, path)


def load(path) -> LanguageModel:
    checkpoint = torch.load(path)
    model = LanguageModel(Shape(**checkpoint["shape"]))
    model.load_state_dict(checkpoint["weights"])
    return model
