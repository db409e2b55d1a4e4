-- Module 7, the capstone: the six parts become one program.
-- Needs DOMAIN and CAPSTONE_GOAL; calls the parts of the earlier modules by the
-- learner's own words where they are given.
CREATE OR REPLACE FUNCTION learnify_internal.shipped_module_capstone()
RETURNS jsonb
LANGUAGE sql
STABLE PARALLEL SAFE COST 1000
BEGIN ATOMIC
SELECT jsonb_build_object(
  'id', '6c656172-6e69-8679-8000-000000000007',
  'module_number', 7,
  'concept_slug', 'capstone',
  'title_template', $t$The Capstone: {CAPSTONE_GOAL} for {DOMAIN}$t$,
  'description_template', $t$You have the parts: a guarded object, rules with tests, a pipeline, a decision tree, an interface, and handlers for events. Now they become one program that is of use to somebody who lives and breathes {DOMAIN}. You will build {CAPSTONE_GOAL} in three steps, each of which runs: a skeleton that answers commands, a core that never forgets, and the whole, with rules, events and a report.$t$,
  'difficulty', 'advanced',
  'estimated_hours', 10,
  'learning_objectives', jsonb_build_array(
    $t$Design {CAPSTONE_GOAL} from a transcript of its use, and keep its core free of input and output$t$,
    $t$Derive the present from a journal of what happened, so that anything can be explained and taken back$t$,
    $t$Join the parts of all six modules into one program for {DOMAIN}, and judge it as a reviewer would$t$
  ),
  'variable_schema', jsonb_build_object(
    'required', jsonb_build_array('DOMAIN', 'CAPSTONE_GOAL'),
    'defaults', jsonb_build_object(
      'ENTITY', 'item',
      'STATE', 'state',
      'LOGIC', 'rule',
      'FLOW', 'the process',
      'CONTAINER', 'collection',
      'EDGE_CASE', 'rare case',
      'INTERFACE', 'interface',
      'VARIANT', 'newcomer',
      'EVENT', 'event')
  ),
  'content_template', jsonb_build_object(
    'lessons', jsonb_build_array(

      jsonb_build_object(
        'title', $t$From the outside in: designing {CAPSTONE_GOAL}$t$,
        'body', $md$You are going to build {CAPSTONE_GOAL}. Hardly anything in it will be new; what is new is that all of it has to work at once.

| module | your part | what it answers for |
|---|---|---|
| 1 | the {ENTITY|item} and its {STATE|state} | one thing stays possible |
| 2 | the {LOGIC|rule}, with its tests | the judgement is what you claim |
| 3 | {FLOW|the process}, the {CONTAINER|collection} | many go through, none is lost |
| 4 | the branch for the {EDGE_CASE|rare case} | each outcome was chosen |
| 5 | the {INTERFACE|interface}, the {VARIANT|newcomer} | the next kind fits in |
| 6 | the {EVENT|event} and its queue | any order of arrival will do |

Do not start with the table. Start with the person who will use this for {DOMAIN}, and write down ten lines that they would type and ten answers that they would like to see. That **transcript** is your first design: it shows which words the program must know, what it must remember between two lines, and what it says when it refuses. It is also your first test, before there is anything to test.

Then build a **walking skeleton**: the thinnest program that takes a line from the outside, does one real thing with it, and answers. It will be poor, and it will be whole. From here on you only ever widen something that runs.

```python
def add(levels, name):
    if name in levels:
        return f"error: {name} exists"
    levels[name] = 0
    return "ok"

def count(levels):
    return str(len(levels))

COMMANDS = {"add": add, "count": count}

def execute(levels, line):
    # The core: words in, answer out. It neither reads nor prints.
    command, *arguments = line.split()
    if command not in COMMANDS:
        return f"error: unknown command {command}"
    return COMMANDS[command](levels, *arguments)

levels = {}
transcript = [("add first", "ok"), ("add first", "error: first exists"),
              ("count", "1"), ("fly", "error: unknown command fly")]
for line, answer in transcript:
    assert execute(levels, line) == answer
```

Look at the direction of dependence. `execute` knows nothing of keyboards, files or networks, and so the transcript could test it without any of them. The **shell** around it reads lines and prints answers, and is too simple to be wrong. Keep that border as you grow: the core decides, the shell carries. Whenever a test of the core needs a file or a clock, something has crossed the border.
$md$),

      jsonb_build_object(
        'title', $t$A core that never forgets$t$,
        'body', $md$Most programs store where things stand. Ask such a program "how did it come to this?", and it cannot say, since every change wrote over the evidence. In {DOMAIN} that question will come, from a user who disagrees with a figure, or from you, looking for a mistake. So turn storage around: keep a **journal** of what happened, only ever add to its end, and *derive* where things stand by reading it from the start.

```python
class Journal:
    def __init__(self):
        self._entries = []          # only ever appended to

    def append(self, name, delta):
        if self.level(name) + delta < 0:
            raise ValueError("below zero")
        self._entries.append((name, delta))
        return len(self._entries)

    def level(self, name, upto=None):
        # The {STATE|state} of one {ENTITY|item}, now or after `upto` entries.
        return sum(delta for entry, delta in self._entries[:upto] if entry == name)

journal = Journal()
journal.append("first", 10)
journal.append("first", -4)
assert journal.level("first") == 6
assert journal.level("first", upto=1) == 10
```

Three abilities come almost free. **Explaining**: the entries that mention one {ENTITY|item} are its story. **Time travel**: the state after entry K is the sum of the first K entries. And **undo** is no longer a special case, for it is one more entry, with the opposite effect. Nothing is erased, so the journal also shows that something was taken back, and when.

Mind what enters. A command is a *wish*: "lower it by 4". The {LOGIC|rule} looks at the wish and at the present, and says yes or no. Only what was granted becomes an entry, and an entry is a *fact*: it is never refused later, and never checked again while reading. If you mixed the two, then tightening a rule tomorrow would change what happened yesterday.

What does it cost? Reading everything for each question becomes slow when there is a lot of it. The cure is to remember a result next to the journal and update it with each append: a **cache**, which you may throw away at any time and compute anew. That gives you one of the strongest tests there is. After any sequence of commands, the remembered result and the one derived from the journal are equal. Let a random sequence of a thousand commands run against it; if a mistake is in there, it will show.

**Before you go on,** list the facts that deserve an entry once you build {CAPSTONE_GOAL}. That the {EVENT|event} came is one; that the {STATE|state} of one {ENTITY|item} changed is another. Which follows from which?
$md$),

      jsonb_build_object(
        'title', $t$Finished, and fit to be read$t$,
        'body', $md$A capstone tends to be *almost* finished for a long time. So while you build {CAPSTONE_GOAL}, settle early what finished means, in a list that somebody else could tick off: the transcript passes; each refusal has its message; the {EDGE_CASE|rare case} has a test; nothing that went in is unaccounted for; somebody at home in {DOMAIN} has used it once while you kept silent. What is not on the list is for another day. Cutting a feature is a decision; leaving it half done is not.

When the parts come together, mistakes settle in the **seams**, and each part's own tests are blind to them. One side counts from 0 and the other from 1. One hands over `None`, and the other expects a number. Test the seams with a few runs of the whole program, and choose what must hold after *any* run:

```python
import random

def simulate(seed, limit=20):
    chance = random.Random(seed)
    level, given, applied, refused = 0, [], 0, 0
    for _ in range(200):
        delta = chance.randint(-9, 9)
        given.append(delta)
        if 0 <= level + delta <= limit:
            level, applied = level + delta, applied + 1
        else:
            refused += 1
        assert 0 <= level <= limit             # possible at every moment
    assert applied + refused == len(given)     # all accounted for
    return level

assert simulate(seed=7) == simulate(seed=7)    # the same again, to be debugged
```

The seed matters. A random test that found something and cannot be repeated has found nothing.

Then change sides, and read your program as a reviewer who has an hour and did not write it. A review looks at four things:

- **Code sense.** Can you say of each function, in one sentence without "and", what it does? Are the names the ones used in {DOMAIN}?
- **Efficiency.** Which line runs most often, and what does it look through each time? Is there a loop within a loop that a `dict` would spare?
- **Edge cases.** Nothing at all, exactly one, exactly the limit, twice the same, in the wrong order. Which of these has no test?
- **Taste.** What could you take out? The {INTERFACE|interface} that only one class implements, the option that nobody asked for, the comment that repeats the line below it.

Write your findings down before you mend any. Then mend one at a time, with the tests green in between. The aim is a program that you would be glad to meet again in a year.
$md$)
    ),

    'exercises', jsonb_build_array(

      jsonb_build_object(
        'title', $t$Step 1: {CAPSTONE_GOAL} that answers$t$,
        'description', $md$Start to build {CAPSTONE_GOAL}: write a program that answers commands and never falls over, whatever is typed. A name stands for one {ENTITY|item}, and the number kept with it for its {STATE|state}. The rules of {DOMAIN} come in the next steps; here any whole number will do.

**Input.** Every line is one command. Words are separated by spaces, and spaces around the line do not count.

| command | what it does | answer |
|---|---|---|
| `add NAME` | creates the name with the number 0 | `ok`, or `error: NAME exists` |
| `set NAME N` | gives the name the number N | `ok`, or `error: no NAME` |
| `show NAME` | shows one of them | `NAME N`, or `error: no NAME` |
| `drop NAME` | forgets the name | `ok`, or `error: no NAME` |
| `list` | shows all of them | `NAME=N` for each, sorted by name, separated by spaces; `nothing yet` when there is none |

In the errors above, NAME stands for the name that was typed.

**Output.** One line for each command; an empty line gets no answer. Check in this order, and report only the first thing that is wrong:

1. The first word is none of the five: `error: unknown command WORD`.
2. The number of words after it is wrong: `error: usage: ` followed by the command as it stands in the table, for example `error: usage: set NAME N`.
3. N is not a whole number (digits, perhaps with a leading `-`): `error: not a number`.
4. The name exists, or does not exist.
$md$,
        'language', 'python',
        'starter_code', $py$import sys


# The core of {CAPSTONE_GOAL}: words in, answer out.
class Core:
    def __init__(self):
        self._numbers = {}

    def add(self, name):
        # Your turn: what if it exists?
        self._numbers[name] = 0
        return "ok"

    def list(self):
        # Your turn: sorted by name, or "nothing yet".
        return "nothing yet"


# Each command by its name: how it is used, and what carries it out.
COMMANDS = {
    "add": ("add NAME", Core.add),
    "list": ("list", Core.list),
    # Your turn: set, show, drop.
}


def execute(core, words):
    # Your turn: unknown commands and wrong usage come first.
    usage, carry_out = COMMANDS[words[0]]
    return carry_out(core, *words[1:])


# The shell: reads lines, prints answers, decides nothing.
def main():
    core = Core()
    for line in sys.stdin:
        words = line.split()
        if words:
            print(execute(core, words))


main()
$py$,
        'solution_code', $py$import re
import sys

WHOLE_NUMBER = re.compile(r"-?[0-9]+")


class Core:
    def __init__(self):
        self._numbers = {}

    def add(self, name):
        if name in self._numbers:
            return f"error: {name} exists"
        self._numbers[name] = 0
        return "ok"

    def set(self, name, number):
        if not WHOLE_NUMBER.fullmatch(number):
            return "error: not a number"
        if name not in self._numbers:
            return f"error: no {name}"
        self._numbers[name] = int(number)
        return "ok"

    def show(self, name):
        if name not in self._numbers:
            return f"error: no {name}"
        return f"{name} {self._numbers[name]}"

    def drop(self, name):
        if name not in self._numbers:
            return f"error: no {name}"
        del self._numbers[name]
        return "ok"

    def list(self):
        if not self._numbers:
            return "nothing yet"
        return " ".join(f"{name}={self._numbers[name]}" for name in sorted(self._numbers))


COMMANDS = {
    "add": ("add NAME", Core.add),
    "set": ("set NAME N", Core.set),
    "show": ("show NAME", Core.show),
    "drop": ("drop NAME", Core.drop),
    "list": ("list", Core.list),
}


def execute(core, words):
    if words[0] not in COMMANDS:
        return f"error: unknown command {words[0]}"
    usage, carry_out = COMMANDS[words[0]]
    if len(words) != len(usage.split()):
        return f"error: usage: {usage}"
    return carry_out(core, *words[1:])


def main():
    core = Core()
    for line in sys.stdin:
        words = line.split()
        if words:
            print(execute(core, words))


main()
$py$,
        'difficulty', 'medium',
        'points', 100,
        'hints', jsonb_build_array(
          jsonb_build_object(
            'text', $t$The usage text of a command already says how many words it takes. Compare the number of words in it with the number of words typed.$t$,
            'penalty_points', 10),
          jsonb_build_object(
            'text', $t$Only `set` takes a number, so only `set` has to check one, before it looks for the name.$t$,
            'penalty_points', 10)
        ),
        'test_cases', jsonb_build_array(
          jsonb_build_object(
            'input', $in$list
add second
add first
set first 7
list
show first
drop second
show second
$in$,
            'expected_output', $out$nothing yet
ok
ok
ok
first=7 second=0
first 7
ok
error: no second
$out$,
            'is_hidden', false),
          jsonb_build_object(
            'input', $in$fly away
add
set first
list all
add first second
set first much
set first 1
drop first
$in$,
            'expected_output', $out$error: unknown command fly
error: usage: add NAME
error: usage: set NAME N
error: usage: list
error: usage: add NAME
error: not a number
error: no first
error: no first
$out$,
            'is_hidden', false),
          jsonb_build_object(
            'input', $in$add first

  set   first   -12
show first
add first
show first
$in$,
            'expected_output', $out$ok
ok
first -12
error: first exists
first -12
$out$,
            'is_hidden', true),
          jsonb_build_object(
            'input', $in$add add
set add 1
drop add
drop add
add add
show add
list
ADD more
$in$,
            'expected_output', $out$ok
ok
ok
error: no add
ok
add 0
add=0
error: unknown command ADD
$out$,
            'is_hidden', true),
          jsonb_build_object(
            'input', $in$add b
add B
add a
set b +5
set b 1.5
set b 005
list
$in$,
            'expected_output', $out$ok
ok
ok
error: not a number
error: not a number
ok
B=0 a=0 b=5
$out$,
            'is_hidden', true)
        )
      ),

      jsonb_build_object(
        'title', $t$Step 2: {CAPSTONE_GOAL} that never forgets$t$,
        'description', $md$Now build the heart of {CAPSTONE_GOAL}: a journal. Every granted change becomes an entry at its end, numbered from 1. No entry is ever altered or removed, not even by undoing it. A name stands for one {ENTITY|item}, and its level for the {STATE|state}. Each level starts at 0 and is never below 0.

**Input.** Every line is one command. Names are single words, N and K are whole numbers; N may be zero or negative, K is 0 or more.

- `in NAME N` raises the level of the name by N, and `out NAME N` lowers it by N. Answer `entry E`, where E is the number of the new entry; or `refused`, when N is below 1 or the level would fall below 0. What is refused makes no entry.
- `undo` takes back the latest entry that was made by `in` or `out` and has not been taken back yet, by adding an entry with the opposite effect. Answer `entry E undoes U`, with the numbers of the new entry and of the one taken back; or `nothing to undo`.
- `show NAME` answers the present level of the name, 0 for one that never occurred.
- `at K NAME` answers the level of the name as it was after the first K entries; or `no entry K` when there are fewer than K.

**Output.** One line for each command.
$md$,
        'language', 'python',
        'starter_code', $py$import sys


# What happened, in order. Nothing in here is ever altered or removed.
class Journal:
    def __init__(self):
        self._entries = []
        self._undoable = []

    def change(self, name, delta):
        # Your turn: which wishes are not granted?
        self._entries.append((name, delta))
        return f"entry {len(self._entries)}"

    def undo(self):
        # Your turn: undoing is one more entry.
        return "nothing to undo"

    def level(self, name, upto):
        # Your turn: count the first `upto` entries only.
        return sum(delta for entry, delta in self._entries if entry == name)

    def __len__(self):
        return len(self._entries)


def execute(journal, words):
    if words[0] == "in":
        return journal.change(words[1], int(words[2]))
    if words[0] == "out":
        return journal.change(words[1], -int(words[2]))
    if words[0] == "undo":
        return journal.undo()
    if words[0] == "show":
        return str(journal.level(words[1], len(journal)))
    # Your turn: at K NAME, where K may lie beyond the end.
    return str(journal.level(words[2], int(words[1])))


def main():
    journal = Journal()
    for line in sys.stdin:
        print(execute(journal, line.split()))


main()
$py$,
        'solution_code', $py$import sys


# The entries are the truth. The levels are what they add up to, kept at hand so
# that granting a change need not read them all.
class Journal:
    def __init__(self):
        self._entries = []
        self._undoable = []
        self._levels = {}

    def _append(self, name, delta):
        self._entries.append((name, delta))
        self._levels[name] = self._levels.get(name, 0) + delta
        return len(self._entries)

    def change(self, name, amount, sign):
        delta = sign * amount
        if amount < 1 or self._levels.get(name, 0) + delta < 0:
            return "refused"
        number = self._append(name, delta)
        self._undoable.append(number)
        return f"entry {number}"

    def undo(self):
        if not self._undoable:
            return "nothing to undo"
        undone = self._undoable.pop()
        name, delta = self._entries[undone - 1]
        return f"entry {self._append(name, -delta)} undoes {undone}"

    def level(self, name, upto):
        return sum(delta for entry, delta in self._entries[:upto] if entry == name)

    def __len__(self):
        return len(self._entries)


def execute(journal, words):
    if words[0] == "in":
        return journal.change(words[1], int(words[2]), +1)
    if words[0] == "out":
        return journal.change(words[1], int(words[2]), -1)
    if words[0] == "undo":
        return journal.undo()
    if words[0] == "show":
        return str(journal.level(words[1], len(journal)))
    upto = int(words[1])
    if upto > len(journal):
        return f"no entry {upto}"
    return str(journal.level(words[2], upto))


def main():
    journal = Journal()
    for line in sys.stdin:
        print(execute(journal, line.split()))


main()
$py$,
        'difficulty', 'hard',
        'points', 150,
        'hints', jsonb_build_array(
          jsonb_build_object(
            'text', $t$Keep the numbers of the entries that can still be taken back in a stack. `in` and `out` push a number, `undo` pops one; an entry made by `undo` is never pushed.$t$,
            'penalty_points', 15),
          jsonb_build_object(
            'text', $t$Check the amount itself before you look at its sign: `out` with a negative number would otherwise raise the level.$t$,
            'penalty_points', 15),
          jsonb_build_object(
            'text', $t$An undo can always be granted. Since the latest change goes first, each level returns to a value that it has had before.$t$,
            'penalty_points', 15)
        ),
        'test_cases', jsonb_build_array(
          jsonb_build_object(
            'input', $in$in first 10
out first 4
show first
at 1 first
undo
show first
at 2 first
at 4 first
$in$,
            'expected_output', $out$entry 1
entry 2
6
10
entry 3 undoes 2
10
6
no entry 4
$out$,
            'is_hidden', false),
          jsonb_build_object(
            'input', $in$undo
in first 0
out first 1
out first -1
in first 3
out first 4
out second 1
out first 3
show first
show second
$in$,
            'expected_output', $out$nothing to undo
refused
refused
refused
entry 1
refused
refused
entry 2
0
0
$out$,
            'is_hidden', false),
          jsonb_build_object(
            'input', $in$in first 5
in second 7
undo
undo
undo
in first 1
undo
show first
show second
at 3 second
at 4 first
at 0 first
$in$,
            'expected_output', $out$entry 1
entry 2
entry 3 undoes 2
entry 4 undoes 1
nothing to undo
entry 5
entry 6 undoes 5
0
0
0
0
0
$out$,
            'is_hidden', true),
          jsonb_build_object(
            'input', $in$in first 5
out first 5
undo
in first 1
undo
undo
show first
at 1 first
at 2 first
at 3 first
at 4 first
at 6 first
at 7 first
$in$,
            'expected_output', $out$entry 1
entry 2
entry 3 undoes 2
entry 4
entry 5 undoes 4
entry 6 undoes 1
0
5
0
5
6
0
no entry 7
$out$,
            'is_hidden', true),
          jsonb_build_object(
            'input', $in$show nobody
at 0 nobody
at 1 nobody
in first 1
undo
at 2 first
undo
in first -5
show first
$in$,
            'expected_output', $out$0
0
no entry 1
entry 1
entry 2 undoes 1
0
nothing to undo
refused
0
$out$,
            'is_hidden', true)
        )
      ),

      jsonb_build_object(
        'title', $t$Step 3: {CAPSTONE_GOAL}, complete$t$,
        'description', $md$Now bring everything together and finish {CAPSTONE_GOAL}. The program reads what happened, in whatever order it was delivered, applies the rules, raises alerts and ends with a report. A name stands for one {ENTITY|item}, its level for the {STATE|state}, and each `event` line for one {EVENT|event}.

**Input.** Every line should be one of these. Names and IDs are single words, the others whole numbers (digits, perhaps with a leading `-`); words are separated by single spaces.

- `limit NAME MAX`: the level of NAME may not exceed MAX (0 or more). Without such a line, the limit is 100. If there are several for one name, the last counts.
- `watch NAME LEVEL`: report whenever NAME reaches LEVEL (1 or more) from below. There may be several for one name; the same line twice counts once.
- `event ID TIME NAME DELTA`: at TIME (0 or more), the level of NAME changes by DELTA (any whole number).

Any other line, even an empty one, is malformed, and so is one with a wrong number of words or a number that is not allowed. It is counted, and otherwise ignored. An event with an ID that an earlier well-formed event line had is a duplicate: also counted, and otherwise ignored.

**What to do.** Read all lines first. Limits and watches hold for the whole run, wherever they stand. Then apply the events in the order of TIME; those of the same time in the order of the input. Each level starts at 0.

**Output.**

1. While the events are applied: if the level would fall below 0, print `TIME ID refused: below zero`; if it would exceed the limit, print `TIME ID refused: over limit`; the level then stays as it was. Otherwise the event is applied, and for each watched level that is above the old level but not above the new one, in ascending order, print `TIME NAME reached LEVEL`.
2. For each name to which at least one event was applied, `NAME LEVEL`, the highest level first, equal levels by name.
3. One last line `applied A, refused R, duplicate D, malformed M`.
$md$,
        'language', 'python',
        'starter_code', $py$import sys


# Reading: lines become facts. Nothing is decided here.
class Delivery:
    def __init__(self):
        self.limits = {}
        self.watches = {}
        self.events = []
        self.duplicate = 0
        self.malformed = 0

    def read(self, line):
        words = line.split()
        # Your turn: limit, watch, duplicates, and all that is malformed.
        if words and words[0] == "event":
            _, identity, time, name, delta = words
            self.events.append((int(time), identity, name, int(delta)))


# Deciding: each event is applied or refused, with its reason.
class Simulation:
    def __init__(self, limits, watches):
        self.limits = limits
        self.watches = watches
        self.levels = {}
        self.applied = 0
        self.refused = 0

    # The lines to print for one event.
    def apply(self, time, identity, name, delta):
        # Your turn: the two refusals and the alerts.
        self.levels[name] = self.levels.get(name, 0) + delta
        self.applied += 1
        return []


def main():
    delivery = Delivery()
    for line in sys.stdin.read().splitlines():
        delivery.read(line)
    simulation = Simulation(delivery.limits, delivery.watches)
    # Your turn: in which order do the events come, and the names?
    for event in delivery.events:
        for answer in simulation.apply(*event):
            print(answer)
    for name, level in simulation.levels.items():
        print(name, level)
    print(f"applied {simulation.applied}, refused {simulation.refused}, "
          f"duplicate {delivery.duplicate}, malformed {delivery.malformed}")


main()
$py$,
        'solution_code', $py$import re
import sys

WHOLE_NUMBER = re.compile(r"-?[0-9]+")
DEFAULT_LIMIT = 100


def whole_number(word, least=None):
    if not WHOLE_NUMBER.fullmatch(word):
        raise ValueError(f"not a whole number: {word}")
    number = int(word)
    if least is not None and number < least:
        raise ValueError(f"below {least}: {word}")
    return number


# Reading: every line becomes a fact, or is counted as no use.
class Delivery:
    def __init__(self):
        self.limits = {}
        self.watches = {}
        self.events = []
        self.duplicate = 0
        self.malformed = 0
        self._seen = set()
        self._readers = {
            ("limit", 3): self._read_limit,
            ("watch", 3): self._read_watch,
            ("event", 5): self._read_event,
        }

    def read(self, line):
        words = line.split()
        shape = (words[0] if words else "", len(words))
        try:
            if shape not in self._readers:
                raise ValueError(f"no line of this shape: {line}")
            self._readers[shape](*words[1:])
        except ValueError:
            self.malformed += 1

    def _read_limit(self, name, most):
        self.limits[name] = whole_number(most, least=0)

    def _read_watch(self, name, level):
        level = whole_number(level, least=1)
        self.watches.setdefault(name, set()).add(level)

    def _read_event(self, identity, time, name, delta):
        event = (whole_number(time, least=0), identity, name, whole_number(delta))
        if identity in self._seen:
            self.duplicate += 1
        else:
            self._seen.add(identity)
            self.events.append(event)


# Deciding: each event is applied or refused; the levels are never impossible.
class Simulation:
    def __init__(self, limits, watches):
        self.limits = limits
        self.watches = watches
        self.levels = {}
        self.applied = 0
        self.refused = 0

    def apply(self, time, identity, name, delta):
        old = self.levels.get(name, 0)
        new = old + delta
        reason = self._refusal(name, new)
        if reason is not None:
            self.refused += 1
            return [f"{time} {identity} refused: {reason}"]
        self.levels[name] = new
        self.applied += 1
        return [f"{time} {name} reached {level}"
                for level in sorted(self.watches.get(name, ()))
                if old < level <= new]

    def _refusal(self, name, level):
        if level < 0:
            return "below zero"
        if level > self.limits.get(name, DEFAULT_LIMIT):
            return "over limit"
        return None


def main():
    delivery = Delivery()
    for line in sys.stdin.read().splitlines():
        delivery.read(line)
    simulation = Simulation(delivery.limits, delivery.watches)
    for event in sorted(delivery.events, key=lambda event: event[0]):
        for answer in simulation.apply(*event):
            print(answer)
    ranked = sorted(simulation.levels.items(), key=lambda item: (-item[1], item[0]))
    for name, level in ranked:
        print(name, level)
    print(f"applied {simulation.applied}, refused {simulation.refused}, "
          f"duplicate {delivery.duplicate}, malformed {delivery.malformed}")


main()
$py$,
        'difficulty', 'hard',
        'points', 200,
        'hints', jsonb_build_array(
          jsonb_build_object(
            'text', $t$Keep reading, deciding and printing apart, as the starter does. Reading fills limits, watches and events; only when all lines are read does the first event get applied.$t$,
            'penalty_points', 20),
          jsonb_build_object(
            'text', $t$Python's `sorted` is stable: sorted by time alone, events of the same time keep the order of the input.$t$,
            'penalty_points', 20),
          jsonb_build_object(
            'text', $t$A malformed event must leave nothing behind, not even its ID. Convert all of its numbers before you remember that you have seen it.$t$,
            'penalty_points', 25)
        ),
        'test_cases', jsonb_build_array(
          jsonb_build_object(
            'input', $in$limit north 50
watch north 30
event e2 20 north 25
event e1 10 north 10
event e3 30 north 40
event e4 5 south 7
event e1 10 north 10
nonsense
$in$,
            'expected_output', $out$20 north reached 30
30 e3 refused: over limit
north 35
south 7
applied 3, refused 1, duplicate 1, malformed 1
$out$,
            'is_hidden', false),
          jsonb_build_object(
            'input', $in$event a 1 north 20
event b 2 north -21
event c 2 north -15
event d 3 north 95
event e 4 north 1
watch north 50
watch north 10
watch north 100
watch north 10
$in$,
            'expected_output', $out$1 north reached 10
2 b refused: below zero
3 north reached 10
3 north reached 50
3 north reached 100
4 e refused: over limit
north 100
applied 3, refused 2, duplicate 0, malformed 0
$out$,
            'is_hidden', false),
          jsonb_build_object(
            'input', $in$event a x north 1
event a 1 north 1
event a 2 north x
event a 3 north 5

limit north
limit north -1
watch north 0
watch north 1 2
limits north 5
event b -1 north 1
event b 1 north +1
$in$,
            'expected_output', $out$north 1
applied 1, refused 0, duplicate 1, malformed 10
$out$,
            'is_hidden', true),
          jsonb_build_object(
            'input', $in$watch nobody 5
limit nobody 5
$in$,
            'expected_output', $out$applied 0, refused 0, duplicate 0, malformed 0
$out$,
            'is_hidden', true),
          jsonb_build_object(
            'input', $in$event z 7 zebra 4
event y 7 apple 5
event x 7 mango 9
event w 7 zero 0
event v 7 never -1
limit mango 3
limit mango 9
limit zero 0
watch zebra 1
event u 0 zebra 1
event t 0 zero 1
$in$,
            'expected_output', $out$0 zebra reached 1
0 t refused: over limit
7 v refused: below zero
mango 9
apple 5
zebra 5
zero 0
applied 5, refused 2, duplicate 0, malformed 0
$out$,
            'is_hidden', true),
          jsonb_build_object(
            'input', $in$event late 9 north 10
event early 1 north -10
event middle 5 north 10
event same 5 north 0
event back 6 north -5
event again 8 north 5
event more 8 north 1
watch north 10
limit north 20
$in$,
            'expected_output', $out$1 early refused: below zero
5 north reached 10
8 north reached 10
9 late refused: over limit
north 11
applied 5, refused 2, duplicate 0, malformed 0
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

COMMENT ON FUNCTION learnify_internal.shipped_module_capstone() IS 'Returns the row of blueprint module 7 as it ships';
