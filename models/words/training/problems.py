"""Word problems by templates, and the thought that solves them, a line a step.

A template says which sentences, in which order; names, things, numbers, wordings and openers vary freely. Every tenth
template (CRC-32) is held out and never trained on.
"""

import zlib
from dataclasses import dataclass
from random import Random

from sentences import CONTAINERS, DISTRACTORS, ENDINGS, EVENTS, NAMES, OPENERS, STARTS, THINGS, Sentence

LARGEST = 100  # of every number
NEAR = 20  # at most this much is added or taken away
SIMPLE = (2, 3, 4, 5, 6, 7, 8, 9, 10, 20)


@dataclass(frozen=True)
class Template:
    start: str
    events: tuple[str, ...]
    late: bool  # the last event is told after what follows it: "Before that, ..."
    ending: str
    distractor: str

    def __str__(self) -> str:
        return f"{self.start}|{','.join(self.events)}|{self.late}|{self.ending}|{self.distractor}"

    def held_out(self) -> bool:
        return zlib.crc32(str(self).encode()) % 10 == 0

    def steps(self) -> int:
        bought = self.events.count("buy")
        told = [STARTS[self.start], ENDINGS[self.ending]]
        return sum(bool(part.calculation) for part in told) + len(self.events) + bought

    def makes_sense(self) -> bool:
        if self.late and len(self.events) < 2:
            return False
        if "swap" in self.events and self.ending == "price":
            return False
        if self.distractor == "other" and self.ending == "both":
            return False
        return 2 <= self.steps() <= 4


def templates() -> list[Template]:
    chains = [(), *((e,) for e in EVENTS), *((e, f) for e in EVENTS for f in EVENTS if e != f)]
    found = (
        Template(start, events, late, ending, distractor)
        for start in STARTS
        for events in chains
        for late in (False, True)
        for ending in ENDINGS
        for distractor in DISTRACTORS
    )
    return [template for template in found if template.makes_sense()]


ALL = templates()
SEEN = [template for template in ALL if not template.held_out()]
HELD_OUT = [template for template in ALL if template.held_out()]


@dataclass(frozen=True)
class Step:
    text: str
    left: int
    sign: str
    right: int
    result: int

    def __str__(self) -> str:
        return f"{self.text}: {self.left} {self.sign} {self.right} = {self.result}"


@dataclass(frozen=True)
class Problem:
    template: Template
    prompt: str
    steps: tuple[Step, ...]
    unseen: str = ""  # the wording that was never trained on, if one is in it

    @property
    def answer(self) -> int:
        return self.steps[-1].result


class Unfit(Exception):
    """The numbers drawn do not work out."""


def nearby(random: Random, high: int) -> int:
    """What is added or taken away: often simple."""
    if high < 2:
        raise Unfit
    if random.random() < 0.6:
        return random.choice([number for number in SIMPLE if number <= high])
    return random.randint(2, min(NEAR, high))


