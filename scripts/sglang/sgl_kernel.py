"""Stands in for SGLang's kernels, which need a GPU: the one function that a plain CPU server calls."""

__version__ = "0.0.0+stub"


def assign_req_to_token_pool_cpu(requests, table, starts, ends, locations, pool_length):
    """Notes where in the KV pool the new tokens of each request lie."""
    taken = 0
    for row, start, end in zip(requests.tolist(), starts.tolist(), ends.tolist()):
        table[row, start:end] = locations[taken : taken + end - start].to(table.dtype)
        taken += end - start


def __getattr__(name):
    # Everything else may be imported, and must not be called.
    if name.startswith("__"):
        raise AttributeError(name)

    def missing(*_args, **_more):
        raise NotImplementedError(f"sgl_kernel stub: {name}")

    return missing
