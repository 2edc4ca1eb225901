"""The sentences of the word problems. Each has a line of the thought, its calculation, and a few wordings.

In a wording, {N} is whom the problem is about, {K} and {M} are two others, {T} the things, {C} what holds them, {a} and {b}
new numbers, {v} the number so far, {d} one that plays no part. A calculation is written over a, b and v.
A wording in `unseen` is never trained on: the reading of it is reported apart.
"""

from dataclasses import dataclass

NAMES = "Tom Anna Ben Clara Felix Ida Lena Max".split()
THINGS = "apples pears plums nuts eggs cookies marbles coins".split()
CONTAINERS = "bags boxes baskets jars".split()


@dataclass(frozen=True)
class Sentence:
    wordings: tuple
    unseen: tuple = ()
    step: str = ""
    calculation: str = ""


def sentence(*wordings, unseen="", step="", calculation=""):
    return Sentence(wordings, (unseen,) if unseen else (), step, calculation)


STARTS = {
    "plain": sentence("{N} has {v} {T}.", "At first {N} has {v} {T}.", "{N} owns {v} {T}.", unseen="At first {N} owns {v} {T}."),
    "each": sentence(
        "{N} has {a} {C} with {b} {T} each.", "There are {b} {T} in each of {N}'s {a} {C}.", "{N} has {a} {C} of {b} {T} each.",
        unseen="{N} owns {a} {C} with {b} {T} each.", step="{N} has {a} {C} with {b} {T} each", calculation="a*b"),
    "days": sentence(
        "{N} collects {b} {T} a day for {a} days.", "For {a} days {N} collects {b} {T} a day.",
        "On each of {a} days {N} collects {b} {T}.",
        unseen="For {a} days {N} collects {b} {T} each day.", step="{N} collects {b} {T} on {a} days", calculation="b*a"),
    "two": sentence(
        "{N} has {a} red {T} and {b} green {T}.", "{N} has {a} red and {b} green {T}.", "{N} owns {a} red and {b} green {T}.",
        unseen="{N} owns {a} red {T} and {b} green {T}.", step="{N} has {a} red and {b} green {T}", calculation="a+b"),
    "more": sentence(
        "{M} has {a} {T}. {N} has {b} more than {M}.", "{M} has {a} {T}, and {N} has {b} more.",
        "{M} owns {a} {T}. {N} owns {b} more than {M}.",
        unseen="{M} owns {a} {T}, and {N} owns {b} more.", step="{N} has {b} more than {M}", calculation="a+b"),
    "fewer": sentence(
        "{M} has {a} {T}. {N} has {b} fewer than {M}.", "{M} has {a} {T}, and {N} has {b} fewer.",
        "{M} owns {a} {T}. {N} owns {b} fewer than {M}.",
        unseen="{M} owns {a} {T}, and {N} owns {b} fewer.", step="{N} has {b} fewer than {M}", calculation="a-b"),
    "times": sentence(
        "{M} has {a} {T}. {N} has {b} times as many as {M}.", "{M} has {a} {T}, and {N} has {b} times as many.",
        "{M} owns {a} {T}. {N} owns {b} times as many as {M}.",
        unseen="{M} owns {a} {T}, and {N} owns {b} times as many.", step="{N} has {b} times as many as {M}", calculation="a*b"),
    "less more": sentence(
        "{M} has {a} {T}. That is {b} more than {N} has.", "{M} has {a} {T}, which is {b} more than {N} has.",
        step="{N} has {b} fewer than {M}", calculation="a-b"),
}