def factor_of(random: Random, value: int) -> int:
    factors = [b for b in range(2, 10) if value % b == 0 and value // b >= 2]
    if not factors:
        raise Unfit
    return random.choice(factors)


def factor(random: Random, value: int, high: int = 9) -> int:
    """A number that `value` can be multiplied by."""
    if LARGEST // value < 2:
        raise Unfit
    return random.randint(2, min(high, LARGEST // value))


def numbers(random: Random, calculation: str, v: int) -> dict[str, int]:
    """The new numbers of a calculation on v."""
    if calculation in ("a*b", "b*a"):
        a = random.randint(2, 9)
        return {"a": a, "b": factor(random, a, 33)}
    if calculation == "a+b":
        a = random.randint(5, LARGEST - NEAR)
        pair = [a, nearby(random, NEAR)]
        random.shuffle(pair)
        return {"a": pair[0], "b": pair[1]}
    if calculation == "a-b":
        a = random.randint(10, LARGEST)
        return {"a": a, "b": nearby(random, a - 3)}
    if calculation == "a/b":
        b = random.randint(2, 9)
        return {"a": b * factor(random, b, 33), "b": b}
    if calculation == "v/2":
        return {}
    b = {
        "v+b": lambda: nearby(random, LARGEST - v),
        "v-b": lambda: nearby(random, v - 2),
        "b-v": lambda: v + nearby(random, LARGEST - v),
        "v*b": lambda: factor(random, v),
        "v/b": lambda: factor_of(random, v),
    }[calculation]()
    return {"b": b}


def calculated(text: str, calculation: str, values: dict) -> Step:
    left, sign, right = (values.get(part, part) for part in calculation)
    left, right = int(left), int(right)
    if sign == "/" and left % right:
        raise Unfit
    result = {"+": left + right, "-": left - right, "*": left * right, "/": left // right}[sign]
    if not 2 <= result <= LARGEST:
        raise Unfit
    return Step(text, left, sign, right, result)


class Story:
    """A problem while it is told."""

    def __init__(self, random: Random, unseen: Sentence | None):
        main, other, third = random.sample(NAMES, 3)
        self.words = dict(N=main, M=other, K=third, T=random.choice(THINGS), C=random.choice(CONTAINERS))
        self.random, self.unseen = random, unseen
        self.value, self.steps = 0, []

    def number(self) -> int:
        return self.random.randint(2, 50)

    def told(self, sentence: Sentence) -> str:
        """The sentence in one of its wordings, its step done."""
        wording = self.random.choice(sentence.unseen if sentence is self.unseen else sentence.wordings)
        if not sentence.calculation:
            if "{v}" in wording:
                self.value = self.random.randint(10, LARGEST - 10)
            return wording.format(v=self.value, d=self.number(), **self.words)
        drawn = numbers(self.random, sentence.calculation, self.value)
        self.do(sentence.step.format(**drawn, **self.words), sentence.calculation, drawn)
        return wording.format(**drawn, **self.words)

    def do(self, text: str, calculation: str, drawn: dict) -> None:
        self.steps.append(calculated(text, calculation, {"v": self.value, **drawn}))
        self.value = self.steps[-1].result

    def bought(self, sentence: Sentence) -> str:
        """What is bought is a step of its own, and so is adding it."""
        before = self.value
        text = self.told(sentence)
        bought, self.value = self.value, before
        self.do("{N} adds the {T}".format(**self.words), "v+b", {"b": bought})
        return text


def attempt(random: Random, template: Template, unseen: Sentence | None) -> Problem:
    story = Story(random, unseen)
    start = story.told(STARTS[template.start])
    events = [(story.bought if event == "buy" else story.told)(EVENTS[event]) for event in template.events]
    ending = story.told(ENDINGS[template.ending])
    if template.late:
        events[-2:] = [events[-1], f"Before that, {events[-2]}"]
    parts = [start, *events]
    if DISTRACTORS[template.distractor]:
        told = DISTRACTORS[template.distractor].format(d=story.number(), **story.words)
        parts.insert(random.randint(1, len(parts)), told)
    wording = unseen.unseen[0] if unseen else ""
    return Problem(template, " ".join([*parts, ending]), tuple(story.steps), wording)


def problem_of(random: Random, template: Template, unseen: Sentence | None = None, tries: int = 1) -> Problem | None:
    for _ in range(tries):
        try:
            return attempt(random, template, unseen)
        except Unfit:
            pass
    return None


def problem(random: Random, among: list[Template]) -> Problem:
    while True:
        found = problem_of(random, random.choice(among))
        if found:
            return found


def problems(count: int, among: list[Template], seed: int, each: int = 1) -> list[Problem]:
    """`each` problems of a template: templates are the clusters of an interval."""
    random, found = Random(seed), []
    while len(found) < count:
        template = random.choice(among)
        made = [problem_of(random, template, tries=400) for _ in range(each)]
        if all(made):
            found += made
    return found[:count]


def sentences_of(template: Template) -> list[Sentence]:
    return [STARTS[template.start], *(EVENTS[event] for event in template.events), ENDINGS[template.ending]]


def unseen_wordings() -> list[Sentence]:
    every = [*STARTS.values(), *EVENTS.values(), *ENDINGS.values()]
    return [sentence for sentence in every if sentence.unseen]


def reworded_problems(each: int, seed: int) -> list[Problem]:
    """`each` problems of trained templates for each wording that was never trained on, one of them in it."""
    random, found = Random(seed), []
    for sentence in unseen_wordings():
        fitting = [template for template in SEEN if sentence in sentences_of(template)]
        made = []
        while len(made) < each:
            one = problem_of(random, random.choice(fitting), sentence)
            made += [one] if one else []
        found += made
    return found


def opener(random: Random, index: int, count: int) -> str:
    place = "first" if index == 0 else "last" if index == count - 1 else "between"
    texts, weights = zip(*OPENERS[place])
    return random.choices(texts, weights)[0]


def lines(random: Random, one: Problem) -> list[str]:
    return [opener(random, i, len(one.steps)) + str(step) for i, step in enumerate(one.steps)]


def thought(random: Random, one: Problem) -> str:
    return ".\n\n".join(lines(random, one)) + ".\n"


def single_step(random: Random) -> Step:
    """One calculation as the problems have them."""
    while True:
        calculation = random.choice(("a*b", "b*a", "a+b", "a-b", "a/b", "v+b", "v+b", "v-b", "v-b", "b-v", "v*b"))
        v = random.randint(2, LARGEST - 10)
        try:
            return calculated("", calculation, {"v": v, **numbers(random, calculation, v)})
        except Unfit:
            pass


if __name__ == "__main__":
    print(len(ALL), len(SEEN), len(HELD_OUT))
    random = Random(3)
    for _ in range(8):
        one = problem(random, SEEN)
        print(f"{one.template}\n{one.prompt}\n{thought(random, one)}\n")
