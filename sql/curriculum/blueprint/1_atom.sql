-- Module 1, the atom: one object holds its state, and alone changes it.
-- Needs ENTITY and STATE.
CREATE OR REPLACE FUNCTION learnify_internal.shipped_module_atom()
RETURNS jsonb
LANGUAGE sql
STABLE PARALLEL SAFE COST 1000
BEGIN ATOMIC
SELECT jsonb_build_object(
  'id', '6c656172-6e69-8679-8000-000000000001',
  'module_number', 1,
  'concept_slug', 'atom',
  'title_template', $t$The Atom: encapsulating one {ENTITY} and its {STATE}$t$,
  'description_template', $t$Every program about {DOMAIN|this field} rests on its smallest useful part, and here that part is the {ENTITY}. You will write it as one object that alone holds its {STATE}, shows it to whoever asks, and changes it only by rules that it enforces itself. Whatever you build in the six modules after this one stands on that object.$t$,
  'difficulty', 'beginner',
  'estimated_hours', 2,
  'learning_objectives', jsonb_build_array(
    $t$Tell the identity of one {ENTITY} from its {STATE}, and keep both in one object$t$,
    $t$State the invariant of the {STATE} in one sentence, and enforce it at every door into the object$t$,
    $t$Refuse a bad change so that the {STATE} is exactly what it was before$t$
  ),
  'variable_schema', jsonb_build_object(
    'required', jsonb_build_array('ENTITY', 'STATE'),
    'defaults', jsonb_build_object(
      'DOMAIN', 'this field',
      'FLOW', 'the process',
      'CONTAINER', 'collection',
      'EVENT', 'event')
  ),
  'content_template', jsonb_build_object(
    'lessons', jsonb_build_array(

      jsonb_build_object(
        'title', $t$Where the {STATE} lives$t$,
        'body', $md$Ask somebody who knows {DOMAIN|this field} well what one {ENTITY} is, and the answer comes in two halves. There is the thing itself, which you could point at and tell from every other {ENTITY}. And there is what is true of it right now, such as its {STATE}. The first half is **identity**: it never changes. The second is **state**: it changes all the time. A sound program keeps the two together. Most trouble begins when they drift apart, and the drifting looks harmless:

```python
name = "first"
level = 40           # the {STATE} of one {ENTITY}
level = level - 60   # another file, three weeks later
assert level == -20  # and nothing has objected
```

Nothing ties the number to its {ENTITY}, and nothing knows which numbers make sense. Every line that touches `level` has to remember the rules for the {STATE}. The first line that forgets leaves behind a value that makes no sense in {DOMAIN|this field}, and by the time you notice, you cannot tell which line it was.

**Encapsulation** is the remedy: one object owns the value, and no other code changes it.

```python
class Item:
    # One {ENTITY}. Only the methods below touch its {STATE}.
    def __init__(self, name, level):
        self.name = name
        self._level = level

    @property
    def level(self):
        return self._level

    def lower(self, amount):
        if not 0 < amount <= self._level:
            raise ValueError("cannot lower by that amount")
        self._level -= amount

item = Item("first", 40)
item.lower(15)
assert item.level == 25
```

Three decisions are at work here. The underscore in `_level` tells every reader "this belongs to the class". The property lets anyone read the {STATE}, while `item.level = -20` is now an error. And the method is called `lower`, not `set_level`: it names something that really happens to the {ENTITY}, so the rule for that event has an obvious home.

Identity stays separate from all this. Two objects with an equal {STATE} are still two, just as they are in {DOMAIN|this field}; comparing their values never tells you that you are holding the same {ENTITY}.

Before you write the class, make two lists. What must one {ENTITY} know to answer for its own {STATE}? Those are the attributes. What can happen to it, during {FLOW|the process}, or on the next {EVENT|event}? Those are the methods. If an entry on either list is really about many of them at once, strike it out; the {CONTAINER|collection} of module 3 is the place for it.
$md$),

      jsonb_build_object(
        'title', $t$Guarding the {STATE} at the door$t$,
        'body', $md$An **invariant** is a sentence about one {ENTITY} that is true whenever nobody is in the middle of changing it. You find it by completing this one: "If I ever saw an object whose {STATE} was ..., I would know that the program is wrong." Perhaps the value has a lowest and a highest possible figure. Perhaps it only ever moves in one direction. Whatever you wrote down, the object must make it impossible.

There are only two doors through which a bad value can enter: the constructor, and the methods that change something. Guard both, with the rule written once:

```python
class Item:
    def __init__(self, name, limit, level=0):
        self.name = name
        self.limit = limit
        self._level = self._checked(level)

    def _checked(self, level):
        # The invariant of the {STATE}, in one place.
        if not 0 <= level <= self.limit:
            raise ValueError(f"{level} is outside 0 to {self.limit}")
        return level

    def change(self, delta):
        self._level = self._checked(self._level + delta)

item = Item("first", limit=10, level=4)
try:
    item.change(+9)
except ValueError:
    pass
assert item._level == 4   # looked at from outside only to prove the point
```

Read `change` slowly, because the order in it matters: it **computes** the new value, **checks** it, and only then **stores** it. When the check fails, nothing has been stored yet, and the {ENTITY} is exactly as it was. Code that stores first and checks afterwards has to repair the damage, and sooner or later one path forgets to.

Guarding the doors is also an economy. Once both are closed, no other part of your program needs to ask whether the {STATE} makes sense. One check at the boundary replaces fifty in the interior.

There is a third, quieter door: what the object *gives away*. Suppose the {ENTITY} keeps earlier values in a list and returns that list. The caller now holds the real thing and can append to it, past every check you wrote. Hand out a copy, or something that cannot be changed:

```python
class Remembering:
    def __init__(self):
        self._values = [0]

    def history(self):
        return tuple(self._values)   # not self._values

seen = Remembering().history()
assert seen == (0,)
```

A good test of your class is to try to break it from outside. If the only way is to reach for a name that starts with an underscore, its {STATE} is encapsulated.

**Try it on your own {ENTITY}.** Write three sentences that are always true of its {STATE}. For each, name the moment at which it is most likely to be broken: during {FLOW|the process}, on the next {EVENT|event}, or when somebody corrects a figure by hand. Those are the calls that your doors have to withstand.
$md$)
    ),

    'exercises', jsonb_build_array(

      jsonb_build_object(
        'title', $t$One {ENTITY} that guards its {STATE}$t$,
        'description', $md$Write one {ENTITY} as an object that guards its {STATE}. The {STATE} is kept as a whole number. It starts at 0 and must never leave the range from 0 to a limit.

**Input.** The first line holds a name (one word) and the limit (a whole number of 0 or more), separated by a space. Every further line is one command: `add N`, `take N` or `show`, where N is a whole number that may also be zero or negative.

**Output.** One line for each command.

- `add N` raises the {STATE} by N, and `take N` lowers it by N. Print `ok` when that was done. When N is below 1, or the result would lie outside the range, print `refused` and leave the {STATE} as it was.
- `show` prints the name, a space, the {STATE}, a slash and the limit, for example `first 3/10`.
$md$,
        'language', 'python',
        'starter_code', $py$import sys


# One {ENTITY}. Nothing outside this class changes its {STATE}.
class Item:
    def __init__(self, name, limit):
        self.name = name
        self.limit = limit
        self._level = 0

    def add(self, amount):
        # Your turn: return False, with nothing changed, where the rule says no.
        self._level += amount
        return True

    def take(self, amount):
        # Your turn: this is the second door to the same value.
        self._level -= amount
        return True

    def __str__(self):
        return f"{self.name} {self._level}/{self.limit}"


def main():
    name, limit = sys.stdin.readline().split()
    item = Item(name, int(limit))
    for line in sys.stdin:
        command, *arguments = line.split()
        if command == "show":
            print(item)
        elif command == "add":
            print("ok" if item.add(int(arguments[0])) else "refused")
        elif command == "take":
            print("ok" if item.take(int(arguments[0])) else "refused")


main()
$py$,
        'solution_code', $py$import sys


class Item:
    def __init__(self, name, limit):
        self.name = name
        self.limit = limit
        self._level = 0

    # Both doors lead through here, so the rule is written once.
    def _move_to(self, level):
        if not 0 <= level <= self.limit:
            return False
        self._level = level
        return True

    def add(self, amount):
        return amount >= 1 and self._move_to(self._level + amount)

    def take(self, amount):
        return amount >= 1 and self._move_to(self._level - amount)

    def __str__(self):
        return f"{self.name} {self._level}/{self.limit}"


def main():
    name, limit = sys.stdin.readline().split()
    item = Item(name, int(limit))
    for line in sys.stdin:
        command, *arguments = line.split()
        if command == "show":
            print(item)
        elif command == "add":
            print("ok" if item.add(int(arguments[0])) else "refused")
        elif command == "take":
            print("ok" if item.take(int(arguments[0])) else "refused")


main()
$py$,
        'difficulty', 'easy',
        'points', 50,
        'hints', jsonb_build_array(
          jsonb_build_object(
            'text', $t$Both commands end in the same question: may the {STATE} become this new value? Write one small method that answers it and stores the value only if it may.$t$,
            'penalty_points', 5),
          jsonb_build_object(
            'text', $t$Look at the amount before you add it. A negative amount turns `add` into `take` and would slip past a check of the upper end alone.$t$,
            'penalty_points', 10)
        ),
        'test_cases', jsonb_build_array(
          jsonb_build_object(
            'input', $in$first 10
show
add 4
take 1
show
$in$,
            'expected_output', $out$first 0/10
ok
ok
first 3/10
$out$,
            'is_hidden', false),
          jsonb_build_object(
            'input', $in$second 5
add 6
add 5
add 1
show
take 6
show
$in$,
            'expected_output', $out$refused
ok
refused
second 5/5
refused
second 5/5
$out$,
            'is_hidden', false),
          jsonb_build_object(
            'input', $in$third 8
add 0
add -3
take -3
take 0
show
add 1
show
$in$,
            'expected_output', $out$refused
refused
refused
refused
third 0/8
ok
third 1/8
$out$,
            'is_hidden', true),
          jsonb_build_object(
            'input', $in$empty 0
add 1
take 1
show
$in$,
            'expected_output', $out$refused
refused
empty 0/0
$out$,
            'is_hidden', true),
          jsonb_build_object(
            'input', $in$large 1000000
add 1000000
take 1000000
take 1
add 999999
show
$in$,
            'expected_output', $out$ok
ok
refused
ok
large 999999/1000000
$out$,
            'is_hidden', true)
        )
      ),

      jsonb_build_object(
        'title', $t$The {ENTITY} that remembers its {STATE}$t$,
        'description', $md$Give the {ENTITY} a memory. It keeps every value that its {STATE} has had, so that the latest change can be taken back, and yet no caller can reach into that memory.

The {STATE} starts at 0 and stays within 0 to 100.

**Input.** Every line is one command: `set N` (N is a whole number, perhaps negative), `undo`, `show` or `history`.

**Output.** One line for each command.

- `set N` prints `refused` when N is below 0 or above 100, `unchanged` when the {STATE} is N already, and otherwise makes the change and prints `ok`. Only a change that was made is remembered.
- `undo` takes back the latest change that has not been taken back yet and prints `ok`. When there is none, it prints `nothing to undo`.
- `show` prints the {STATE}.
- `history` prints the values from the first to the present one, separated by ` > `, for example `0 > 40 > 55`. A value that was taken back is no longer part of it.
$md$,
        'language', 'python',
        'starter_code', $py$import sys


# One {ENTITY} with a memory. The list of values never leaves this class.
class Item:
    def __init__(self):
        self._values = [0]

    def set(self, level):
        # Your turn: answer "refused", "unchanged" or "ok".
        self._values = [level]
        return "ok"

    def undo(self):
        # Your turn: go back one change, if there is one.
        return "nothing to undo"

    def show(self):
        return str(self._values[-1])

    def history(self):
        # Your turn: the first value, the present one, and all between.
        return self.show()


def main():
    item = Item()
    for line in sys.stdin:
        command, *arguments = line.split()
        if command == "set":
            print(item.set(int(arguments[0])))
        elif command == "undo":
            print(item.undo())
        elif command == "show":
            print(item.show())
        elif command == "history":
            print(item.history())


main()
$py$,
        'solution_code', $py$import sys


class Item:
    LOWEST = 0
    HIGHEST = 100

    # The last value is the present one; the first was never set by a change.
    def __init__(self):
        self._values = [0]

    def set(self, level):
        if not self.LOWEST <= level <= self.HIGHEST:
            return "refused"
        if level == self._values[-1]:
            return "unchanged"
        self._values.append(level)
        return "ok"

    def undo(self):
        if len(self._values) == 1:
            return "nothing to undo"
        self._values.pop()
        return "ok"

    def show(self):
        return str(self._values[-1])

    def history(self):
        return " > ".join(str(value) for value in self._values)


def main():
    item = Item()
    for line in sys.stdin:
        command, *arguments = line.split()
        if command == "set":
            print(item.set(int(arguments[0])))
        elif command == "undo":
            print(item.undo())
        elif command == "show":
            print(item.show())
        elif command == "history":
            print(item.history())


main()
$py$,
        'difficulty', 'medium',
        'points', 100,
        'hints', jsonb_build_array(
          jsonb_build_object(
            'text', $t$You do not need the present {STATE} and a history of it. The last element of the history is the present {STATE}.$t$,
            'penalty_points', 10),
          jsonb_build_object(
            'text', $t$The first value was never set by a change, so it can never be taken back: a list of length one has nothing to undo.$t$,
            'penalty_points', 15)
        ),
        'test_cases', jsonb_build_array(
          jsonb_build_object(
            'input', $in$set 40
set 55
history
undo
show
history
$in$,
            'expected_output', $out$ok
ok
0 > 40 > 55
ok
40
0 > 40
$out$,
            'is_hidden', false),
          jsonb_build_object(
            'input', $in$undo
set 101
set -1
set 100
set 100
history
$in$,
            'expected_output', $out$nothing to undo
refused
refused
ok
unchanged
0 > 100
$out$,
            'is_hidden', false),
          jsonb_build_object(
            'input', $in$set 0
history
undo
show
$in$,
            'expected_output', $out$unchanged
0
nothing to undo
0
$out$,
            'is_hidden', true),
          jsonb_build_object(
            'input', $in$set 10
set 20
set 10
undo
undo
undo
undo
history
set 7
history
$in$,
            'expected_output', $out$ok
ok
ok
ok
ok
ok
nothing to undo
0
ok
0 > 7
$out$,
            'is_hidden', true),
          jsonb_build_object(
            'input', $in$set 30
set 300
undo
undo
show
$in$,
            'expected_output', $out$ok
refused
ok
nothing to undo
0
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

COMMENT ON FUNCTION learnify_internal.shipped_module_atom() IS 'Returns the row of blueprint module 1 as it ships';
