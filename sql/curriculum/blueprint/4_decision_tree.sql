-- Module 4, the decision tree: every path ends in an outcome, the rare ones too.
-- Needs LOGIC and EDGE_CASE.
CREATE OR REPLACE FUNCTION learnify_internal.shipped_module_decision_tree()
RETURNS jsonb
LANGUAGE sql
STABLE PARALLEL SAFE COST 1000
BEGIN ATOMIC
SELECT jsonb_build_object(
  'id', '6c656172-6e69-8679-8000-000000000004',
  'module_number', 4,
  'concept_slug', 'decision-tree',
  'title_template', $t$The Decision Tree: the {LOGIC} meets the {EDGE_CASE}$t$,
  'description_template', $t$Up to now the {LOGIC} answered yes or no. Real decisions in {DOMAIN|this field} have more outcomes, and the interesting ones begin where somebody says "it depends". You will lay the {LOGIC} out as a tree in which every path ends in a named outcome with a reason, give the {EDGE_CASE} a branch of its own, and then turn the rules into data that can be checked for gaps.$t$,
  'difficulty', 'intermediate',
  'estimated_hours', 4,
  'learning_objectives', jsonb_build_array(
    $t$Lay out the {LOGIC} so that every path ends in exactly one outcome, with its reason$t$,
    $t$Give the {EDGE_CASE} an outcome that somebody chose, instead of one it fell into$t$,
    $t$Write rules as data, and find the rule that can never fire and the case that no rule covers$t$
  ),
  'variable_schema', jsonb_build_object(
    'required', jsonb_build_array('LOGIC', 'EDGE_CASE'),
    'defaults', jsonb_build_object(
      'DOMAIN', 'this field',
      'ENTITY', 'item',
      'STATE', 'state')
  ),
  'content_template', jsonb_build_object(
    'lessons', jsonb_build_array(

      jsonb_build_object(
        'title', $t$Drawing the {LOGIC} as a tree$t$,
        'body', $md$Take paper before you take the keyboard. At the top write the first question the {LOGIC} asks about one {ENTITY|item}. Draw one branch for each possible answer, and under each branch either the next question or an outcome. When no branch is left open, you have a **decision tree**, and two properties of the drawing are worth more than anything you will do in code: it is **complete** (every case arrives at some outcome) and **unambiguous** (no case arrives at two).

Translate it with one `return` for each outcome, and let each return carry its reason:

```python
def decide(score, confirmed):
    # The {LOGIC}, one outcome a line.
    if score is None:
        return "review", "no score"
    if not 0 <= score <= 100:
        return "reject", "impossible score"
    if score < 70:
        return "reject", "low"
    if not confirmed:
        return "review", "high but unconfirmed"
    return "accept", "high and confirmed"

assert decide(None, True) == ("review", "no score")
assert decide(101, True)[0] == "reject"
assert decide(69, True)[0] == "reject"
assert decide(70, False)[0] == "review"
assert decide(70, True)[0] == "accept"
```

Notice the shape. Questions about whether the input is usable at all come first, as **guard clauses** that leave at once. What follows may rely on them: below the second guard `score` is certainly a number from 0 to 100. Nested `if`s would say the same and hide it, since the reader has to remember five conditions to understand the innermost line. A flat list of exits needs only this rule: *you are here because nothing above applied*.

That rule makes order part of the meaning. A general question asked early swallows the special one behind it. If `score < 70` stood first, a score of -5 would be called low, which is true and beside the point. Ask the specific before the general.

The reason costs one string and repays it daily. When somebody wants to know why the {LOGIC} turned one {ENTITY|item} away, the program can answer, and your tests can tell a rejection for the right reason from one that came about by luck.

Last, count the leaves. Five returns need at least five tests, one for each. Where a comparison decides, add its edge: 69 and 70 above.

**Try it on your own {LOGIC}.** Draw it on paper for one {ENTITY|item} that you dealt with lately, with its real {STATE|state}. A leaf for which you cannot recall a single example is either an edge case or a mistake.
$md$),

      jsonb_build_object(
        'title', $t$Meeting the {EDGE_CASE} on purpose$t$,
        'body', $md$The {EDGE_CASE} is not an accident that befalls the {LOGIC}. It is part of {DOMAIN|this field}, it was there long before your program, and people who know the field have a way of dealing with it. The only question is whether your code contains that way, or whether the {EDGE_CASE} drifts into whichever branch happens to stand open.

The branch that stands open is nearly always the last `else`:

```python
def risky(kind):
    if kind == "ordinary":
        return "accept"
    else:                  # meant for one other kind, catches all of them
        return "accept with a note"

assert risky("a kind invented next year") == "accept with a note"
```

An `else` says "everything I have not thought of". Very seldom is accepting the right answer to that. Name the cases you know, and let the unknown be loud:

```python
HANDLERS = {
    "ordinary": lambda size: "accept" if size > 0 else "reject",
    "edge": lambda size: "review",       # the {EDGE_CASE}
}

def decide(kind, size):
    if kind not in HANDLERS:
        raise ValueError(f"unknown kind: {kind}")
    return HANDLERS[kind](size)

assert decide("edge", 3) == "review"
```

Where do edge cases hide? Walk through these four places for your own {LOGIC}:

- **Missing.** A value is absent, or empty, or has not arrived yet. Absent is not zero: a missing score and a score of 0 call for different answers.
- **At the edge.** Exactly the limit, nothing at all, the very first one, the very last.
- **In between.** A thing that is half one kind and half another, or done in part. The {EDGE_CASE} may well belong here.
- **In conflict.** Two facts that cannot both be true. Believing the one you happen to look at first is a decision too.

For each that you find, choose among **three** answers, not two: accept, reject, or *cannot tell*. The third is honest. It hands the case to a person together with the reason, and keeps the program from guessing. It has a price, since somebody must look, so count how often it is given. If the {EDGE_CASE} turns up in a third of all reviews, it is not rare any more and deserves a branch that decides.

**Try it on the {EDGE_CASE}.** Ask two people with experience in {DOMAIN|this field} how they deal with it. If they agree, you have a rule. If they do not, the answer is *cannot tell*, and you learned it before your users did.
$md$),

      jsonb_build_object(
        'title', $t$Rules as data$t$,
        'body', $md$As the {LOGIC} grows, its `if`s spread over files, and nobody can see it whole. You can pull it together again by turning the rules into **data**: a table with one row for each rule, a condition and an outcome, read from the top. The first row that applies decides.

```python
from itertools import product

RULES = [
    # applies when, outcome
    (lambda high, edge: edge and not high, "reject"),
    (lambda high, edge: edge, "review"),     # the {EDGE_CASE}, otherwise
    (lambda high, edge: high, "accept"),
    (lambda high, edge: True, "reject"),
]

def decide(high, edge):
    for number, (applies, outcome) in enumerate(RULES, start=1):
        if applies(high, edge):
            return number, outcome

fired = [decide(high, edge)[0] for high, edge in product([True, False], repeat=2)]
assert sorted(set(fired)) == [1, 2, 3, 4]
```

The loop that interprets the table is four lines long and will hardly ever change. What changes is the table, and someone who knows {DOMAIN|this field} but not Python can read it aloud and say "that one is wrong".

Data can also be **examined**, which code in branches cannot. Two questions are worth asking of any table.

*Is there a case that no row covers?* The last row above applies always, so here there is none. Without such a row `decide` would return `None` for some case, and you would like to know which.

*Is there a row that never fires?* Swap the first two rows in your mind. "The {EDGE_CASE}" now catches everything that the stricter row was written for, and the stricter row is dead: still there, still read by people who trust it, never in effect. That is how tables go wrong as they grow. Somebody adds a special rule below the general one.

With two questions of two answers each there are only four cases, so the example simply tries all of them. Real conditions have more values than you can list. Then do the next best thing: run the table over the cases you have, count how often each row fired, and look hard at the zeros. A zero is either a rule for something that has not happened yet, or a rule that cannot happen. For your own {LOGIC}, start with the row for the {EDGE_CASE}: above which other row must it stand?
$md$)
    ),

    'exercises', jsonb_build_array(

      jsonb_build_object(
        'title', $t$The {LOGIC} decides, and says why$t$,
        'description', $md$Write the {LOGIC} as a decision tree with a reason at every leaf. Each case has a score, and may be marked as the {EDGE_CASE}.

**Input.** Every line is one case: three fields separated by commas, namely a name, a score and a mark. Spaces around a field do not count. The score may be empty. The mark is `edge` for the {EDGE_CASE}, and empty for an ordinary case.

**Output.** One line for each case, `NAME: OUTCOME (REASON)`. Ask these questions in this order; the first that applies decides:

| question | outcome | reason |
|---|---|---|
| the score is empty | `review` | `no score` |
| the score is not a whole number (digits, perhaps with a leading `-`), or outside 0 to 100 | `reject` | `impossible score` |
| the mark is neither `edge` nor empty | `review` | `unknown mark` |
| the mark is `edge` and the score is 50 or more | `review` | `edge case` |
| the mark is `edge` | `reject` | `edge case` |
| the score is 70 or more | `accept` | `high` |
| the score is 40 or more | `review` | `borderline` |
| otherwise | `reject` | `low` |
$md$,
        'language', 'python',
        'starter_code', $py$import sys


# The {LOGIC}: one return for each leaf of the tree.
def decide(score, mark):
    # Your turn: the guards come first, then the {EDGE_CASE}.
    if int(score) >= 70:
        return "accept", "high"
    return "reject", "low"


def main():
    for line in sys.stdin:
        name, score, mark = (field.strip() for field in line.split(","))
        outcome, reason = decide(score, mark)
        print(f"{name}: {outcome} ({reason})")


main()
$py$,
        'solution_code', $py$import re
import sys

WHOLE_NUMBER = re.compile(r"-?[0-9]+")


def decide(score, mark):
    if score == "":
        return "review", "no score"
    if not WHOLE_NUMBER.fullmatch(score) or not 0 <= int(score) <= 100:
        return "reject", "impossible score"
    score = int(score)
    if mark not in ("", "edge"):
        return "review", "unknown mark"
    if mark == "edge" and score >= 50:
        return "review", "edge case"
    if mark == "edge":
        return "reject", "edge case"
    if score >= 70:
        return "accept", "high"
    if score >= 40:
        return "review", "borderline"
    return "reject", "low"


def main():
    for line in sys.stdin:
        name, score, mark = (field.strip() for field in line.split(","))
        outcome, reason = decide(score, mark)
        print(f"{name}: {outcome} ({reason})")


main()
$py$,
        'difficulty', 'medium',
        'points', 100,
        'hints', jsonb_build_array(
          jsonb_build_object(
            'text', $t$Write one `if` with a `return` for each row of the table, in the order of the table. No `else` is needed anywhere.$t$,
            'penalty_points', 10),
          jsonb_build_object(
            'text', $t$`int` is more generous than the description: it takes `+5` and `1_0` as well. A regular expression with `fullmatch` says exactly what is allowed.$t$,
            'penalty_points', 10)
        ),
        'test_cases', jsonb_build_array(
          jsonb_build_object(
            'input', $in$first, 70,
second, 69,
third, 39,
fourth, 50, edge
fifth, 49, edge
$in$,
            'expected_output', $out$first: accept (high)
second: review (borderline)
third: reject (low)
fourth: review (edge case)
fifth: reject (edge case)
$out$,
            'is_hidden', false),
          jsonb_build_object(
            'input', $in$first, ,
second, , edge
third, 101, edge
fourth, ten,
fifth, 90, odd
$in$,
            'expected_output', $out$first: review (no score)
second: review (no score)
third: reject (impossible score)
fourth: reject (impossible score)
fifth: review (unknown mark)
$out$,
            'is_hidden', false),
          jsonb_build_object(
            'input', $in$zero,0,
hundred,100,
forty,40,
below,-1,
$in$,
            'expected_output', $out$zero: reject (low)
hundred: accept (high)
forty: review (borderline)
below: reject (impossible score)
$out$,
            'is_hidden', true),
          jsonb_build_object(
            'input', $in$plus,+50,
half,50.5,
grouped,1_0,
both,abc,odd
none,,odd
$in$,
            'expected_output', $out$plus: reject (impossible score)
half: reject (impossible score)
grouped: reject (impossible score)
both: reject (impossible score)
none: review (no score)
$out$,
            'is_hidden', true),
          jsonb_build_object(
            'input', $in$  spaced  ,  100  ,  edge
low, 0, edge
odd, 0, EDGE
$in$,
            'expected_output', $out$spaced: review (edge case)
low: reject (edge case)
odd: review (unknown mark)
$out$,
            'is_hidden', true)
        )
      ),

      jsonb_build_object(
        'title', $t$The {LOGIC} as a table, and its dead rows$t$,
        'description', $md$Write an interpreter for a decision table. The rules are read from the input, so changing the {LOGIC} needs no new program, and the table is examined for rows that never fired.

**Input.** The first line holds the number of rules, R (1 or more). The next R lines are the rules, numbered from 1. A rule has the form `CONDITION then OUTCOME` or `CONDITION and CONDITION ... then OUTCOME` or `always then OUTCOME`. A condition is `FIELD OP NUMBER`, where OP is one of `<`, `<=`, `>`, `>=`, `==` and `!=`, and NUMBER is a whole number. All parts are single words, separated by single spaces.

Every line after the rules is one case: a list of `FIELD=NUMBER`, separated by spaces. A case may be an empty line: it has no field at all.

**Output.** For each case one line, `OUTCOME by rule K`, where K is the number of the first rule whose conditions all hold, or `no rule` when there is none. A condition on a field that the case does not have does not hold, whatever its OP.

Then, for each rule that decided no case, in order of number: `rule K never fired`. When every rule fired, print `every rule fired`.
$md$,
        'language', 'python',
        'starter_code', $py$import operator
import sys

OPERATORS = {
    "<": operator.lt,
    # Your turn: the other five.
}


# One row of the table: its conditions, all of which must hold, and its outcome.
def parse_rule(line):
    conditions, outcome = line.split(" then ")
    if conditions == "always":
        return [], outcome
    # Your turn: one (field, function, number) for each condition.
    field, op, number = conditions.split()
    return [(field, OPERATORS[op], int(number))], outcome


def parse_case(line):
    pairs = (word.split("=") for word in line.split())
    return {field: int(number) for field, number in pairs}


# The number of the first rule that applies, and its outcome, or None.
def decide(rules, case):
    for number, (conditions, outcome) in enumerate(rules, start=1):
        if all(compare(case[field], bound) for field, compare, bound in conditions):
            return number, outcome
    return None


def main():
    first, *lines = sys.stdin.read().splitlines()
    count = int(first)
    rules = [parse_rule(line) for line in lines[:count]]
    for line in lines[count:]:
        decision = decide(rules, parse_case(line))
        print("no rule" if decision is None else decision[1])
    # Your turn: which rules never fired?


main()
$py$,
        'solution_code', $py$import operator
import sys

OPERATORS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


def parse_rule(line):
    conditions, outcome = line.split(" then ")
    if conditions == "always":
        return [], outcome
    parsed = []
    for condition in conditions.split(" and "):
        field, op, number = condition.split()
        parsed.append((field, OPERATORS[op], int(number)))
    return parsed, outcome


def parse_case(line):
    pairs = (word.split("=") for word in line.split())
    return {field: int(number) for field, number in pairs}


# A condition on a field that is not there does not hold, whatever it compares.
def decide(rules, case):
    for number, (conditions, outcome) in enumerate(rules, start=1):
        if all(field in case and compare(case[field], bound)
               for field, compare, bound in conditions):
            return number, outcome
    return None


def main():
    first, *lines = sys.stdin.read().splitlines()
    count = int(first)
    rules = [parse_rule(line) for line in lines[:count]]
    fired = set()
    for line in lines[count:]:
        decision = decide(rules, parse_case(line))
        if decision is None:
            print("no rule")
        else:
            number, outcome = decision
            fired.add(number)
            print(f"{outcome} by rule {number}")
    dead = [number for number in range(1, count + 1) if number not in fired]
    for number in dead:
        print(f"rule {number} never fired")
    if not dead:
        print("every rule fired")


main()
$py$,
        'difficulty', 'hard',
        'points', 150,
        'hints', jsonb_build_array(
          jsonb_build_object(
            'text', $t$Translate each rule once, before the first case: a list of (field, comparison, number). `operator.le` and its siblings are functions that you can keep in a `dict`.$t$,
            'penalty_points', 15),
          jsonb_build_object(
            'text', $t$`always` is simply a rule with no conditions: `all` of an empty list is true.$t$,
            'penalty_points', 15),
          jsonb_build_object(
            'text', $t$Ask whether the case has the field before you compare. Otherwise `!=` would hold for a field that is not there.$t$,
            'penalty_points', 20)
        ),
        'test_cases', jsonb_build_array(
          jsonb_build_object(
            'input', $in$3
size >= 10 and age < 3 then accept
size >= 10 then review
always then reject
size=12 age=2
size=12 age=3
size=9 age=0
$in$,
            'expected_output', $out$accept by rule 1
review by rule 2
reject by rule 3
every rule fired
$out$,
            'is_hidden', false),
          jsonb_build_object(
            'input', $in$3
size > 5 then accept
size > 50 then special
age != 0 then review
size=60
size=5
age=1
age=0
$in$,
            'expected_output', $out$accept by rule 1
no rule
review by rule 3
no rule
rule 2 never fired
$out$,
            'is_hidden', false),
          jsonb_build_object(
            'input', $in$2
size == 0 then empty
size <= 0 then negative
size=0
size=-1
size=1

age=4
$in$,
            'expected_output', $out$empty by rule 1
negative by rule 2
no rule
no rule
no rule
every rule fired
$out$,
            'is_hidden', true),
          jsonb_build_object(
            'input', $in$3
always then accept
always then review
size < 1 then reject
$in$,
            'expected_output', $out$rule 1 never fired
rule 2 never fired
rule 3 never fired
$out$,
            'is_hidden', true),
          jsonb_build_object(
            'input', $in$2
a > 0 and b > 0 and c != 7 then all-three
a > 0 and b > 0 then two
a=1 b=1 c=8
a=1 b=1 c=7
a=1 b=1
b=1 c=8
$in$,
            'expected_output', $out$all-three by rule 1
two by rule 2
two by rule 2
no rule
every rule fired
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

COMMENT ON FUNCTION learnify_internal.shipped_module_decision_tree() IS 'Returns the row of blueprint module 4 as it ships';