# "Ida gets 12 plums from Tom" is no wording here: who gives could not be learnt from it in the time there is.
EVENTS = {
    "give": sentence(
        "{N} gives {b} of them to {K}.", "{N} hands {b} {T} to {K}.", "{N} gives {K} {b} of the {T}.",
        unseen="{N} gives {b} of the {T} to {K}.", step="{N} gives {b} {T} to {K}", calculation="v-b"),
    "receive": sentence(
        "{K} gives {b} {T} to {N}.", "{N} receives {b} {T} from {K}.", "{N} receives {b} more from {K}.",
        unseen="{N} receives {b} more {T} from {K}.", step="{K} gives {b} {T} to {N}", calculation="v+b"),
    "lose": sentence(
        "{N} loses {b} of them.", "{N} loses {b} {T}.", unseen="{N} loses {b} of the {T}.",
        step="{N} loses {b} {T}", calculation="v-b"),
    "sell": sentence(
        "{N} sells {b} {T}.", "{N} sells {b} of them.", unseen="{N} sells {b} of the {T}.",
        step="{N} sells {b} {T}", calculation="v-b"),
    "find": sentence(
        "{N} finds {b} more.", "{N} finds {b} {T}.", unseen="{N} finds {b} more {T}.",
        step="{N} finds {b} more {T}", calculation="v+b"),
    "half": sentence(
        "{N} gives half of the {T} to {K}.", "{N} gives {K} half of them.", unseen="{N} gives {K} half of the {T}.",
        step="{N} keeps half of the {T}", calculation="v/2"),
    "swap": sentence(
        "{N} swaps each of the {T} for {b} smaller ones.", "{N} swaps each of them for {b} smaller {T}.",
        unseen="{N} swaps each of the {T} for {b} smaller {T}.", step="{N} gets {b} for each of the {T}", calculation="v*b"),
    # Two steps: what is bought, then the sum.
    "buy": sentence(
        "{N} buys {a} {C} with {b} {T} each.", "{N} buys {a} {C} of {b} {T} each.",
        unseen="{N} buys {a} more {C} with {b} {T} each.", step="{N} buys {a} {C} with {b} {T} each", calculation="a*b"),
}

# A wording here may hold a last event; it always ends with the question.
ENDINGS = {
    "now": sentence(
        "How many {T} does {N} have now?", "How many {T} does {N} have in the end?", "How many {T} are left?",
        unseen="How many {T} are left in the end?"),
    "share": sentence(
        "{N} shares the {T} equally among {b} friends. How many {T} does each friend get?",
        "{N} shares them equally among {b} friends. How many does each friend get?",
        unseen="{N} shares the {T} equally among {b} friends. How many does each friend get?",
        step="{b} friends share the {T}", calculation="v/b"),
    "pack": sentence(
        "{N} packs the {T} into {C} of {b}. How many {C} does {N} fill?",
        "{N} packs {b} {T} into each of the {C}. How many {C} does {N} fill?",
        unseen="{N} packs them into {C} of {b}. How many {C} does {N} fill?",
        step="{N} packs {b} {T} into each of the {C}", calculation="v/b"),
    "price": sentence(
        "{N} sells the {T} for {b} euros each. How many euros does {N} get?",
        "{N} sells all of them for {b} euros each. How many euros does {N} get?",
        unseen="{N} sells all the {T} for {b} euros each. How many euros does {N} get?",
        step="{N} gets {b} euros for each of the {T}", calculation="v*b"),
    "need": sentence(
        "{N} needs {b} {T}. How many {T} are missing?", "{N} needs {b} of them. How many are missing?",
        unseen="{N} needs {b} {T}. How many are missing?", step="{N} needs {b} {T}", calculation="b-v"),
    "both": sentence(
        "{K} has {b} {T}. How many {T} do {N} and {K} have together?",
        "{K} owns {b} {T}. How many do {N} and {K} have together?",
        unseen="{K} has {b} {T}. How many do {N} and {K} have together?",
        step="{N} and {K} put their {T} together", calculation="v+b"),
}

# Sentences with a number that plays no part.
DISTRACTORS = {
    "none": "", "age": "{N} is {d} years old.", "way": "The shop is {d} km away.", "other": "{K} has {d} {T}.",
}

# How a line of the thought begins: uneven, so that greedy replies do not hang on a near-tie.
OPENERS = {
    "first": (("First, ", 6), ("", 3), ("At first, ", 1)),
    "between": (("Then ", 6), ("", 3), ("Next, ", 1)),
    "last": (("So ", 6), ("", 3), ("Now ", 1)),
}
