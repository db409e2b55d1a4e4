-- Module 3, the workflow: from one to many, by a container and a pipeline.
-- Needs ENTITY, FLOW and CONTAINER.
CREATE OR REPLACE FUNCTION learnify_internal.shipped_module_workflow()
RETURNS jsonb
LANGUAGE sql
STABLE PARALLEL SAFE COST 1000
BEGIN ATOMIC
SELECT jsonb_build_object(
  'id', '6c656172-6e69-8679-8000-000000000003',
  'module_number', 3,
  'concept_slug', 'workflow',
  'title_template', $t$The Workflow: {FLOW} across the whole {CONTAINER}$t$,
  'description_template', $t$One {ENTITY} that works is a start; a full {CONTAINER} is where the work is. You will build the {CONTAINER} as an object with rules of its own, take each {ENTITY} in it through {FLOW} in small steps that fit together, and decide what happens to all the others when one of them goes wrong.$t$,
  'difficulty', 'intermediate',
  'estimated_hours', 4,
  'learning_objectives', jsonb_build_array(
    $t$Choose the data structure of the {CONTAINER} by the questions it has to answer$t$,
    $t$Write {FLOW} as a pipeline of small stages, each of which can be tested alone$t$,
    $t$Account for every {ENTITY} that entered {FLOW}, whether it came through or not$t$
  ),
  'variable_schema', jsonb_build_object(
    'required', jsonb_build_array('ENTITY', 'FLOW', 'CONTAINER'),
    'defaults', jsonb_build_object(
      'DOMAIN', 'this field',
      'STATE', 'state',
      'LOGIC', 'rule',
      'EDGE_CASE', 'rare case',
      'EVENT', 'event')
  ),
  'content_template', jsonb_build_object(
    'lessons', jsonb_build_array(

      jsonb_build_object(
        'title', $t$From one {ENTITY} to the whole {CONTAINER}$t$,
        'body', $md$A bare list of objects is not yet the {CONTAINER}. As soon as there are many, new truths appear that no single {ENTITY} can answer for: no two have the same name, there is room for so many and no more, one of them comes next. Those are invariants again, as in module 1, but of the whole. They need an owner, and the owner is the container object:

```python
class Container:
    # The {CONTAINER}: the only code that lets one {ENTITY} in or out.
    def __init__(self, room):
        self.room = room
        self._by_name = {}

    def add(self, name, item):
        if name in self._by_name:
            raise ValueError(f"{name} is here already")
        if len(self._by_name) == self.room:
            raise ValueError("no room left")
        self._by_name[name] = item

    def find(self, name):
        return self._by_name.get(name)

    def __len__(self):
        return len(self._by_name)

    def __iter__(self):
        return iter(list(self._by_name.values()))

box = Container(room=2)
box.add("first", 4)
box.add("second", 9)
assert box.find("second") == 9 and len(box) == 2
assert list(box) == [4, 9]
```

Mind the split of duties. The {CONTAINER} decides who is in it. What happens to the {STATE|state} of one {ENTITY} is still that object's own affair; the {CONTAINER} asks it, and does not reach inside. Iterating gives out a copy, so that a loop which removes members cannot trip over itself.

Which structure belongs inside? Ask which question you will put to it most often, once it holds n members:

| question | structure | work for one answer |
|---|---|---|
| is this one in it? which one has this name? | `dict`, `set` | about the same for any n |
| what is at position k? what came last? | `list` | about the same for any n |
| is it anywhere in the list? | `list` | grows with n |
| which one comes next by priority? | `heapq` | grows with the logarithm of n |
| all of them in order, once | `sorted` | a little more than n |

"Grows with n" is harmless for a hundred members and ruinous for a million when you ask once for each of them: that is n times n. Two structures side by side are fine too, a `dict` to find and a heap to choose, so long as one class keeps them in step.

**Try it on your own {CONTAINER}.** Which question is put to it ten times a day, and which must it answer at once, on each {EVENT|event}, while somebody waits? Let the second choose the structure.
$md$),

      jsonb_build_object(
        'title', $t$Writing {FLOW} as a pipeline$t$,
        'body', $md$Describe {FLOW} to a friend, and you will say "first ..., then ..., and at the end ...". Each of those steps takes something in and hands something on. Code can have the same shape: a **stage** is a function that receives a stream of things and yields a stream of things, and a pipeline is stages put one behind the other.

```python
def parsed(lines):
    for line in lines:
        name, value = line.split()
        yield name, int(value)

def at_least(least, items):
    for name, value in items:
        if value >= least:
            yield name, value

def doubled(items):
    for name, value in items:
        yield name, value * 2

lines = ["first 4", "second 9", "third 7"]
through = doubled(at_least(5, parsed(lines)))
assert list(through) == [("second", 18), ("third", 14)]
assert list(through) == []     # a stream is used up once it was read
```

Call your stages by the words used in {DOMAIN|this field} for the steps of {FLOW}; then the line that composes them is a summary anyone in the field could check.

`yield` makes each stage a generator, and that changes *when* things happen. Nothing runs until somebody asks for a result. Then one {ENTITY} travels through all the stages before the next one is read. Memory therefore holds one at a time, however large the {CONTAINER} is, and when the consumer stops early, the rest of the work is never done. The price is in the last line of the example: a stream can be read once. If you need the results twice, make a list of them.

Three habits keep a pipeline healthy.

- **One job each.** A stage that filters does not also convert. You can then test it with three lines of input, move it, or leave it out.
- **Effects at the ends.** Reading files happens before the first stage, printing and saving after the last. The stages between depend on their input alone, so the same input always gives the same output.
- **Cheap refusals early.** Put the stage that drops the most for the least effort first. If the {LOGIC|rule} is quick and turns half of them away, everything after it has half the work.

**Try it on {FLOW}.** Name the steps between the moment when one {ENTITY} comes in and the moment when it is done, with one verb each. A step that needs two verbs is two stages.
$md$),

      jsonb_build_object(
        'title', $t$When one {ENTITY} of many goes wrong$t$,
        'body', $md$Sooner or later one {ENTITY} in the {CONTAINER} cannot go through {FLOW}: a figure is missing, a name appears twice, a step refuses. With a single one you would raise an error and stop. With many you have a choice to make, and making none is also a choice:

- **Stop at the first failure.** Right when every later step builds on the earlier ones.
- **Set it aside and go on.** Right when each {ENTITY} stands alone. One bad entry must not cost a thousand good ones.
- **All or nothing.** Right when a half-done result is worse than none. Work on a copy and put it in place at the end.

The second policy is the most common, and the easiest to do badly. Swallowing the error leaves you with fewer results and no idea why. So give failures a place of their own, with the position and the reason:

```python
def run(step, items):
    done, failed = [], []
    for position, item in enumerate(items, start=1):
        try:
            done.append(step(item))
        except ValueError as error:
            failed.append((position, str(error)))
    assert len(done) + len(failed) == len(items)
    return done, failed

done, failed = run(int, ["4", "x", "9"])
assert done == [4, 9]
assert [position for position, reason in failed] == [2]
```

The assertion inside `run` is the invariant of a batch: **whatever went in came out somewhere**. Print both counts at the end of every run of {FLOW}. When they do not add up, something was lost on the way, and you will know on the day it happens.

Note what is caught: `ValueError`, which says that this one input is no good. A misspelt variable raises `NameError`, which says that your program is no good; catching everything would hide it a thousand times over.

Finally, expect to run the batch again. The power fails, the laptop closes, or you fix three bad entries and start over. A step is **idempotent** when doing it twice leaves the same result as doing it once. Usually that takes one question at the start: has this {ENTITY} been through already? Remember the names you have finished, and a second run only does what is left.

**Try it on {FLOW}.** Decide for each step which of the three policies holds. Then ask where the {EDGE_CASE|rare case} would turn up, and whether it counts as done or as set aside.
$md$)
    ),

    'exercises', jsonb_build_array(

      jsonb_build_object(
        'title', $t$Take the whole {CONTAINER} through {FLOW}$t$,
        'description', $md$Write {FLOW} as a pipeline of three stages that keeps going whatever it meets, and accounts for every {ENTITY} it was given.

**Input.** The first line holds the minimum, a whole number. Every further line describes one {ENTITY} and should hold a name (one word) and a value (a whole number), separated by a space. Lines are numbered from 1, and the line with the minimum is not counted.

**Stages**, in this order. A line that one stage turns away does not reach the next.

1. *Read*: a line that does not consist of exactly two words, the second of them a whole number (digits, with or without a leading `-`), is turned away as `malformed`.
2. *Once only*: a name that an earlier line has already brought to this stage is turned away as `duplicate`, even if that earlier line was itself turned away by stage 3.
3. *Minimum*: a value under the minimum is turned away as `below minimum`.

**Output.** First, for each line that came through, `NAME VALUE`, in the order of the input. Then, for each line turned away, `line K: REASON`, in the order of the input. Then one last line `accepted A, rejected R`.
$md$,
        'language', 'python',
        'starter_code', $py$import sys


# Stage 1: each line becomes (line number, name, value).
def read(numbered_lines, rejects):
    for number, line in numbered_lines:
        words = line.split()
        # Your turn: turn malformed lines away into rejects.
        yield number, words[0], int(words[1])


# Stage 2: each {ENTITY} goes through once.
def once_only(items, rejects):
    # Your turn: remember the names that came this way.
    yield from items


# Stage 3: what is too small is set aside.
def at_least(minimum, items, rejects):
    for number, name, value in items:
        if value >= minimum:
            yield number, name, value
        else:
            rejects.append((number, "below minimum"))


def main():
    first, *lines = sys.stdin.read().splitlines()
    rejects = []
    items = read(enumerate(lines, start=1), rejects)
    accepted = list(at_least(int(first), once_only(items, rejects), rejects))
    for number, name, value in accepted:
        print(name, value)
    for number, reason in rejects:
        print(f"line {number}: {reason}")
    print(f"accepted {len(accepted)}, rejected {len(rejects)}")


main()
$py$,
        'solution_code', $py$import re
import sys

WHOLE_NUMBER = re.compile(r"-?[0-9]+")


def read(numbered_lines, rejects):
    for number, line in numbered_lines:
        words = line.split()
        if len(words) == 2 and WHOLE_NUMBER.fullmatch(words[1]):
            yield number, words[0], int(words[1])
        else:
            rejects.append((number, "malformed"))


def once_only(items, rejects):
    seen = set()
    for number, name, value in items:
        if name in seen:
            rejects.append((number, "duplicate"))
        else:
            seen.add(name)
            yield number, name, value


def at_least(minimum, items, rejects):
    for number, name, value in items:
        if value >= minimum:
            yield number, name, value
        else:
            rejects.append((number, "below minimum"))


def main():
    first, *lines = sys.stdin.read().splitlines()
    rejects = []
    items = read(enumerate(lines, start=1), rejects)
    accepted = list(at_least(int(first), once_only(items, rejects), rejects))
    for number, name, value in accepted:
        print(name, value)
    for number, reason in rejects:
        print(f"line {number}: {reason}")
    print(f"accepted {len(accepted)}, rejected {len(rejects)}")


main()
$py$,
        'difficulty', 'medium',
        'points', 100,
        'hints', jsonb_build_array(
          jsonb_build_object(
            'text', $t$Because the stages are generators, one line runs through all three before the next line is read. The rejects therefore arrive in the order of the input by themselves.$t$,
            'penalty_points', 10),
          jsonb_build_object(
            'text', $t$A `set` of the names seen so far belongs inside stage 2, before anybody looks at the minimum.$t$,
            'penalty_points', 10),
          jsonb_build_object(
            'text', $t$An empty line has no words at all. Count the words before you look at the second one.$t$,
            'penalty_points', 10)
        ),
        'test_cases', jsonb_build_array(
          jsonb_build_object(
            'input', $in$5
first 4
second 9
third 7
second 8
$in$,
            'expected_output', $out$second 9
third 7
line 1: below minimum
line 4: duplicate
accepted 2, rejected 2
$out$,
            'is_hidden', false),
          jsonb_build_object(
            'input', $in$0
first
second two
third 3 3

fifth -0
sixth 6
$in$,
            'expected_output', $out$fifth 0
sixth 6
line 1: malformed
line 2: malformed
line 3: malformed
line 4: malformed
accepted 2, rejected 4
$out$,
            'is_hidden', false),
          jsonb_build_object(
            'input', $in$5
first 1
first 9
first nine
First 9
$in$,
            'expected_output', $out$First 9
line 1: below minimum
line 2: duplicate
line 3: malformed
accepted 1, rejected 3
$out$,
            'is_hidden', true),
          jsonb_build_object(
            'input', $in$3
$in$,
            'expected_output', $out$accepted 0, rejected 0
$out$,
            'is_hidden', true),
          jsonb_build_object(
            'input', $in$-2
low -3
edge -2
plus +4
half 1.5
$in$,
            'expected_output', $out$edge -2
line 1: below minimum
line 3: malformed
line 4: malformed
accepted 1, rejected 3
$out$,
            'is_hidden', true)
        )
      ),

      jsonb_build_object(
        'title', $t$Who comes next in the {CONTAINER}?$t$,
        'description', $md$Build the {CONTAINER} so that it always knows which {ENTITY} comes next, and stays quick when it grows: neither finding nor removing may look through all of its members.

**Input.** Every line is one command:

- `add NAME P` puts one {ENTITY} with this name (one word) and priority P (a whole number) into the {CONTAINER};
- `next` takes out the one with the highest priority; of several with an equal priority, the one that was added first;
- `remove NAME` takes out the one with this name;
- `size` asks how many are inside.

**Output.** One line for each command. `add` prints `ok`, or `exists` and changes nothing when that name is inside at that moment. `next` prints the name it took out, or `empty`. `remove` prints `ok`, or `absent` when that name is not inside. `size` prints the number. A name that has been taken out may be added again, and then counts as newly added.
$md$,
        'language', 'python',
        'starter_code', $py$import heapq
import sys


# The {CONTAINER}: a dict to find by name, a heap to know who is next.
class Container:
    def __init__(self):
        self._inside = {}
        self._heap = []
        self._added = 0

    def add(self, name, priority):
        # Your turn: equal priorities leave in the order in which they came.
        self._inside[name] = priority
        heapq.heappush(self._heap, (priority, name))
        return "ok"

    def next(self):
        if not self._heap:
            return "empty"
        priority, name = heapq.heappop(self._heap)
        return name

    def remove(self, name):
        # Your turn: how do you remove from a heap without searching it?
        return "absent"

    def size(self):
        return str(len(self._inside))


def main():
    container = Container()
    for line in sys.stdin:
        command, *arguments = line.split()
        if command == "add":
            print(container.add(arguments[0], int(arguments[1])))
        elif command == "next":
            print(container.next())
        elif command == "remove":
            print(container.remove(arguments[0]))
        elif command == "size":
            print(container.size())


main()
$py$,
        'solution_code', $py$import heapq
import sys


class Container:
    def __init__(self):
        self._inside = {}
        self._heap = []
        self._added = 0

    def add(self, name, priority):
        if name in self._inside:
            return "exists"
        self._added += 1
        entry = (-priority, self._added, name)
        self._inside[name] = entry
        heapq.heappush(self._heap, entry)
        return "ok"

    # An entry that was removed stays in the heap, and is skipped when it surfaces.
    def next(self):
        while self._heap:
            entry = heapq.heappop(self._heap)
            name = entry[2]
            if self._inside.get(name) == entry:
                del self._inside[name]
                return name
        return "empty"

    def remove(self, name):
        if name not in self._inside:
            return "absent"
        del self._inside[name]
        return "ok"

    def size(self):
        return str(len(self._inside))


def main():
    container = Container()
    for line in sys.stdin:
        command, *arguments = line.split()
        if command == "add":
            print(container.add(arguments[0], int(arguments[1])))
        elif command == "next":
            print(container.next())
        elif command == "remove":
            print(container.remove(arguments[0]))
        elif command == "size":
            print(container.size())


main()
$py$,
        'difficulty', 'hard',
        'points', 150,
        'hints', jsonb_build_array(
          jsonb_build_object(
            'text', $t$`heapq` gives the smallest entry first. Store the negated priority, followed by a number that counts upward with every `add`; the second settles all ties.$t$,
            'penalty_points', 15),
          jsonb_build_object(
            'text', $t$You need not remove anything from the middle of the heap. Forget the name in the `dict` only, and let `next` skip the entries that are no longer valid.$t$,
            'penalty_points', 20),
          jsonb_build_object(
            'text', $t$A name may have left and come back, and then an old entry of it still lies in the heap. Compare the whole entry with the one in the `dict`, not just the name.$t$,
            'penalty_points', 20)
        ),
        'test_cases', jsonb_build_array(
          jsonb_build_object(
            'input', $in$add first 2
add second 5
add third 5
size
next
next
next
next
$in$,
            'expected_output', $out$ok
ok
ok
3
second
third
first
empty
$out$,
            'is_hidden', false),
          jsonb_build_object(
            'input', $in$add first 1
add first 9
remove second
remove first
remove first
size
next
$in$,
            'expected_output', $out$ok
exists
absent
ok
absent
0
empty
$out$,
            'is_hidden', false),
          jsonb_build_object(
            'input', $in$add first 9
add second 5
remove first
add first 1
size
next
next
next
$in$,
            'expected_output', $out$ok
ok
ok
ok
2
second
first
empty
$out$,
            'is_hidden', true),
          jsonb_build_object(
            'input', $in$add zebra 3
add apple 3
remove zebra
add zebra 3
next
next
size
$in$,
            'expected_output', $out$ok
ok
ok
ok
apple
zebra
0
$out$,
            'is_hidden', true),
          jsonb_build_object(
            'input', $in$next
size
add low -5
add zero 0
next
add zero 0
next
next
next
$in$,
            'expected_output', $out$empty
0
ok
ok
zero
ok
zero
low
empty
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

COMMENT ON FUNCTION learnify_internal.shipped_module_workflow() IS 'Returns the row of blueprint module 3 as it ships';
