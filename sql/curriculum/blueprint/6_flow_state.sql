-- Module 6, the flow state: work that waits, and events that come when they like.
-- Needs FLOW and EVENT.
CREATE OR REPLACE FUNCTION learnify_internal.shipped_module_flow_state()
RETURNS jsonb
LANGUAGE sql
STABLE PARALLEL SAFE COST 1000
BEGIN ATOMIC
SELECT jsonb_build_object(
  'id', '6c656172-6e69-8679-8000-000000000006',
  'module_number', 6,
  'concept_slug', 'flow-state',
  'title_template', $t$The Flow State: {FLOW} that answers to every {EVENT}$t$,
  'description_template', $t$So far your program decided what happens next. In {DOMAIN|this field} the world decides: the {EVENT} comes when it comes, sometimes late, sometimes twice, and {FLOW} spends most of its time waiting. You will let one program wait for many things at once, put a queue between the {EVENT} and the work it causes, and make the outcome right in whatever order things arrive.$t$,
  'difficulty', 'advanced',
  'estimated_hours', 5,
  'learning_objectives', jsonb_build_array(
    $t$Run the waiting steps of {FLOW} side by side, and say which of its steps must stay in order$t$,
    $t$Put a bounded queue between the {EVENT} and the work, and decide what happens when it is full$t$,
    $t$Handle each {EVENT} once and in its proper order, though it may arrive twice, late or early$t$
  ),
  'variable_schema', jsonb_build_object(
    'required', jsonb_build_array('FLOW', 'EVENT'),
    'defaults', jsonb_build_object('DOMAIN', 'this field', 'ENTITY', 'item', 'STATE', 'state')
  ),
  'content_template', jsonb_build_object(
    'lessons', jsonb_build_array(

      jsonb_build_object(
        'title', $t$Waiting without standing still$t$,
        'body', $md$Follow one {ENTITY|item} through {FLOW} with a stopwatch. How many of those minutes is anybody *doing* something, and how many are spent waiting: for an answer, for a clock, for somebody else? In most fields waiting wins by far. A program that does one thing after another waits in the same way: it stands still, and everything behind it stands still too.

**Asynchronous** code lets go while it waits. Each `await` marks a place where the function may pause, and an *event loop* runs whatever else is ready until the awaited thing has come.

```python
import asyncio

log = []

async def handle(name, seconds):
    log.append(f"{name} begins")
    await asyncio.sleep(seconds)    # stands for any waiting step of {FLOW}
    log.append(f"{name} ends")
    return name

async def one_by_one():
    return [await handle("first", 0.1), await handle("second", 0.1)]

async def side_by_side():
    return await asyncio.gather(handle("first", 0.1), handle("second", 0.1))

assert asyncio.run(one_by_one()) == ["first", "second"]
assert log == ["first begins", "first ends", "second begins", "second ends"]

log.clear()
assert asyncio.run(side_by_side()) == ["first", "second"]
assert log[:2] == ["first begins", "second begins"]    # the waits overlap
```

One after the other, the waits add up. Side by side, the whole takes about as long as its longest part, and `gather` still returns the results in the order in which you asked.

Nothing here runs at the same instant. There is one thread; it merely never idles while there is something to do. Two consequences follow. A step that computes for ten seconds without an `await` stops everybody for ten seconds; asynchronous code helps with waiting, not with arithmetic. And between two `await`s nobody can interrupt you, so a short change of the {STATE|state} is safe. Across an `await` all bets are off: what you read before it may have changed when you wake. Read again, or make the change before you wait.

So split {FLOW} into steps and ask of each pair: does the second need the result of the first? If so, `await` one and then the other. If not, gather them. And give every wait an end: `asyncio.wait_for(step, timeout=5)` turns "for ever" into an error that you can handle.
$md$),

      jsonb_build_object(
        'title', $t$A queue between the {EVENT} and the work$t$,
        'body', $md$The {EVENT} keeps its own time. The work it causes keeps another. Whoever receives the {EVENT} should therefore do next to nothing: note it down, and be ready for the next. The noting down happens in a **queue**. At one end a *producer* puts events in; at the other, *workers* take them out when they have a hand free. Neither knows the other, and each can be tested alone.

```python
import asyncio

async def producer(queue, events):
    for event in events:
        await queue.put(event)       # waits here while the queue is full

async def worker(queue, results):
    while True:
        event = await queue.get()    # waits here while it is empty
        try:
            results.append(int(event))
        except ValueError:
            results.append(None)     # one bad event must not end the worker
        finally:
            queue.task_done()

async def main(events):
    queue, results = asyncio.Queue(maxsize=2), []
    workers = [asyncio.create_task(worker(queue, results)) for _ in range(3)]
    await producer(queue, events)
    await queue.join()               # until every event has been dealt with
    for task in workers:
        task.cancel()
    return results

assert sorted(asyncio.run(main(["4", "7", "1"]))) == [1, 4, 7]
assert asyncio.run(main(["4", "x"])).count(None) == 1
```

The most important number is `maxsize`. If the {EVENT} comes faster than {FLOW} can follow, a queue without a limit hides it: everything looks well, memory fills, and each answer comes later than the last. A **bounded** queue makes the trouble visible at once, and forces a decision that has to be taken in {DOMAIN|this field} anyway:

- *Wait.* The producer pauses, and whoever feeds the producer pauses in turn. This is **back-pressure**, and it suits senders that can hold on.
- *Drop.* Discard the oldest, if only the latest {EVENT} matters; discard the newest, if promises already made come first.
- *Merge.* Two of them about the same {ENTITY|item} may become one.

Two details in the worker save hours of searching. The `try` surrounds the work of a single event, so that a bad one costs that one alone; without it the worker dies quietly and the queue fills. And `task_done` stands in `finally`: one forgotten call, and `join` waits for ever.

More workers help as long as they wait. Once they all compute, one more only makes the others slower.

**Try it on {FLOW}.** How often could the {EVENT} come in its busiest minute, and how many can be handled in that minute? If the first number is the larger, choose now: wait, drop or merge.
$md$),

      jsonb_build_object(
        'title', $t$Late, twice, or out of order$t$,
        'body', $md$Between the place where the {EVENT} occurs and the place where you hear of it lies a network, a cable, or somebody's memory. Whatever lies there will now and then lose a message, deliver it late, or, after a doubtful silence, send it again. No queue can mend that. The handler has to be written so that it does not matter.

**Twice.** A sender that gets no answer cannot know whether the {EVENT} was lost or only the answer was. The safe thing is to send again; so the same one arrives twice, and that is not an error. Give each {EVENT} an identity at its source, and let the handler remember which it has seen. Handling it again then changes nothing. You met the word in module 3: the handler is *idempotent*.

**Out of order.** If what one {ENTITY|item} is depends on the sequence, arrival time is the wrong thing to go by. Let the source count: 1, 2, 3. The receiver knows which number is next, and keeps early ones aside until the gap is closed.

```python
def in_order(events):
    expected, early = 1, {}
    for number, payload in events:
        if number < expected or number in early:
            continue                     # seen before
        early[number] = payload
        while expected in early:
            yield expected, early.pop(expected)
            expected += 1

arrivals = [(2, "b"), (1, "a"), (2, "b"), (4, "d"), (3, "c"), (1, "a")]
assert list(in_order(arrivals)) == [(1, "a"), (2, "b"), (3, "c"), (4, "d")]
```

The loop is short because one idea carries it: put every new arrival aside, then release as far as the sequence reaches.

**Late, or never.** If number 3 is lost for good, the example waits for ever, and whatever came after number 3 with it. So bound both things: how many may wait, and for how long. When a bound is reached, say so, naming what is missing; ask the source to repeat it, or go on without it and record that you did. Which is right in {DOMAIN|this field} is for people to decide, and your code should show clearly what they decided.

There are two clocks in all of this. *Event time* is when it happened, *processing time* is when you learned of it. Store both. Rules about {FLOW} nearly always mean the first, and bugs nearly always come from using the second, as it is the one that `now()` gives you. So ask of your own {EVENT}: what if it came twice, an hour late, or before the one it depends on? Three answers, three tests.
$md$)
    ),

    'exercises', jsonb_build_array(

      jsonb_build_object(
        'title', $t$A clock of your own for {FLOW}$t$,
        'description', $md$Tests of {FLOW} cannot wait for real hours to pass. Write an event loop in miniature with a clock of its own: it knows what is due next, jumps straight there, and lets it fire. The clock starts at 0 and counts in whole numbers.

**Input.** Every line plans something. Names are single words; T, P and E are whole numbers.

- `at T NAME`: the event fires once, at time T (0 or more).
- `every P NAME until E`: it fires at P, at 2 times P, at 3 times P, and so on, up to and including E (P is at least 1; E may be smaller than P, and then it never fires).
- `cancel NAME from T`: no event of this name fires at T or later. This holds for all `at` and `every` lines with this name, before and after this line. Where a name is cancelled more than once, the earliest T counts.

**Output.** One line for each event that fires, `TIME NAME`, in the order of time; events of the same time in the order of their lines in the input. Then one last line `N fired`.
$md$,
        'language', 'python',
        'starter_code', $py$import heapq
import sys


# The plan: a heap of (time, line number, name, period, end), soonest first.
# Each {EVENT} is one entry; a repeated one is put back with its next time.
def read_plan(lines):
    plan = []
    cancelled = {}
    for number, line in enumerate(lines):
        words = line.split()
        if words[0] == "at":
            plan.append((int(words[1]), number, words[2], None, None))
        # Your turn: every and cancel.
    heapq.heapify(plan)
    return plan, cancelled


def run(plan, cancelled):
    while plan:
        time, number, name, period, end = heapq.heappop(plan)
        # Your turn: is it cancelled, and does it come again?
        yield time, name


def main():
    plan, cancelled = read_plan(sys.stdin.read().splitlines())
    fired = 0
    for time, name in run(plan, cancelled):
        fired += 1
        print(time, name)
    print(f"{fired} fired")


main()
$py$,
        'solution_code', $py$import heapq
import sys


def read_plan(lines):
    plan = []
    cancelled = {}
    for number, line in enumerate(lines):
        words = line.split()
        if words[0] == "at":
            time = int(words[1])
            plan.append((time, number, words[2], None, time))
        elif words[0] == "every":
            period = int(words[1])
            plan.append((period, number, words[2], period, int(words[4])))
        elif words[0] == "cancel":
            time = int(words[3])
            cancelled[words[1]] = min(time, cancelled.get(words[1], time))
    heapq.heapify(plan)
    return plan, cancelled


def run(plan, cancelled):
    while plan:
        time, number, name, period, end = heapq.heappop(plan)
        if time > end or time >= cancelled.get(name, time + 1):
            continue
        yield time, name
        if period is not None:
            heapq.heappush(plan, (time + period, number, name, period, end))


def main():
    plan, cancelled = read_plan(sys.stdin.read().splitlines())
    fired = 0
    for time, name in run(plan, cancelled):
        fired += 1
        print(time, name)
    print(f"{fired} fired")


main()
$py$,
        'difficulty', 'medium',
        'points', 100,
        'hints', jsonb_build_array(
          jsonb_build_object(
            'text', $t$Keep only the next time of a repeated event in the heap. When it has fired, push it back with the period added.$t$,
            'penalty_points', 10),
          jsonb_build_object(
            'text', $t$With the line number as the second part of each entry, the heap settles equal times as required, and never has to compare names.$t$,
            'penalty_points', 10),
          jsonb_build_object(
            'text', $t$A `cancel` can come after the line it cancels. Read the whole plan before the clock starts.$t$,
            'penalty_points', 10)
        ),
        'test_cases', jsonb_build_array(
          jsonb_build_object(
            'input', $in$at 5 open
every 3 check until 10
at 3 begin
$in$,
            'expected_output', $out$3 check
3 begin
5 open
6 check
9 check
5 fired
$out$,
            'is_hidden', false),
          jsonb_build_object(
            'input', $in$every 2 check until 8
cancel check from 6
at 0 begin
at 7 check
cancel end from 3
at 3 end
at 2 end
$in$,
            'expected_output', $out$0 begin
2 check
2 end
4 check
4 fired
$out$,
            'is_hidden', false),
          jsonb_build_object(
            'input', $in$every 5 rare until 4
every 5 edge until 5
cancel nobody from 0
at 9 last
$in$,
            'expected_output', $out$5 edge
9 last
2 fired
$out$,
            'is_hidden', true),
          jsonb_build_object(
            'input', $in$cancel check from 9
every 4 check until 100
cancel check from 5
at 4 zebra
at 4 apple
$in$,
            'expected_output', $out$4 check
4 zebra
4 apple
3 fired
$out$,
            'is_hidden', true),
          jsonb_build_object(
            'input', $in$every 2 even until 6
every 3 third until 6
cancel even from 0
at 6 end
at 10 end
$in$,
            'expected_output', $out$3 third
6 third
6 end
10 end
4 fired
$out$,
            'is_hidden', true)
        )
      ),

      jsonb_build_object(
        'title', $t$Several workers, one queue for every {EVENT}$t$,
        'description', $md$Use `asyncio` to let W workers deal with a queue of events, each of them one {EVENT}. A bad event must cost itself alone.

**Input.** The first line holds W, a whole number of 1 or more. Every further line, even an empty one, is one event. A good event has exactly two words: a key, and a whole number (digits, perhaps with a leading `-`). All others are bad.

**What to do.** Put all events into an `asyncio.Queue` and then start W workers. A worker repeats, until the queue is empty: take one event, `await asyncio.sleep(0)` once (it stands for the waiting that {FLOW} brings with it), and then deal with the event: for a good one, add its number to the total of its key; a bad one counts as failed. An event is *in handling* from the moment a worker takes it until it has been dealt with.

**Output.** For each key that occurs in a good event, `KEY TOTAL`, sorted by key. Then `handled H, failed F`, the numbers of good and of bad events. Then `peak P`, the highest number of events that were in handling at the same time; without any event, it is `peak 0`.
$md$,
        'language', 'python',
        'starter_code', $py$import asyncio
import sys
from collections import Counter


class Handling:
    def __init__(self):
        self.totals = Counter()
        self.handled = 0
        self.failed = 0
        self.active = 0
        self.peak = 0

    # Deals with one {EVENT}.
    async def handle(self, event):
        # Your turn: who is in handling, and what if the event is bad?
        await asyncio.sleep(0)
        key, number = event.split()
        self.totals[key] += int(number)
        self.handled += 1


async def worker(queue, handling):
    while not queue.empty():
        await handling.handle(queue.get_nowait())


async def run(workers, events):
    queue = asyncio.Queue()
    for event in events:
        queue.put_nowait(event)
    handling = Handling()
    # Your turn: as many workers as were asked for, side by side.
    await worker(queue, handling)
    return handling


def main():
    first, *events = sys.stdin.read().splitlines()
    handling = asyncio.run(run(int(first), events))
    for key in sorted(handling.totals):
        print(key, handling.totals[key])
    print(f"handled {handling.handled}, failed {handling.failed}")
    print(f"peak {handling.peak}")


main()
$py$,
        'solution_code', $py$import asyncio
import re
import sys
from collections import Counter

GOOD_EVENT = re.compile(r"\s*(\S+)\s+(-?[0-9]+)\s*")


class Handling:
    def __init__(self):
        self.totals = Counter()
        self.handled = 0
        self.failed = 0
        self.active = 0
        self.peak = 0

    async def handle(self, event):
        self.active += 1
        self.peak = max(self.peak, self.active)
        try:
            await asyncio.sleep(0)
            self.settle(event)
        finally:
            self.active -= 1

    def settle(self, event):
        match = GOOD_EVENT.fullmatch(event)
        if match is None:
            self.failed += 1
        else:
            self.totals[match[1]] += int(match[2])
            self.handled += 1


async def worker(queue, handling):
    while not queue.empty():
        await handling.handle(queue.get_nowait())


async def run(workers, events):
    queue = asyncio.Queue()
    for event in events:
        queue.put_nowait(event)
    handling = Handling()
    await asyncio.gather(*(worker(queue, handling) for _ in range(workers)))
    return handling


def main():
    first, *events = sys.stdin.read().splitlines()
    handling = asyncio.run(run(int(first), events))
    for key in sorted(handling.totals):
        print(key, handling.totals[key])
    print(f"handled {handling.handled}, failed {handling.failed}")
    print(f"peak {handling.peak}")


main()
$py$,
        'difficulty', 'medium',
        'points', 100,
        'hints', jsonb_build_array(
          jsonb_build_object(
            'text', $t$`asyncio.gather` takes any number of coroutines: `gather(*(worker(...) for _ in range(workers)))` runs them side by side.$t$,
            'penalty_points', 10),
          jsonb_build_object(
            'text', $t$Count up before the `await` and down after the event was dealt with, in a `finally`. In between, the other workers get their turn, and the peak shows it.$t$,
            'penalty_points', 15)
        ),
        'test_cases', jsonb_build_array(
          jsonb_build_object(
            'input', $in$2
south 4
north 1
south 3
$in$,
            'expected_output', $out$north 1
south 7
handled 3, failed 0
peak 2
$out$,
            'is_hidden', false),
          jsonb_build_object(
            'input', $in$3
north 5
broken
north x
south -2
north 1 1
$in$,
            'expected_output', $out$north 5
south -2
handled 2, failed 3
peak 3
$out$,
            'is_hidden', false),
          jsonb_build_object(
            'input', $in$8
only 0
$in$,
            'expected_output', $out$only 0
handled 1, failed 0
peak 1
$out$,
            'is_hidden', true),
          jsonb_build_object(
            'input', $in$4
$in$,
            'expected_output', $out$handled 0, failed 0
peak 0
$out$,
            'is_hidden', true),
          jsonb_build_object(
            'input', $in$1
b 1

a 2
b +3
b 1.5
b -1
$in$,
            'expected_output', $out$a 2
b 0
handled 3, failed 3
peak 1
$out$,
            'is_hidden', true)
        )
      ),

      jsonb_build_object(
        'title', $t$Each {EVENT} once, and in order$t$,
        'description', $md$Events are numbered at their source: 1, 2, 3 and so on. They arrive late, early and twice. Pass each {EVENT} on exactly once, in the order of the numbers, with a bounded place for those that come early.

**Input.** The first line holds the capacity C, a whole number of 0 or more. Every further line is one arrival: its number (1 or more) and its payload (one word), separated by a space.

**Output.** For each arrival, look at its number:

- It was passed on before, or is waiting at this moment: print `duplicate NUMBER`, and do nothing else.
- It is the next one due: print `NUMBER PAYLOAD`, and then the same for each waiting event that is due in turn. Those leave the waiting place.
- It is early: if fewer than C events are waiting, it waits, and you print `wait NUMBER`. Otherwise print `refused NUMBER`; it is as though it had never arrived, and it may come again.

At the end, print `complete through K` when nothing is waiting, K being the last number passed on (0 if there was none). Otherwise print `missing`, followed by all numbers below the highest waiting one that were neither passed on nor are waiting, in ascending order, each after a space, for example `missing 3 5`.
$md$,
        'language', 'python',
        'starter_code', $py$import sys


# Passes each {EVENT} on once, in the order of the numbers.
class Sequencer:
    def __init__(self, capacity):
        self.capacity = capacity
        self.due = 1
        self.waiting = {}

    # What to print for one arrival: a list of lines.
    def arrive(self, number, payload):
        if number == self.due:
            self.due += 1
            # Your turn: which of those waiting are due now?
            return [f"{number} {payload}"]
        # Your turn: seen before, early with room, early without.
        return [f"refused {number}"]

    def summary(self):
        # Your turn: what is missing?
        return f"complete through {self.due - 1}"


def main():
    sequencer = Sequencer(int(sys.stdin.readline()))
    for line in sys.stdin:
        number, payload = line.split()
        for answer in sequencer.arrive(int(number), payload):
            print(answer)
    print(sequencer.summary())


main()
$py$,
        'solution_code', $py$import sys


# All below due was passed on; waiting holds what came early, by number.
class Sequencer:
    def __init__(self, capacity):
        self.capacity = capacity
        self.due = 1
        self.waiting = {}

    def arrive(self, number, payload):
        if number < self.due or number in self.waiting:
            return [f"duplicate {number}"]
        if number > self.due:
            if len(self.waiting) >= self.capacity:
                return [f"refused {number}"]
            self.waiting[number] = payload
            return [f"wait {number}"]
        return self._release(payload)

    def _release(self, payload):
        released = [f"{self.due} {payload}"]
        self.due += 1
        while self.due in self.waiting:
            released.append(f"{self.due} {self.waiting.pop(self.due)}")
            self.due += 1
        return released

    def summary(self):
        if not self.waiting:
            return f"complete through {self.due - 1}"
        missing = [str(number)
                   for number in range(self.due, max(self.waiting))
                   if number not in self.waiting]
        return "missing " + " ".join(missing)


def main():
    sequencer = Sequencer(int(sys.stdin.readline()))
    for line in sys.stdin:
        number, payload = line.split()
        for answer in sequencer.arrive(int(number), payload):
            print(answer)
    print(sequencer.summary())


main()
$py$,
        'difficulty', 'hard',
        'points', 150,
        'hints', jsonb_build_array(
          jsonb_build_object(
            'text', $t$Two facts describe everything: the number that is due, and a `dict` of those that wait. A number below the due one was passed on before.$t$,
            'penalty_points', 15),
          jsonb_build_object(
            'text', $t$Ask whether it is a duplicate before you ask whether there is room: a waiting event that arrives again while the place is full is a duplicate, not refused.$t$,
            'penalty_points', 15),
          jsonb_build_object(
            'text', $t$An event that is due never needs room, not even with a capacity of 0.$t$,
            'penalty_points', 15)
        ),
        'test_cases', jsonb_build_array(
          jsonb_build_object(
            'input', $in$2
2 b
1 a
2 b
4 d
3 c
1 a
$in$,
            'expected_output', $out$wait 2
1 a
2 b
duplicate 2
wait 4
3 c
4 d
duplicate 1
complete through 4
$out$,
            'is_hidden', false),
          jsonb_build_object(
            'input', $in$2
4 d
2 b
6 f
4 d
$in$,
            'expected_output', $out$wait 4
wait 2
refused 6
duplicate 4
missing 1 3
$out$,
            'is_hidden', false),
          jsonb_build_object(
            'input', $in$0
2 b
1 a
2 b
2 b
$in$,
            'expected_output', $out$refused 2
1 a
2 b
duplicate 2
complete through 2
$out$,
            'is_hidden', true),
          jsonb_build_object(
            'input', $in$3
$in$,
            'expected_output', $out$complete through 0
$out$,
            'is_hidden', true),
          jsonb_build_object(
            'input', $in$1
3 c
2 b
1 a
2 b
5 e
$in$,
            'expected_output', $out$wait 3
refused 2
1 a
2 b
3 c
wait 5
missing 4
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

COMMENT ON FUNCTION learnify_internal.shipped_module_flow_state() IS 'Returns the row of blueprint module 6 as it ships';
