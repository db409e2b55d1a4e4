-- Module 5, the archetype: one promise, many ways of keeping it.
-- Needs ENTITY, INTERFACE and VARIANT.
CREATE OR REPLACE FUNCTION learnify_internal.shipped_module_archetype()
RETURNS jsonb
LANGUAGE sql
STABLE PARALLEL SAFE COST 1000
BEGIN ATOMIC
SELECT jsonb_build_object(
  'id', '6c656172-6e69-8679-8000-000000000005',
  'module_number', 5,
  'concept_slug', 'archetype',
  'title_template', $t$The Archetype: what every {INTERFACE} promises, and the {VARIANT} keeps$t$,
  'description_template', $t$Your {ENTITY} will meet more than one {INTERFACE} in its life, and code that knows each of them by name has to change whenever a new one appears. You will find out what all of them have in common, write that down as a promise, and make the {VARIANT} keep it in its own way, while the code that depends on the promise stays as it is.$t$,
  'difficulty', 'advanced',
  'estimated_hours', 5,
  'learning_objectives', jsonb_build_array(
    $t$Write down what every {INTERFACE} promises, from the point of view of the code that calls it$t$,
    $t$Add the {VARIANT} through a registry or an adapter, without editing a single caller$t$,
    $t$Test the promise itself, once, and run that test against each implementation$t$
  ),
  'variable_schema', jsonb_build_object(
    'required', jsonb_build_array('ENTITY', 'INTERFACE', 'VARIANT'),
    'defaults', jsonb_build_object('DOMAIN', 'this field')
  ),
  'content_template', jsonb_build_object(
    'lessons', jsonb_build_array(

      jsonb_build_object(
        'title', $t$What every {INTERFACE} promises$t$,
        'body', $md$Suppose your program asks each {INTERFACE} it knows what it would cost to handle one {ENTITY}: in money, in minutes, in effort, whatever counts in {DOMAIN|this field}. The obvious first version is a chain: if it is this kind, compute it so; if it is that kind, so. It works, until you find the same chain in the code that compares, in the code that reports and in the code that warns. When the {VARIANT} arrives, you must find every chain, and missing one is a mistake that no tool will point out.

Turn the question around. Do not ask what each {INTERFACE} *is*. Ask what the caller *needs from it*. Very often the answer is one or two verbs. Those verbs, together with what holds for them, are the **interface**; each way of keeping the promise is an **implementation**.

```python
from abc import ABC, abstractmethod

class Handler(ABC):
    # Every {INTERFACE} promises: cost(size) is a whole number of 0 or more.
    @abstractmethod
    def cost(self, size):
        ...

class Flat(Handler):
    def __init__(self, fee):
        self.fee = fee

    def cost(self, size):
        return self.fee

class PerUnit(Handler):
    def __init__(self, rate):
        self.rate = rate

    def cost(self, size):
        return self.rate * size

def cheapest(handlers, size):
    return min(handlers, key=lambda handler: handler.cost(size))

few, many = Flat(20), PerUnit(3)
assert cheapest([few, many], 5) is many
assert cheapest([few, many], 50) is few
```

`cheapest` is the point of the exercise. It contains no `if` about kinds, it was finished before the {VARIANT} was thought of, and it will be right for implementations that other people write. It depends on the promise alone.

Keep the promise small. Each method you add is one that *every* {INTERFACE} must supply, for ever. If just one of them can answer a question, the question does not belong here. A useful test: could you write a sensible stand-in, ten lines long, for use in tests? If the stand-in needs a page, the interface asks for too much.

The abstract base class is a convenience: it refuses to create an object that lacks `cost`. The real agreement is the comment, since it says what the answer means.

**Try it in {DOMAIN|this field}.** List everything that your program asks of any {INTERFACE} in one day. Strike out what only the {VARIANT} could answer, and what only one caller wants to know. What is left is the interface.
$md$),

      jsonb_build_object(
        'title', $t$Adding the {VARIANT} without touching the callers$t$,
        'body', $md$The promise exists, and now the {VARIANT} is to join. Three things can stand in the way, and each has a small remedy.

**Somebody must decide which class to create.** Settings and user input contain words, such as `flat`; programs need objects. Put the translation into one place, a **registry**, and it becomes the only line that knows all kinds:

```python
class Flat:
    def __init__(self, fee):
        self.fee = fee

    def cost(self, size):
        return self.fee

class Stepped:
    # The {VARIANT}: it costs the same for each step begun.
    def __init__(self, step, fee):
        self.step = step
        self.fee = fee

    def cost(self, size):
        steps = -(-size // self.step)    # division rounded up
        return steps * self.fee

KINDS = {"flat": Flat, "stepped": Stepped}

def build(kind, *settings):
    if kind not in KINDS:
        raise ValueError(f"unknown kind {kind}; known are {sorted(KINDS)}")
    return KINDS[kind](*settings)

assert build("stepped", 10, 4).cost(11) == 8
assert build("stepped", 10, 4).cost(0) == 0
```

Adding the {VARIANT} took one class and one entry. No existing line changed, so nothing that worked can have broken. This is what people mean by *open for extension, closed for modification*.

**It speaks another language.** Often the {VARIANT} exists already, written by somebody who had never heard of your promise: other names, other units, other manners. Do not bend the interface to suit it. Write an **adapter**, which keeps your promise outwardly and talks to the stranger inwardly:

```python
class Stranger:
    def effort_in_tenths(self, dozens):
        return 30 * dozens

class StrangerAdapter:
    def __init__(self, stranger):
        self._stranger = stranger

    def cost(self, size):
        dozens = -(-size // 12)
        return self._stranger.effort_in_tenths(dozens) // 10

assert StrangerAdapter(Stranger()).cost(13) == 6
```

All the awkwardness now lives in ten lines with a name.

**It is like another one, with a difference.** Resist making it a subclass of its nearest relative. Wrap instead: an object that holds any {INTERFACE}, passes the question on, and adds its own part to the answer. A wrapper that adds a surcharge works around all implementations alike, and wrappers can be stacked. A subclass works for its one parent, and breaks when the parent changes.

**Try it on the {VARIANT}.** Is it a new kind to be registered, a stranger to be adapted, or a relative to be wrapped? Answer in one sentence before you write a class.
$md$),

      jsonb_build_object(
        'title', $t$A promise that can be tested$t$,
        'body', $md$A promise that nobody checks is a hope. Fortunately it can be tested in the same way as any rule in module 2, with one twist: **the test is written once, against the interface, and run for each implementation**. Such a test is called a *contract test*. Here is one for any {INTERFACE} that quotes a cost:

```python
def broken_promises(handler):
    sizes = range(50)
    costs = [handler.cost(size) for size in sizes]
    broken = []
    if not all(isinstance(cost, int) and cost >= 0 for cost in costs):
        broken.append("a whole number of 0 or more")
    if costs != sorted(costs):
        broken.append("more never costs less")
    if costs != [handler.cost(size) for size in sizes]:
        broken.append("the same question has the same answer")
    return broken

class Flat:
    def cost(self, size):
        return 20

class Moody:
    def __init__(self):
        self.asked = 0

    def cost(self, size):
        self.asked += 1
        return self.asked

assert broken_promises(Flat()) == []
assert broken_promises(Moody()) == ["the same question has the same answer"]
```

Look at what the test leaves out. It says nothing of how the cost is computed, and does not compare two implementations with each other. `Flat` and the {VARIANT} will give different numbers, and both are right. A contract that fixes too much forbids the very differences for which you wanted several implementations.

From the caller's side, one sentence sums it up: *wherever any {INTERFACE} will do, the {VARIANT} must do*. This is the **substitution principle**, and it has two halves. An implementation may not **ask for more** than the contract: if every size from 0 upward is allowed, one that fails above 100 breaks the promise. And it may not **deliver less**: if the answer is always a number, one that sometimes returns `None` breaks it too.

What if the {VARIANT} truly cannot keep some part? There are three honest ways out. Weaken the promise for all of them, and make each caller cope. Put the question into the interface, say `accepts(size)`, so that callers may ask beforehand. Or admit that, for this program, the {VARIANT} is no {INTERFACE} at all, whatever it is called in {DOMAIN|this field}. The dishonest way is an `if` in the caller that checks for one particular class. With it you are back at the chain where this module began.
$md$)
    ),

    'exercises', jsonb_build_array(

      jsonb_build_object(
        'title', $t$One question for every {INTERFACE}$t$,
        'description', $md$Every {INTERFACE} answers one question: what does a load of a given size cost? Build three kinds that answer it differently, and a registry that creates them by name, so that the code which asks knows nothing of kinds. The kind `stepped` plays the part of the {VARIANT}.

| kind and settings | cost of a load of size S |
|---|---|
| `flat C` | C, whatever the size |
| `percent P` | S times P divided by 100, rounded down |
| `stepped T C` | C for each step of T that the load begins; nothing for a load of 0 |

All settings and sizes are whole numbers of 0 or more, and T is at least 1. With `stepped 10 4`, a load of 10 costs 4 and a load of 11 costs 8.

**Input.** Every line is one command:

- `define NAME KIND SETTINGS` creates one {INTERFACE} with this name (one word);
- `cost NAME S` asks one of them;
- `best S` asks them all.

**Output.** One line for each command. `define` prints `ok`; or `exists` when the name is taken; or `unknown kind` when there is no such kind (the name then stays free; where both apply, print `exists`). `cost` prints the number, or `unknown name`. `best` prints the name and the cost of the cheapest, separated by a space; of several equally cheap, the one that was defined first; or `none` when none is defined.
$md$,
        'language', 'python',
        'starter_code', $py$import sys


class Flat:
    def __init__(self, fee):
        self.fee = fee

    def cost(self, size):
        return self.fee


# Your turn: two more kinds; the last of them stands for the {VARIANT}.

KINDS = {
    "flat": Flat,
}


# All that follows should depend on cost(size) alone, whatever the {INTERFACE}.
def define(handlers, name, kind, *settings):
    # Your turn: names that are taken, kinds that are not known.
    handlers[name] = KINDS[kind](*map(int, settings))
    return "ok"


def cost(handlers, name, size):
    # Your turn: names that are not known.
    return str(handlers[name].cost(int(size)))


def best(handlers, size):
    # Your turn: ask them all, and name the cheapest.
    return "none"


COMMANDS = {"define": define, "cost": cost, "best": best}


def main():
    handlers = {}
    for line in sys.stdin:
        command, *arguments = line.split()
        print(COMMANDS[command](handlers, *arguments))


main()
$py$,
        'solution_code', $py$import sys


class Flat:
    def __init__(self, fee):
        self.fee = fee

    def cost(self, size):
        return self.fee


class Percent:
    def __init__(self, percent):
        self.percent = percent

    def cost(self, size):
        return size * self.percent // 100


class Stepped:
    def __init__(self, step, fee):
        self.step = step
        self.fee = fee

    def cost(self, size):
        steps = -(-size // self.step)
        return steps * self.fee


KINDS = {
    "flat": Flat,
    "percent": Percent,
    "stepped": Stepped,
}


def define(handlers, name, kind, *settings):
    if name in handlers:
        return "exists"
    if kind not in KINDS:
        return "unknown kind"
    handlers[name] = KINDS[kind](*map(int, settings))
    return "ok"


def cost(handlers, name, size):
    if name not in handlers:
        return "unknown name"
    return str(handlers[name].cost(int(size)))


def best(handlers, size):
    if not handlers:
        return "none"
    size = int(size)
    name = min(handlers, key=lambda name: handlers[name].cost(size))
    return f"{name} {handlers[name].cost(size)}"


COMMANDS = {"define": define, "cost": cost, "best": best}


def main():
    handlers = {}
    for line in sys.stdin:
        command, *arguments = line.split()
        print(COMMANDS[command](handlers, *arguments))


main()
$py$,
        'difficulty', 'medium',
        'points', 100,
        'hints', jsonb_build_array(
          jsonb_build_object(
            'text', $t$`-(-size // step)` divides and rounds up, with whole numbers all the way. It also gives 0 for a size of 0.$t$,
            'penalty_points', 10),
          jsonb_build_object(
            'text', $t$A `dict` keeps the order in which its keys were added, and `min` with a `key` returns the first of several equal ones. Together they settle ties as required.$t$,
            'penalty_points', 15)
        ),
        'test_cases', jsonb_build_array(
          jsonb_build_object(
            'input', $in$define north flat 20
define south percent 10
define west stepped 10 4
cost north 11
cost south 11
cost west 11
best 11
best 1000
$in$,
            'expected_output', $out$ok
ok
ok
20
1
8
south 1
north 20
$out$,
            'is_hidden', false),
          jsonb_build_object(
            'input', $in$best 5
cost north 5
define north round 5
define north flat 5
define north percent 5
define north round 5
cost north 100
$in$,
            'expected_output', $out$none
unknown name
unknown kind
ok
exists
exists
5
$out$,
            'is_hidden', false),
          jsonb_build_object(
            'input', $in$define north stepped 10 4
cost north 0
cost north 1
cost north 10
cost north 20
cost north 21
define south flat 0
best 0
best 1
$in$,
            'expected_output', $out$ok
0
4
4
8
12
ok
north 0
south 0
$out$,
            'is_hidden', true),
          jsonb_build_object(
            'input', $in$define zeta percent 100
define alpha flat 7
best 7
best 8
best 6
$in$,
            'expected_output', $out$ok
ok
zeta 7
alpha 7
zeta 6
$out$,
            'is_hidden', true),
          jsonb_build_object(
            'input', $in$define one percent 33
cost one 3
cost one 4
cost one 300000000000000000001
define two stepped 1 1
cost two 300000000000000000001
$in$,
            'expected_output', $out$ok
0
1
99000000000000000000
ok
300000000000000000001
$out$,
            'is_hidden', true)
        )
      ),

      jsonb_build_object(
        'title', $t$Which {INTERFACE} keeps the promise?$t$,
        'description', $md$Several people have each built one {INTERFACE} that takes things in and gives them back. You were not given their code, only transcripts of calls and answers. Write the contract test: for each implementation, say whether it keeps the promise, and if not, where it first breaks it.

The promise. An implementation has room for a fixed number of things.

1. `take` gives back something that was put in and has not been taken since. *Which* one is left open: the oldest, the newest, any.
2. `take` answers `empty` exactly when nothing is held.
3. `put` answers `full` exactly when as many things are held as there is room for. Otherwise it answers `ok`, and the thing is held from then on.

**Input.** A transcript begins with the line `implementation NAME ROOM` (ROOM is a whole number of 0 or more). The lines after it, up to the next such line or the end, are the calls of that implementation, numbered from 1: `put THING ANSWER`, where the answer is `ok` or `full`; or `take ANSWER`, where the answer is a thing or `empty`. All are single words. The same thing may be put in several times and is then held several times. No thing is called `empty`.

**Output.** One line for each implementation, in the order of the input: `NAME keeps the promise`, or `NAME breaks promise P at call K` for its first broken promise, where P is its number above:

- `take` answers `empty` although something is held: promise 2;
- `take` answers a thing that is not held at that moment (nothing at all may be held): promise 1;
- `put` answers `full` although there is room, or `ok` although there is none: promise 3.

What comes after the first broken promise of an implementation does not count.
$md$,
        'language', 'python',
        'starter_code', $py$import sys
from collections import Counter


# What the contract says about one {INTERFACE}, whoever wrote it.
class Contract:
    def __init__(self, name, room):
        self.name = name
        self.room = room
        self.held = Counter()
        self.calls = 0
        self.broken = None

    # The number of the promise that this call breaks, or None.
    def put(self, thing, answer):
        # Your turn: promise 3.
        self.held[thing] += 1
        return None

    def take(self, answer):
        # Your turn: promises 1 and 2.
        return None

    def observe(self, call, *words):
        if self.broken is None:
            self.calls += 1
            promise = self.put(*words) if call == "put" else self.take(*words)
            if promise is not None:
                self.broken = (promise, self.calls)

    def verdict(self):
        if self.broken is None:
            return f"{self.name} keeps the promise"
        promise, call = self.broken
        return f"{self.name} breaks promise {promise} at call {call}"


def main():
    contracts = []
    for line in sys.stdin:
        words = line.split()
        if words[0] == "implementation":
            contracts.append(Contract(words[1], int(words[2])))
        else:
            contracts[-1].observe(*words)
    for contract in contracts:
        print(contract.verdict())


main()
$py$,
        'solution_code', $py$import sys
from collections import Counter


# A model of what an honest implementation would hold; answers are judged by it.
class Contract:
    def __init__(self, name, room):
        self.name = name
        self.room = room
        self.held = Counter()
        self.count = 0
        self.calls = 0
        self.broken = None

    def put(self, thing, answer):
        if (answer == "full") != (self.count == self.room):
            return 3
        if answer == "ok":
            self.held[thing] += 1
            self.count += 1
        return None

    def take(self, answer):
        if answer == "empty":
            return 2 if self.count > 0 else None
        if self.held[answer] == 0:
            return 1
        self.held[answer] -= 1
        self.count -= 1
        return None

    def observe(self, call, *words):
        if self.broken is None:
            self.calls += 1
            promise = self.put(*words) if call == "put" else self.take(*words)
            if promise is not None:
                self.broken = (promise, self.calls)

    def verdict(self):
        if self.broken is None:
            return f"{self.name} keeps the promise"
        promise, call = self.broken
        return f"{self.name} breaks promise {promise} at call {call}"


def main():
    contracts = []
    for line in sys.stdin:
        words = line.split()
        if words[0] == "implementation":
            contracts.append(Contract(words[1], int(words[2])))
        else:
            contracts[-1].observe(*words)
    for contract in contracts:
        print(contract.verdict())


main()
$py$,
        'difficulty', 'hard',
        'points', 150,
        'hints', jsonb_build_array(
          jsonb_build_object(
            'text', $t$Keep a model of what an honest implementation would hold at this moment: how many of each thing, and how many in all. Each answer is judged against the model, and only then is the model changed.$t$,
            'penalty_points', 15),
          jsonb_build_object(
            'text', $t$"Exactly when" has two directions. `full` with room left is as wrong as `ok` without room: the two truth values `answer == "full"` and "no room left" must be equal.$t$,
            'penalty_points', 20)
        ),
        'test_cases', jsonb_build_array(
          jsonb_build_object(
            'input', $in$implementation queue 2
put a ok
put b ok
put c full
take a
take b
take empty
implementation stack 2
put a ok
put b ok
take b
take a
$in$,
            'expected_output', $out$queue keeps the promise
stack keeps the promise
$out$,
            'is_hidden', false),
          jsonb_build_object(
            'input', $in$implementation forgetful 3
put a ok
take empty
implementation inventive 3
put a ok
take b
implementation greedy 1
put a ok
put b ok
implementation timid 2
put a ok
put b full
$in$,
            'expected_output', $out$forgetful breaks promise 2 at call 2
inventive breaks promise 1 at call 2
greedy breaks promise 3 at call 2
timid breaks promise 3 at call 2
$out$,
            'is_hidden', false),
          jsonb_build_object(
            'input', $in$implementation twins 3
put a ok
put a ok
take a
take a
take a
implementation idle 4
implementation closed 0
put a full
take empty
$in$,
            'expected_output', $out$twins breaks promise 1 at call 5
idle keeps the promise
closed keeps the promise
$out$,
            'is_hidden', true),
          jsonb_build_object(
            'input', $in$implementation first 1
put a full
take a
take empty
implementation second 1
take a
put a ok
implementation third 0
put a ok
$in$,
            'expected_output', $out$first breaks promise 3 at call 1
second breaks promise 1 at call 1
third breaks promise 3 at call 1
$out$,
            'is_hidden', true),
          jsonb_build_object(
            'input', $in$implementation refused 1
put a ok
put b full
take b
implementation again 1
put a ok
take a
put b ok
put c full
take b
take empty
$in$,
            'expected_output', $out$refused breaks promise 1 at call 3
again keeps the promise
$out$,
            'is_hidden', true)
        )
      )
    )
  ),
  'created_at', '2026-01-01 00:00:00+00',
  'updated_at', '2026-01-01 00:00:00+00'
);
END;

COMMENT ON FUNCTION learnify_internal.shipped_module_archetype() IS 'Returns the row of blueprint module 5 as it ships';
