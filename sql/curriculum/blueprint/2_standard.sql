-- Module 2, the standard: tests that state what a rule does, and that can fail.
-- Needs ENTITY and LOGIC.
CREATE OR REPLACE FUNCTION learnify_internal.shipped_module_standard()
RETURNS jsonb
LANGUAGE sql
STABLE PARALLEL SAFE COST 1000
BEGIN ATOMIC
SELECT jsonb_build_object(
  'id', '6c656172-6e69-8679-8000-000000000002',
  'module_number', 2,
  'concept_slug', 'standard',
  'title_template', $t$The Standard: proving the {LOGIC} before it judges a single {ENTITY}$t$,
  'description_template', $t$In {DOMAIN|this field}, the {LOGIC} is a judgement made over and over, and code will make it without ever getting tired, right or wrong. You will write down what it must say about each kind of {ENTITY}, turn that into tests that run in a blink, and then check the tests themselves by breaking the rule on purpose.$t$,
  'difficulty', 'beginner',
  'estimated_hours', 3,
  'learning_objectives', jsonb_build_array(
    $t$Turn what you know about the {LOGIC} into a table of cases with expected answers$t$,
    $t$Choose the few values that matter for one {ENTITY}: inside, on each edge, and just past it$t$,
    $t$Show that a test can fail, by breaking the {LOGIC} and watching which case notices$t$
  ),
  'variable_schema', jsonb_build_object(
    'required', jsonb_build_array('ENTITY', 'LOGIC'),
    'defaults', jsonb_build_object(
      'DOMAIN', 'this field',
      'STATE', 'state',
      'EDGE_CASE', 'rare case')
  ),
  'content_template', jsonb_build_object(
    'lessons', jsonb_build_array(

      jsonb_build_object(
        'title', $t$A test is a claim about the {LOGIC}$t$,
        'body', $md$Somebody hands you one {ENTITY}, and the {LOGIC} gives a verdict. That is all it does, and so a test of it is one sentence: *given this, the answer is that*. "Given one {ENTITY} exactly on the lower edge, the answer is yes." If you cannot finish such a sentence, the trouble is not in the code yet. You have found a question about {DOMAIN|this field} that has to be answered first.

The sentence has three parts, and a readable test keeps them apart: **arrange** (make the one {ENTITY} the sentence speaks of), **act** (apply the {LOGIC} once), **assert** (compare the answer with what you expected). Where many cases share a shape, put them into a table and let a loop do the work:

```python
def passes(value, low, high):
    # The {LOGIC}, reduced to its core.
    return low <= value <= high

CASES = [
    # what this case is about, value, expected
    ("well inside", 15, True),
    ("on the lower edge", 10, True),
    ("just under the lower edge", 9, False),
    ("on the upper edge", 20, True),
    ("just over the upper edge", 21, False),
]

for about, value, expected in CASES:
    got = passes(value, 10, 20)
    assert got == expected, f"{about}: expected {expected}, got {got}"
```

Why these five? Values in the middle of a range behave alike, so one of them stands for all. Mistakes gather at the **edges**, where somebody wrote `<` and meant `<=`. For each edge, take the value on it and its nearest neighbour outside. Five cases chosen this way say more than five hundred random ones from the comfortable middle.

Where does the expected answer come from? From your knowledge of {DOMAIN|this field}, written down *before* the code runs. It is tempting to run the code, look at the answer and paste it in. A test made like that claims only that the program does what it does, and it will defend a mistake as loyally as the truth.

Give every case a name that says what it is about. Months from now one line will be red, and "just under the lower edge: expected False, got True" tells you where to look before you have opened a file.

**Try it on your own {LOGIC}.** Write down five cases: one {ENTITY} that passes beyond doubt, one that fails beyond doubt, one on either side of the edge, and the {EDGE_CASE|rare case}. If you hesitate over the last, leave its answer open for now; module 4 is about it.
$md$),

      jsonb_build_object(
        'title', $t$A test that cannot fail proves nothing$t$,
        'body', $md$All your cases for the {LOGIC} are green. That can mean that the rule is right. It can also mean that the tests never look at the part that is wrong. From the outside the two look the same, so you have to make a difference yourself: **break the rule on purpose and see whether any test notices**. The broken copy is called a *mutant*. A test that tells it from the original *kills* it; a mutant that no test kills *survives*, and shows you a gap.

```python
def rule(value, limit):
    return value >= limit

def mutant(value, limit):
    return value > limit      # one character short

def killers(values, limit):
    return [v for v in values if rule(v, limit) != mutant(v, limit)]

assert killers([3, 50], 10) == []          # two tests, and the mutant survives
assert killers([3, 10, 50], 10) == [10]    # the edge kills it
```

The first pair of values seems reasonable: one {ENTITY} that clearly fails, one that clearly passes. Yet a whole class of mistakes walks right between them. One more value, on the edge, closes the gap. Counting tests would never have told you that; killing mutants does.

Make this a habit with two moments. When you write a test, see it red once, before the code exists or with the code broken. And when a real mistake turns up in the {LOGIC}, do not mend it yet. First write the case that exposes it and watch it fail; then mend the rule and watch the same case turn green. From then on that mistake cannot return unnoticed.

Three properties keep a collection of tests worth running:

- **Independent.** Each case makes its own {ENTITY}. If case B needs the {STATE|state} that case A left behind, one failure becomes ten, and the order of the file becomes part of the rule.
- **Repeatable.** Whatever changes by itself, such as the clock, chance, or the network, is handed in as an argument. "Today" in a test is a date you chose.
- **Fast.** If all of them run within a second, you will run them after each change, and a failure points at the last thing you touched.

Tests do not prove that no mistake is left. They prove that the mistakes you have thought of are absent, and each broken copy that you try adds one to that list. Your {LOGIC} has its own likely mutants: the edge that is off by one, the condition turned round, the check that is skipped for the {EDGE_CASE|rare case}. Try those three first.
$md$)
    ),

    'exercises', jsonb_build_array(

      jsonb_build_object(
        'title', $t$A test runner for the {LOGIC}$t$,
        'description', $md$Write the smallest useful test runner and let it judge the {LOGIC}, reduced to its core: one {ENTITY} passes when its value lies between a lowest and a highest value, both of them included.

**Input.** The first line holds the lowest and the highest value, two whole numbers separated by a space. Every further line is one test case: a name (one word), a value (a whole number) and the expected verdict (`pass` or `fail`), separated by spaces.

**Output.** One line for each case, in the order of the input:

- `ok NAME` when the rule's verdict is the expected one;
- otherwise `not ok NAME: expected E, got G`, with the two verdicts, for example `not ok edge: expected pass, got fail`.

Then one last line `H of N held`, where N is the number of cases and H how many were ok. With no case at all, it is `0 of 0 held`.
$md$,
        'language', 'python',
        'starter_code', $py$import sys


# The {LOGIC}, reduced to its core.
def verdict(value, low, high):
    # Your turn: are both edges judged as the description says?
    return "pass" if low < value < high else "fail"


def main():
    low, high = map(int, sys.stdin.readline().split())
    held = 0
    count = 0
    for line in sys.stdin:
        name, value, expected = line.split()
        got = verdict(int(value), low, high)
        count += 1
        # Your turn: say what was expected and what came instead.
        print(f"ok {name}" if got == expected else f"not ok {name}")
    print(f"{held} of {count} held")


main()
$py$,
        'solution_code', $py$import sys


def verdict(value, low, high):
    return "pass" if low <= value <= high else "fail"


def main():
    low, high = map(int, sys.stdin.readline().split())
    held = 0
    count = 0
    for line in sys.stdin:
        name, value, expected = line.split()
        got = verdict(int(value), low, high)
        count += 1
        if got == expected:
            held += 1
            print(f"ok {name}")
        else:
            print(f"not ok {name}: expected {expected}, got {got}")
    print(f"{held} of {count} held")


main()
$py$,
        'difficulty', 'easy',
        'points', 50,
        'hints', jsonb_build_array(
          jsonb_build_object(
            'text', $t$Keep the rule and the runner apart: the function that judges one value must not know what was expected of it.$t$,
            'penalty_points', 5),
          jsonb_build_object(
            'text', $t$The test cases can be wrong too. A case that expects `pass` for a value outside the range is to be reported as not ok, not corrected.$t$,
            'penalty_points', 5)
        ),
        'test_cases', jsonb_build_array(
          jsonb_build_object(
            'input', $in$10 20
inside 15 pass
low-edge 10 pass
under 9 fail
high-edge 20 pass
over 21 fail
$in$,
            'expected_output', $out$ok inside
ok low-edge
ok under
ok high-edge
ok over
5 of 5 held
$out$,
            'is_hidden', false),
          jsonb_build_object(
            'input', $in$0 5
hopeful 6 pass
right 3 pass
gloomy 5 fail
$in$,
            'expected_output', $out$not ok hopeful: expected pass, got fail
ok right
not ok gloomy: expected fail, got pass
1 of 3 held
$out$,
            'is_hidden', false),
          jsonb_build_object(
            'input', $in$1 2
$in$,
            'expected_output', $out$0 of 0 held
$out$,
            'is_hidden', true),
          jsonb_build_object(
            'input', $in$7 7
only 7 pass
below 6 fail
above 8 fail
$in$,
            'expected_output', $out$ok only
ok below
ok above
3 of 3 held
$out$,
            'is_hidden', true),
          jsonb_build_object(
            'input', $in$-5 -1
zero 0 fail
edge -1 pass
edge -5 pass
wrong -6 pass
$in$,
            'expected_output', $out$ok zero
ok edge
ok edge
not ok wrong: expected pass, got fail
3 of 4 held
$out$,
            'is_hidden', true)
        )
      ),

      jsonb_build_object(
        'title', $t$Which test catches the broken {LOGIC}?$t$,
        'description', $md$Judge a set of tests by the mutants that it kills. The right rule is: one {ENTITY} passes when its value is **at least** the limit. Here are five broken copies, each with its name:

| name | passes when |
|---|---|
| `strict` | the value is greater than the limit |
| `reversed` | the value is at most the limit |
| `always` | in every case |
| `never` | in no case |
| `lenient` | the value is at least the limit minus 1 |

A test value kills a mutant when the right rule and the mutant disagree about it.

**Input.** The first line holds the limit, a whole number. Every further line holds one test value, a whole number.

**Output.** One line for each mutant, in the order of the table: `NAME killed by V`, where V is the first test value of the input that kills it, or `NAME survives`. Then one last line `score K/5`, where K is the number of mutants killed.
$md$,
        'language', 'python',
        'starter_code', $py$import sys


# The {LOGIC} as it should be, and one broken copy of it.
def right(value, limit):
    return value >= limit


MUTANTS = [
    ("strict", lambda value, limit: value > limit),
    # Your turn: the other four, in the order of the description.
]


def first_killer(mutant, values, limit):
    # Your turn: the first value on which the two disagree, or None.
    return None


def main():
    limit, *values = map(int, sys.stdin.read().split())
    for name, mutant in MUTANTS:
        killer = first_killer(mutant, values, limit)
        print(f"{name} survives" if killer is None else f"{name} killed by {killer}")


main()
$py$,
        'solution_code', $py$import sys


def right(value, limit):
    return value >= limit


MUTANTS = [
    ("strict", lambda value, limit: value > limit),
    ("reversed", lambda value, limit: value <= limit),
    ("always", lambda value, limit: True),
    ("never", lambda value, limit: False),
    ("lenient", lambda value, limit: value >= limit - 1),
]


def first_killer(mutant, values, limit):
    for value in values:
        if right(value, limit) != mutant(value, limit):
            return value
    return None


def main():
    limit, *values = map(int, sys.stdin.read().split())
    killed = 0
    for name, mutant in MUTANTS:
        killer = first_killer(mutant, values, limit)
        if killer is None:
            print(f"{name} survives")
        else:
            killed += 1
            print(f"{name} killed by {killer}")
    print(f"score {killed}/{len(MUTANTS)}")


main()
$py$,
        'difficulty', 'medium',
        'points', 100,
        'hints', jsonb_build_array(
          jsonb_build_object(
            'text', $t$Every mutant is a function of the same two arguments as the right rule. Keep name and function together in a list, and the rest is one loop.$t$,
            'penalty_points', 10),
          jsonb_build_object(
            'text', $t$Zero is a perfectly good test value. Compare with `is None` where you ask whether a killer was found.$t$,
            'penalty_points', 15)
        ),
        'test_cases', jsonb_build_array(
          jsonb_build_object(
            'input', $in$10
3
50
$in$,
            'expected_output', $out$strict survives
reversed killed by 3
always killed by 3
never killed by 50
lenient survives
score 3/5
$out$,
            'is_hidden', false),
          jsonb_build_object(
            'input', $in$10
9
10
11
$in$,
            'expected_output', $out$strict killed by 10
reversed killed by 9
always killed by 9
never killed by 10
lenient killed by 9
score 5/5
$out$,
            'is_hidden', false),
          jsonb_build_object(
            'input', $in$10
10
$in$,
            'expected_output', $out$strict killed by 10
reversed survives
always survives
never killed by 10
lenient survives
score 2/5
$out$,
            'is_hidden', true),
          jsonb_build_object(
            'input', $in$1
-1
5
0
$in$,
            'expected_output', $out$strict survives
reversed killed by -1
always killed by -1
never killed by 5
lenient killed by 0
score 4/5
$out$,
            'is_hidden', true),
          jsonb_build_object(
            'input', $in$4
$in$,
            'expected_output', $out$strict survives
reversed survives
always survives
never survives
lenient survives
score 0/5
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

COMMENT ON FUNCTION learnify_internal.shipped_module_standard() IS 'Returns the row of blueprint module 2 as it ships';
