"""The task: a calculator tape, worked off from left to right.

"59, +10, %6" is a start and two operations. Every step of the thought is the tape with its first operation
done, so the RESULT comes first: the first token of a step carries its difficulty. Easy operations add or
subtract without carry; hard ones take the remainder of a two-digit number by 6 to 9.
"""

import zlib
from collections.abc import Collection
from dataclasses import dataclass
from random import Random

HARD_RANGE = range(10, 100)
DIVISORS = (6, 7, 8, 9)
BELOW_TEN = 0.4

# The tape in words: a frame, and a word for each operation. The first thought step translates it.
FRAMES = (
    "Start with {}. What is left?",
    "Begin with {}. What do you get?",
    "What is {}?",
    "Take {}. What is the result?",
)
WORDS = {"+": ("add ", "plus "), "-": ("minus ", "less "), "%": ("modulo ", "remainder by ")}


@dataclass(frozen=True)
class Tape:
    start: int
    operations: tuple[tuple[str, int], ...]

    def __str__(self) -> str:
        return ", ".join([str(self.start), *(f"{sign}{operand}" for sign, operand in self.operations)])

    def after_first(self) -> "Tape":
        """The tape with its first operation done."""
        (sign, operand), *rest = self.operations
        return Tape(apply(self.start, sign, operand), tuple(rest))

    def steps(self) -> list[str]:
        """The lines of the thought: the tape, then the tape with one more operation done each time."""
        return [str(self), *(self.after_first().steps() if self.operations else ())]

    def answer(self) -> int:
        return int(self.steps()[-1])

    def held_out(self) -> bool:
        """Chains of three or more operations that training never sees, by a hash that is the same everywhere."""
        return len(self.operations) >= 3 and zlib.crc32(str(self).encode()) % 50 == 0

    def shows_held_out(self) -> bool:
        """Whether the tape is held out, or a step of its thought is: what follows would give the solution away."""
        return self.held_out() or (bool(self.operations) and self.after_first().shows_held_out())


def apply(value: int, sign: str, operand: int) -> int:
    return {"+": value + operand, "-": value - operand, "%": value % operand}[sign]


def easy_operation(random: Random, value: int) -> tuple[str, int]:
    """One digit or a multiple of ten, added or subtracted without carry or borrow."""
    tens, units = value // 10 % 10, value % 10
    by_units = [("+", x) for x in range(1, 10 - units)]
    by_units += [("-", x) for x in range(1, units + 1) if value > x]
    by_tens = [("+", 10 * x) for x in range(1, 10 - tens)]
    by_tens += [("-", 10 * x) for x in range(1, tens + 1) if value > 10 * x]
    use_units = by_units and (not by_tens or random.random() < 0.5)
    return random.choice(by_units if use_units else by_tens)


def first_value(random: Random, hard: int) -> int:
    """Tapes without a remainder also begin below ten, as the rest of a tape does behind a remainder."""
    below_ten = hard == 0 and random.random() < BELOW_TEN
    return random.randint(0, 9) if below_ten else random.choice(HARD_RANGE)


def random_tape(random: Random, length: int, hard: int) -> Tape:
    """A tape of `length` operations, `hard` of them remainders."""
    while True:
        hard_places = set(random.sample(range(length), hard))
        value = start = first_value(random, hard)
        operations = []
        for place in range(length):
            if place in hard_places:
                if value not in HARD_RANGE:
                    break
                operation = ("%", random.choice(DIVISORS))
            elif value < 10 and any(later > place for later in hard_places):
                operation = ("+", 10 * random.randint(1, 9))
            else:
                operation = easy_operation(random, value)
            value = apply(value, *operation)
            operations.append(operation)
        if len(operations) == length:
            return Tape(start, tuple(operations))


def in_words(random: Random, tape: Tape) -> str:
    clauses = [str(tape.start)]
    clauses += [random.choice(WORDS[sign]) + str(operand) for sign, operand in tape.operations]
    return random.choice(FRAMES).format(", ".join(clauses))


def held_out_problems(seed: int, count: int, without: Collection[str] = ()) -> list[dict]:
    """Problems of three or four operations, every other one in words; no tape twice, and none of `without`."""
    random, problems = Random(seed), {}
    while len(problems) < count:
        length = random.choice((3, 4))
        tape = random_tape(random, length, random.choice((1, 2)) if length == 4 else 1)
        if not tape.held_out() or str(tape) in problems or str(tape) in without:
            continue
        worded = len(problems) % 2 == 1
        problems[str(tape)] = {
            "prompt": in_words(random, tape) if worded else str(tape),
            "worded": worded,
            "steps": tape.steps(),
            "answer": tape.answer(),
        }
    return list(problems.values())
