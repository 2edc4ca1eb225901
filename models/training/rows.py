"""Rows of ids, of which some are to be learnt, put together to batches."""

import torch


def split(rows: list, tokens: int) -> list[list]:
    """Batches of about `tokens` ids, the padding counted, shortest rows first."""
    found: list[list] = [[]]
    for row in sorted(rows, key=lambda row: len(row[0])):
        if found[-1] and len(row[0]) * (len(found[-1]) + 1) > tokens:
            found.append([])
        found[-1].append(row)
    return [batch for batch in found if batch]


def padded(rows: list):
    longest = max(len(ids) for ids, _ in rows)
    ids = torch.zeros(len(rows), longest, dtype=torch.long)
    learnt = torch.zeros(len(rows), longest, dtype=torch.bool)
    for row, (row_ids, row_learnt) in enumerate(rows):
        ids[row, : len(row_ids)] = torch.tensor(row_ids)
        learnt[row, : len(row_ids)] = torch.tensor(row_learnt)
    return ids, learnt
