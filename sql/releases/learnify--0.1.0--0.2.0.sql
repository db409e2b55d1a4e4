\echo Use "ALTER EXTENSION learnify UPDATE" to load this file. \quit

-- An update, up or down, alters one table after another, and sessions that write
-- lock them one after another too, in an order of their own. So it takes all
-- tables or none, until it has them, and nobody deadlocks. Autovacuum makes way,
-- as it does for whoever waits in a queue.
DO $$
DECLARE
  tables CONSTANT regclass[] := ARRAY(
    SELECT c.oid
    FROM pg_depend AS d
    JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND e.oid = d.refobjid
    JOIN pg_class AS c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
    WHERE e.extname = 'learnify' AND d.deptype = 'e' AND c.relkind = 'r'
    ORDER BY c.oid);
  give_up_at CONSTANT timestamptz := clock_timestamp() + interval '1 minute';
BEGIN
  LOOP
    BEGIN
      EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE NOWAIT', array_to_string(tables, ', '));
      RETURN;
    EXCEPTION
      WHEN lock_not_available THEN
        IF clock_timestamp() > give_up_at THEN
          RAISE EXCEPTION 'tables of learnify have been in use for a minute'
            USING ERRCODE = 'lock_not_available',
                  HINT = 'Update again when those who use them have ended their transactions; pg_locks and pg_stat_activity show them.';
        END IF;
    END;
    PERFORM pg_stat_clear_snapshot();
    PERFORM pg_cancel_backend(a.pid)
    FROM pg_stat_activity AS a
    JOIN pg_locks AS l ON l.pid = a.pid
    WHERE a.backend_type = 'autovacuum worker' AND a.datname = current_database()
      AND l.locktype = 'relation' AND l.relation = ANY (tables::oid[]);
    PERFORM pg_sleep(0.02);
  END LOOP;
END
$$;
CREATE TABLE blueprint_modules (
  id uuid DEFAULT gen_random_uuid() CONSTRAINT blueprint_modules_pkey PRIMARY KEY,
  module_number integer NOT NULL,
  concept_slug text NOT NULL,
  title_template text NOT NULL,
  description_template text NOT NULL,
  difficulty text NOT NULL,
  estimated_hours integer NOT NULL,
  learning_objectives jsonb NOT NULL DEFAULT '[]',
  variable_schema jsonb NOT NULL DEFAULT '{"required": [], "defaults": {}}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  content_template jsonb NOT NULL DEFAULT '{}',
  builtin boolean NOT NULL DEFAULT false,
  active boolean NOT NULL DEFAULT true,
  CONSTRAINT blueprint_modules_module_number_key UNIQUE (module_number),
  CONSTRAINT blueprint_modules_concept_slug_key UNIQUE (concept_slug),
  CONSTRAINT blueprint_modules_module_number_check CHECK (module_number BETWEEN 1 AND 7),
  CONSTRAINT blueprint_modules_difficulty_check CHECK (difficulty = ANY ('{beginner,intermediate,advanced}')),
  CONSTRAINT blueprint_modules_estimated_hours_check CHECK (estimated_hours > 0),
  CONSTRAINT blueprint_modules_learning_objectives_check CHECK (jsonb_typeof(learning_objectives) = 'array'),
  CONSTRAINT blueprint_modules_variable_schema_check
    CHECK (jsonb_typeof(variable_schema) = 'object'
           AND coalesce(jsonb_typeof(variable_schema -> 'required'), 'array') = 'array'
           AND coalesce(jsonb_typeof(variable_schema -> 'defaults'), 'object') = 'object'),
  CONSTRAINT blueprint_modules_content_template_check
    CHECK (jsonb_typeof(content_template) = 'object'
           AND coalesce(jsonb_typeof(content_template -> 'lessons'), 'array') = 'array'
           AND coalesce(jsonb_typeof(content_template -> 'exercises'), 'array') = 'array')
);

COMMENT ON TABLE blueprint_modules IS 'The modules that every course is generated from, as templates';
COMMENT ON COLUMN blueprint_modules.id IS 'Identifier; fixed for the modules that ship';
COMMENT ON COLUMN blueprint_modules.module_number IS 'Place in a course, 1 to 7';
COMMENT ON COLUMN blueprint_modules.concept_slug IS 'Stable key of the concept that the module teaches';
COMMENT ON COLUMN blueprint_modules.title_template IS 'Title, with placeholders';
COMMENT ON COLUMN blueprint_modules.description_template IS 'Description, with placeholders';
COMMENT ON COLUMN blueprint_modules.difficulty IS 'beginner, intermediate or advanced';
COMMENT ON COLUMN blueprint_modules.estimated_hours IS 'Hours that a learner needs, about';
COMMENT ON COLUMN blueprint_modules.learning_objectives IS 'Objectives: an array of strings with placeholders';
COMMENT ON COLUMN blueprint_modules.variable_schema IS 'Variables: {"required": [names], "defaults": {name: value}}';
COMMENT ON COLUMN blueprint_modules.created_at IS 'When the module was added';
COMMENT ON COLUMN blueprint_modules.updated_at IS 'When the module last changed';
COMMENT ON COLUMN blueprint_modules.content_template IS 'Lessons and exercises, with placeholders: {"lessons": [...], "exercises": [...]}';
COMMENT ON COLUMN blueprint_modules.builtin IS 'Shipped with the extension and not edited since; a dump leaves such rows out';
COMMENT ON COLUMN blueprint_modules.active IS 'False takes it out of use: new courses are generated without it';

CREATE TABLE generated_courses (
  id uuid DEFAULT gen_random_uuid() CONSTRAINT generated_courses_pkey PRIMARY KEY,
  user_id uuid NOT NULL,
  archetype_id uuid,
  title text NOT NULL,
  description text NOT NULL DEFAULT '',
  meta_category text NOT NULL,
  injected_variables jsonb NOT NULL DEFAULT '{}',
  status text NOT NULL DEFAULT 'active',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT generated_courses_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT generated_courses_archetype_id_fkey
    FOREIGN KEY (archetype_id) REFERENCES user_archetypes (id) ON DELETE SET NULL,
  CONSTRAINT generated_courses_meta_category_check
    CHECK (meta_category = ANY ('{Digital,Economic,Aesthetic,Biological,Cognitive}')),
  CONSTRAINT generated_courses_status_check CHECK (status = ANY ('{active,paused,completed,archived}'))
);

CREATE INDEX generated_courses_user_id_idx ON generated_courses (user_id);
CREATE INDEX generated_courses_archetype_id_idx ON generated_courses (archetype_id);

COMMENT ON TABLE generated_courses IS 'Courses, each generated from its author''s variables; anyone may enrol';
COMMENT ON COLUMN generated_courses.id IS 'Identifier';
COMMENT ON COLUMN generated_courses.user_id IS 'The author';
COMMENT ON COLUMN generated_courses.archetype_id IS 'The archetype that it was generated for, if any';
COMMENT ON COLUMN generated_courses.title IS 'Title';
COMMENT ON COLUMN generated_courses.description IS 'Description';
COMMENT ON COLUMN generated_courses.meta_category IS 'Digital, Economic, Aesthetic, Biological or Cognitive';
COMMENT ON COLUMN generated_courses.injected_variables IS 'The variables that were injected, as they were then';
COMMENT ON COLUMN generated_courses.status IS 'active, paused, completed or archived';
COMMENT ON COLUMN generated_courses.created_at IS 'When the course was generated';
COMMENT ON COLUMN generated_courses.updated_at IS 'When the course last changed';

CREATE TABLE generated_modules (
  id uuid DEFAULT gen_random_uuid() CONSTRAINT generated_modules_pkey PRIMARY KEY,
  course_id uuid NOT NULL,
  blueprint_module_id uuid,
  module_number integer NOT NULL,
  title text NOT NULL,
  description text NOT NULL DEFAULT '',
  content jsonb NOT NULL DEFAULT '{}',
  status text NOT NULL DEFAULT 'locked',
  unlocked_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT generated_modules_course_id_module_number_key UNIQUE (course_id, module_number),
  CONSTRAINT generated_modules_course_id_fkey
    FOREIGN KEY (course_id) REFERENCES generated_courses (id) ON DELETE CASCADE,
  CONSTRAINT generated_modules_blueprint_module_id_fkey
    FOREIGN KEY (blueprint_module_id) REFERENCES blueprint_modules (id) ON UPDATE CASCADE ON DELETE SET NULL,
  CONSTRAINT generated_modules_module_number_check CHECK (module_number BETWEEN 1 AND 7),
  CONSTRAINT generated_modules_status_check CHECK (status = ANY ('{locked,active,completed}'))
);

CREATE INDEX generated_modules_blueprint_module_id_idx ON generated_modules (blueprint_module_id);

COMMENT ON TABLE generated_modules IS 'The modules of each course';
COMMENT ON COLUMN generated_modules.id IS 'Identifier';
COMMENT ON COLUMN generated_modules.course_id IS 'The course';
COMMENT ON COLUMN generated_modules.blueprint_module_id IS 'The blueprint module that it was generated from, if any';
COMMENT ON COLUMN generated_modules.module_number IS 'Place in the course, 1 to 7';
COMMENT ON COLUMN generated_modules.title IS 'Title';
COMMENT ON COLUMN generated_modules.description IS 'Description';
COMMENT ON COLUMN generated_modules.content IS 'Objectives and lessons; the exercises are rows of their own';
COMMENT ON COLUMN generated_modules.status IS 'The author''s own state: locked, active or completed; other learners'' is derived';
COMMENT ON COLUMN generated_modules.unlocked_at IS 'When it was unlocked for the author, if it was';
COMMENT ON COLUMN generated_modules.created_at IS 'When the module was generated';

CREATE TABLE exercises (
  id uuid DEFAULT gen_random_uuid() CONSTRAINT exercises_pkey PRIMARY KEY,
  module_id uuid NOT NULL,
  exercise_number integer NOT NULL,
  title text NOT NULL,
  description text NOT NULL DEFAULT '',
  language text NOT NULL,
  starter_code text NOT NULL DEFAULT '',
  solution_code text NOT NULL DEFAULT '',
  test_cases jsonb NOT NULL DEFAULT '[]',
  difficulty text NOT NULL,
  points integer NOT NULL DEFAULT 100,
  hints jsonb NOT NULL DEFAULT '[]',
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT exercises_module_id_exercise_number_key UNIQUE (module_id, exercise_number),
  CONSTRAINT exercises_module_id_fkey
    FOREIGN KEY (module_id) REFERENCES generated_modules (id) ON DELETE CASCADE,
  CONSTRAINT exercises_language_check CHECK (language = ANY ('{python,go,java,javascript}')),
  CONSTRAINT exercises_test_cases_check CHECK (jsonb_typeof(test_cases) = 'array'),
  CONSTRAINT exercises_difficulty_check CHECK (difficulty = ANY ('{easy,medium,hard}')),
  CONSTRAINT exercises_points_check CHECK (points BETWEEN 0 AND 1000),
  CONSTRAINT exercises_hints_check CHECK (jsonb_typeof(hints) = 'array')
);

COMMENT ON TABLE exercises IS 'The exercises of each module';
COMMENT ON COLUMN exercises.id IS 'Identifier';
COMMENT ON COLUMN exercises.module_id IS 'The module';
COMMENT ON COLUMN exercises.exercise_number IS 'Place in the module, from 1';
COMMENT ON COLUMN exercises.title IS 'Title';
COMMENT ON COLUMN exercises.description IS 'The task, with the format of input and output';
COMMENT ON COLUMN exercises.language IS 'python, go, java or javascript';
COMMENT ON COLUMN exercises.starter_code IS 'What the learner begins with';
COMMENT ON COLUMN exercises.solution_code IS 'A solution that passes every test case; never shown to learners';
COMMENT ON COLUMN exercises.test_cases IS 'Test cases: [{"input": standard input, "expected_output": standard output, "is_hidden": boolean}]';
COMMENT ON COLUMN exercises.difficulty IS 'easy, medium or hard';
COMMENT ON COLUMN exercises.points IS 'What it is worth, 0 to 1000';
COMMENT ON COLUMN exercises.hints IS 'Hints, in order: [{"text": ..., "penalty_points": ...}]';
COMMENT ON COLUMN exercises.created_at IS 'When the exercise was generated';

CREATE TABLE course_tags (
  id uuid DEFAULT gen_random_uuid() CONSTRAINT course_tags_pkey PRIMARY KEY,
  course_id uuid NOT NULL,
  tag text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT course_tags_course_id_tag_key UNIQUE (course_id, tag),
  CONSTRAINT course_tags_course_id_fkey
    FOREIGN KEY (course_id) REFERENCES generated_courses (id) ON DELETE CASCADE
);

CREATE INDEX course_tags_tag_idx ON course_tags (tag);

COMMENT ON TABLE course_tags IS 'Words that a course is found by';
COMMENT ON COLUMN course_tags.id IS 'Identifier';
COMMENT ON COLUMN course_tags.course_id IS 'The course';
COMMENT ON COLUMN course_tags.tag IS 'The tag';
COMMENT ON COLUMN course_tags.created_at IS 'When the tag was added';

SELECT pg_extension_config_dump('blueprint_modules', 'WHERE NOT builtin');
SELECT pg_extension_config_dump('generated_courses', '');
SELECT pg_extension_config_dump('generated_modules', '');
SELECT pg_extension_config_dump('exercises', '');
SELECT pg_extension_config_dump('course_tags', '');

CREATE TRIGGER blueprint_modules_touch_updated_at
BEFORE UPDATE ON blueprint_modules
FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.* AND OLD.updated_at = NEW.updated_at)
EXECUTE FUNCTION touch_updated_at();

-- Names its columns: what later versions keep with a course for recommendations
-- is no change to the course.
CREATE TRIGGER generated_courses_touch_updated_at
BEFORE UPDATE OF user_id, archetype_id, title, description, meta_category, injected_variables, status
ON generated_courses
FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.* AND OLD.updated_at = NEW.updated_at)
EXECUTE FUNCTION touch_updated_at();
-- Rows that ship with the extension, in tables that people edit and add to.
-- CREATE EXTENSION inserts them again before a dump's rows arrive, so a dump
-- leaves out the untouched ones (WHERE NOT builtin), an edited one loses its
-- builtin mark and is dumped, and its insert turns into an update of the fresh
-- seed. A deleted seed would come back: it is taken out of use instead. Their
-- ids are fixed, since other rows refer to them, and so are their dates. Nor
-- does a row become builtin again: it would be lost to dumps.
CREATE FUNCTION release_edited_seed()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 10
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  NEW.builtin := false;
  RETURN NEW;
END
$$;

COMMENT ON FUNCTION release_edited_seed() IS 'Row trigger: an edited row that shipped with the extension is the user''s from then on, and is dumped';

CREATE FUNCTION refuse_seed_deletion()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 10
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RAISE EXCEPTION 'row % of % cannot be deleted', OLD.id, TG_TABLE_NAME
    USING ERRCODE = 'object_not_in_prerequisite_state',
          DETAIL = 'It shipped with the extension, or took the place of a row that did, which restoring a dump would bring back.',
          HINT = format('Take it out of use: UPDATE %I.%I SET active = false WHERE id = %L.',
                        TG_TABLE_SCHEMA, TG_TABLE_NAME, OLD.id);
END
$$;

COMMENT ON FUNCTION refuse_seed_deletion() IS 'Row trigger: refuses to delete a row that shipped with the extension, or that took the place of one';
-- Templates: placeholders injected, in text and in jsonb.

CREATE FUNCTION inject_variables(
  template text,
  variables jsonb,
  missing text DEFAULT 'error'
) RETURNS text
LANGUAGE c
IMMUTABLE
STRICT
PARALLEL SAFE
COST 10
AS 'MODULE_PATHNAME', 'inject_variables_text';

COMMENT ON FUNCTION inject_variables(text, jsonb, text) IS
  'Returns the template with each {NAME} and {NAME|default} replaced by that variable''s value, in one pass. '
  'What is not given and has no default is an error, kept as it is (''keep'') or removed (''empty'').';

CREATE FUNCTION inject_variables(
  template jsonb,
  variables jsonb,
  missing text DEFAULT 'error'
) RETURNS jsonb
LANGUAGE c
IMMUTABLE
STRICT
PARALLEL SAFE
COST 50
AS 'MODULE_PATHNAME', 'inject_variables_jsonb';

COMMENT ON FUNCTION inject_variables(jsonb, jsonb, text) IS
  'Returns the template with the variables injected into every string value and no key. '
  'A string that is one placeholder and nothing else becomes the variable''s JSON value, whatever its type.';

CREATE FUNCTION template_variables(
  template text,
  without_default boolean DEFAULT false
) RETURNS text[]
LANGUAGE c
IMMUTABLE
STRICT
PARALLEL SAFE
COST 10
AS 'MODULE_PATHNAME', 'template_variables_text';

COMMENT ON FUNCTION template_variables(text, boolean) IS
  'Returns the distinct names of the template''s placeholders, in order of appearance; '
  'where without_default is true, of those that stand somewhere without a default text.';

CREATE FUNCTION template_variables(
  template jsonb,
  without_default boolean DEFAULT false
) RETURNS text[]
LANGUAGE c
IMMUTABLE
STRICT
PARALLEL SAFE
COST 50
AS 'MODULE_PATHNAME', 'template_variables_jsonb';

COMMENT ON FUNCTION template_variables(jsonb, boolean) IS
  'Returns the distinct names of the placeholders in the template''s string values, in the order that jsonb keeps them; '
  'where without_default is true, of those that stand somewhere without a default text.';
-- Module 1, the atom: one object holds its state, and alone changes it.
-- Needs ENTITY and STATE.
INSERT INTO blueprint_modules (
  id,
  module_number,
  concept_slug,
  title_template,
  description_template,
  difficulty,
  estimated_hours,
  learning_objectives,
  variable_schema,
  content_template,
  builtin,
  created_at,
  updated_at
) VALUES (
  '6c656172-6e69-8679-8000-000000000001',
  1,
  'atom',
  $t$The Atom: encapsulating one {ENTITY} and its {STATE}$t$,
  $t$Every program about {DOMAIN|this field} rests on its smallest useful part, and here that part is the {ENTITY}. You will write it as one object that alone holds its {STATE}, shows it to whoever asks, and changes it only by rules that it enforces itself. Whatever you build in the six modules after this one stands on that object.$t$,
  'beginner',
  2,
  jsonb_build_array(
    $t$Tell the identity of one {ENTITY} from its {STATE}, and keep both in one object$t$,
    $t$State the invariant of the {STATE} in one sentence, and enforce it at every door into the object$t$,
    $t$Refuse a bad change so that the {STATE} is exactly what it was before$t$
  ),
  jsonb_build_object(
    'required', jsonb_build_array('ENTITY', 'STATE'),
    'defaults', jsonb_build_object(
      'DOMAIN', 'this field',
      'FLOW', 'the process',
      'CONTAINER', 'collection',
      'EVENT', 'event')
  ),
  jsonb_build_object(
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
  true,
  '2026-01-01 00:00:00+00',
  '2026-01-01 00:00:00+00'
);
-- Module 2, the standard: tests that state what a rule does, and that can fail.
-- Needs ENTITY and LOGIC.
INSERT INTO blueprint_modules (
  id,
  module_number,
  concept_slug,
  title_template,
  description_template,
  difficulty,
  estimated_hours,
  learning_objectives,
  variable_schema,
  content_template,
  builtin,
  created_at,
  updated_at
) VALUES (
  '6c656172-6e69-8679-8000-000000000002',
  2,
  'standard',
  $t$The Standard: proving the {LOGIC} before it judges a single {ENTITY}$t$,
  $t$In {DOMAIN|this field}, the {LOGIC} is a judgement made over and over, and code will make it without ever getting tired, right or wrong. You will write down what it must say about each kind of {ENTITY}, turn that into tests that run in a blink, and then check the tests themselves by breaking the rule on purpose.$t$,
  'beginner',
  3,
  jsonb_build_array(
    $t$Turn what you know about the {LOGIC} into a table of cases with expected answers$t$,
    $t$Choose the few values that matter for one {ENTITY}: inside, on each edge, and just past it$t$,
    $t$Show that a test can fail, by breaking the {LOGIC} and watching which case notices$t$
  ),
  jsonb_build_object(
    'required', jsonb_build_array('ENTITY', 'LOGIC'),
    'defaults', jsonb_build_object(
      'DOMAIN', 'this field',
      'STATE', 'state',
      'EDGE_CASE', 'rare case')
  ),
  jsonb_build_object(
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
  true,
  '2026-01-01 00:00:00+00',
  '2026-01-01 00:00:00+00'
);
-- Module 3, the workflow: from one to many, by a container and a pipeline.
-- Needs ENTITY, FLOW and CONTAINER.
INSERT INTO blueprint_modules (
  id,
  module_number,
  concept_slug,
  title_template,
  description_template,
  difficulty,
  estimated_hours,
  learning_objectives,
  variable_schema,
  content_template,
  builtin,
  created_at,
  updated_at
) VALUES (
  '6c656172-6e69-8679-8000-000000000003',
  3,
  'workflow',
  $t$The Workflow: {FLOW} across the whole {CONTAINER}$t$,
  $t$One {ENTITY} that works is a start; a full {CONTAINER} is where the work is. You will build the {CONTAINER} as an object with rules of its own, take each {ENTITY} in it through {FLOW} in small steps that fit together, and decide what happens to all the others when one of them goes wrong.$t$,
  'intermediate',
  4,
  jsonb_build_array(
    $t$Choose the data structure of the {CONTAINER} by the questions it has to answer$t$,
    $t$Write {FLOW} as a pipeline of small stages, each of which can be tested alone$t$,
    $t$Account for every {ENTITY} that entered {FLOW}, whether it came through or not$t$
  ),
  jsonb_build_object(
    'required', jsonb_build_array('ENTITY', 'FLOW', 'CONTAINER'),
    'defaults', jsonb_build_object(
      'DOMAIN', 'this field',
      'STATE', 'state',
      'LOGIC', 'rule',
      'EDGE_CASE', 'rare case',
      'EVENT', 'event')
  ),
  jsonb_build_object(
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
  true,
  '2026-01-01 00:00:00+00',
  '2026-01-01 00:00:00+00'
);
-- Module 4, the decision tree: every path ends in an outcome, the rare ones too.
-- Needs LOGIC and EDGE_CASE.
INSERT INTO blueprint_modules (
  id,
  module_number,
  concept_slug,
  title_template,
  description_template,
  difficulty,
  estimated_hours,
  learning_objectives,
  variable_schema,
  content_template,
  builtin,
  created_at,
  updated_at
) VALUES (
  '6c656172-6e69-8679-8000-000000000004',
  4,
  'decision-tree',
  $t$The Decision Tree: the {LOGIC} meets the {EDGE_CASE}$t$,
  $t$Up to now the {LOGIC} answered yes or no. Real decisions in {DOMAIN|this field} have more outcomes, and the interesting ones begin where somebody says "it depends". You will lay the {LOGIC} out as a tree in which every path ends in a named outcome with a reason, give the {EDGE_CASE} a branch of its own, and then turn the rules into data that can be checked for gaps.$t$,
  'intermediate',
  4,
  jsonb_build_array(
    $t$Lay out the {LOGIC} so that every path ends in exactly one outcome, with its reason$t$,
    $t$Give the {EDGE_CASE} an outcome that somebody chose, instead of one it fell into$t$,
    $t$Write rules as data, and find the rule that can never fire and the case that no rule covers$t$
  ),
  jsonb_build_object(
    'required', jsonb_build_array('LOGIC', 'EDGE_CASE'),
    'defaults', jsonb_build_object(
      'DOMAIN', 'this field',
      'ENTITY', 'item',
      'STATE', 'state')
  ),
  jsonb_build_object(
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
  true,
  '2026-01-01 00:00:00+00',
  '2026-01-01 00:00:00+00'
);
-- Module 5, the archetype: one promise, many ways of keeping it.
-- Needs ENTITY, INTERFACE and VARIANT.
INSERT INTO blueprint_modules (
  id,
  module_number,
  concept_slug,
  title_template,
  description_template,
  difficulty,
  estimated_hours,
  learning_objectives,
  variable_schema,
  content_template,
  builtin,
  created_at,
  updated_at
) VALUES (
  '6c656172-6e69-8679-8000-000000000005',
  5,
  'archetype',
  $t$The Archetype: what every {INTERFACE} promises, and the {VARIANT} keeps$t$,
  $t$Your {ENTITY} will meet more than one {INTERFACE} in its life, and code that knows each of them by name has to change whenever a new one appears. You will find out what all of them have in common, write that down as a promise, and make the {VARIANT} keep it in its own way, while the code that depends on the promise stays as it is.$t$,
  'advanced',
  5,
  jsonb_build_array(
    $t$Write down what every {INTERFACE} promises, from the point of view of the code that calls it$t$,
    $t$Add the {VARIANT} through a registry or an adapter, without editing a single caller$t$,
    $t$Test the promise itself, once, and run that test against each implementation$t$
  ),
  jsonb_build_object(
    'required', jsonb_build_array('ENTITY', 'INTERFACE', 'VARIANT'),
    'defaults', jsonb_build_object('DOMAIN', 'this field')
  ),
  jsonb_build_object(
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
  true,
  '2026-01-01 00:00:00+00',
  '2026-01-01 00:00:00+00'
);
-- Module 6, the flow state: work that waits, and events that come when they like.
-- Needs FLOW and EVENT.
INSERT INTO blueprint_modules (
  id,
  module_number,
  concept_slug,
  title_template,
  description_template,
  difficulty,
  estimated_hours,
  learning_objectives,
  variable_schema,
  content_template,
  builtin,
  created_at,
  updated_at
) VALUES (
  '6c656172-6e69-8679-8000-000000000006',
  6,
  'flow-state',
  $t$The Flow State: {FLOW} that answers to every {EVENT}$t$,
  $t$So far your program decided what happens next. In {DOMAIN|this field} the world decides: the {EVENT} comes when it comes, sometimes late, sometimes twice, and {FLOW} spends most of its time waiting. You will let one program wait for many things at once, put a queue between the {EVENT} and the work it causes, and make the outcome right in whatever order things arrive.$t$,
  'advanced',
  5,
  jsonb_build_array(
    $t$Run the waiting steps of {FLOW} side by side, and say which of its steps must stay in order$t$,
    $t$Put a bounded queue between the {EVENT} and the work, and decide what happens when it is full$t$,
    $t$Handle each {EVENT} once and in its proper order, though it may arrive twice, late or early$t$
  ),
  jsonb_build_object(
    'required', jsonb_build_array('FLOW', 'EVENT'),
    'defaults', jsonb_build_object('DOMAIN', 'this field', 'ENTITY', 'item', 'STATE', 'state')
  ),
  jsonb_build_object(
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
  true,
  '2026-01-01 00:00:00+00',
  '2026-01-01 00:00:00+00'
);
-- Module 7, the capstone: the six parts become one program.
-- Needs DOMAIN and CAPSTONE_GOAL; calls the parts of the earlier modules by the
-- learner's own words where they are given.
INSERT INTO blueprint_modules (
  id,
  module_number,
  concept_slug,
  title_template,
  description_template,
  difficulty,
  estimated_hours,
  learning_objectives,
  variable_schema,
  content_template,
  builtin,
  created_at,
  updated_at
) VALUES (
  '6c656172-6e69-8679-8000-000000000007',
  7,
  'capstone',
  $t$The Capstone: {CAPSTONE_GOAL} for {DOMAIN}$t$,
  $t$You have the parts: a guarded object, rules with tests, a pipeline, a decision tree, an interface, and handlers for events. Now they become one program that is of use to somebody who lives and breathes {DOMAIN}. You will build {CAPSTONE_GOAL} in three steps, each of which runs: a skeleton that answers commands, a core that never forgets, and the whole, with rules, events and a report.$t$,
  'advanced',
  10,
  jsonb_build_array(
    $t$Design {CAPSTONE_GOAL} from a transcript of its use, and keep its core free of input and output$t$,
    $t$Derive the present from a journal of what happened, so that anything can be explained and taken back$t$,
    $t$Join the parts of all six modules into one program for {DOMAIN}, and judge it as a reviewer would$t$
  ),
  jsonb_build_object(
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
  jsonb_build_object(
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
  true,
  '2026-01-01 00:00:00+00',
  '2026-01-01 00:00:00+00'
);
CREATE TRIGGER blueprint_modules_release_edited_seed
BEFORE UPDATE ON blueprint_modules
FOR EACH ROW WHEN ((OLD.builtin OR NEW.builtin) AND OLD.* IS DISTINCT FROM NEW.*)
EXECUTE FUNCTION release_edited_seed();

-- Any row: all seven numbers ship, so that each row is a seed or has taken the
-- place of one. Depth 0: the replacement below may delete.
CREATE TRIGGER blueprint_modules_refuse_seed_deletion
BEFORE DELETE ON blueprint_modules
FOR EACH ROW WHEN (pg_trigger_depth() = 0)
EXECUTE FUNCTION refuse_seed_deletion();

-- A row that meets one untouched seed, by whatever key, becomes an update of
-- it. Edited seeds that traded keys meet several: those make room.
CREATE FUNCTION replace_seed_blueprint_module()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  seeds uuid[] := ARRAY(
    SELECT b.id
    FROM @extschema@.blueprint_modules AS b
    WHERE b.builtin
      AND (b.id = NEW.id OR b.module_number = NEW.module_number OR b.concept_slug = NEW.concept_slug));
BEGIN
  IF cardinality(seeds) > 1 THEN
    DELETE FROM @extschema@.blueprint_modules WHERE id = ANY (seeds) AND builtin;
    RETURN NEW;
  END IF;
  UPDATE @extschema@.blueprint_modules
  SET id = NEW.id,
      module_number = NEW.module_number,
      concept_slug = NEW.concept_slug,
      title_template = NEW.title_template,
      description_template = NEW.description_template,
      difficulty = NEW.difficulty,
      estimated_hours = NEW.estimated_hours,
      learning_objectives = NEW.learning_objectives,
      variable_schema = NEW.variable_schema,
      created_at = NEW.created_at,
      updated_at = NEW.updated_at,
      content_template = NEW.content_template,
      builtin = false,
      active = NEW.active
  WHERE id = seeds[1] AND builtin;
  -- one that somebody else has edited meanwhile is in the way as any row is
  RETURN CASE WHEN NOT FOUND THEN NEW END;
END
$$;

COMMENT ON FUNCTION replace_seed_blueprint_module() IS 'Row trigger: a module inserted with a key of an untouched shipped one replaces it';

CREATE TRIGGER blueprint_modules_replace_seed
BEFORE INSERT ON blueprint_modules
FOR EACH ROW WHEN (NOT NEW.builtin)
EXECUTE FUNCTION replace_seed_blueprint_module();

-- A parallel restore runs with session_replication_role = replica, and the
-- rows of edited seeds must meet their seeds there too.
ALTER TABLE blueprint_modules ENABLE ALWAYS TRIGGER blueprint_modules_replace_seed;
CREATE FUNCTION blueprint_missing_variables(variables jsonb)
RETURNS TABLE (module_number integer, concept_slug text, missing text[])
LANGUAGE sql
STABLE STRICT PARALLEL SAFE COST 1000 ROWS 7
BEGIN ATOMIC
  SELECT b.module_number, b.concept_slug, array_agg(needed.name ORDER BY needed.name)
  FROM blueprint_modules AS b
  CROSS JOIN LATERAL (
    SELECT jsonb_array_elements_text(coalesce(b.variable_schema -> 'required', '[]'))
    UNION
    SELECT unnest(template_variables(b.title_template, true)
                  || template_variables(b.description_template, true)
                  || template_variables(b.learning_objectives, true)
                  || template_variables(b.content_template, true))
  ) AS needed (name)
  WHERE b.active
    AND NOT jsonb_strip_nulls(coalesce(b.variable_schema -> 'defaults', '{}')) || jsonb_strip_nulls(variables) ? needed.name
  GROUP BY b.module_number, b.concept_slug
  ORDER BY b.module_number;
END;

COMMENT ON FUNCTION blueprint_missing_variables(jsonb) IS 'Returns, by module, what the blueprint needs and these variables lack';

-- Runs as its owner: the blueprint holds solutions, which learners may not read.
CREATE FUNCTION missing_variables(user_id uuid)
RETURNS TABLE (module_number integer, concept_slug text, missing text[])
LANGUAGE sql
STABLE STRICT PARALLEL SAFE COST 1000 ROWS 7
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  SELECT b.module_number, b.concept_slug, b.missing
  FROM blueprint_missing_variables(get_variables(missing_variables.user_id)) AS b
  ORDER BY b.module_number;
END;

REVOKE EXECUTE ON FUNCTION missing_variables(uuid) FROM PUBLIC;

COMMENT ON FUNCTION missing_variables(uuid) IS 'Returns, by module, what the blueprint needs and the user lacks; no row where nothing is missing';

CREATE FUNCTION check_course_can_be_generated(archetype user_archetypes, user_id uuid, variables jsonb)
RETURNS void
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 1000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  lacking text;
BEGIN
  IF archetype.id IS NULL THEN
    PERFORM @extschema@.require_user(user_id);
    RAISE EXCEPTION 'user % has no archetype', user_id
      USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = 'Call choose_archetype first.';
  END IF;
  IF archetype.validation_status = 'rejected' THEN
    RAISE EXCEPTION 'domain "%" was rejected', archetype.domain
      USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = archetype.validation_reason,
            HINT = 'Choose another domain with choose_archetype, or have this one validated again with request_domain_validation.';
  END IF;

  SELECT string_agg(format('%s (module %s)', array_to_string(b.missing, ', '), b.module_number), ', '
                    ORDER BY b.module_number)
  INTO lacking
  FROM @extschema@.blueprint_missing_variables(variables) AS b;
  IF lacking IS NOT NULL THEN
    RAISE EXCEPTION 'variables are missing: %', lacking
      USING ERRCODE = 'undefined_parameter',
            HINT = 'Supply them with set_variables, or pass them to generate_course.';
  END IF;
END
$$;

COMMENT ON FUNCTION check_course_can_be_generated(user_archetypes, uuid, jsonb) IS 'Raises what keeps generate_course from running, naming everything that is missing';

CREATE FUNCTION generate_course(user_id uuid, variables jsonb DEFAULT '{}')
RETURNS uuid
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 10000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  archetype @extschema@.user_archetypes;
  injected jsonb;
  new_course uuid := gen_random_uuid();
BEGIN
  PERFORM @extschema@.require_acting_user(user_id);
  IF jsonb_typeof(variables) <> 'object' THEN
    RAISE EXCEPTION 'variables are a JSON %, not an object', jsonb_typeof(variables)
      USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Pass an object such as {"ENTITY": "starter"}.';
  END IF;
  SELECT * INTO archetype
  FROM @extschema@.user_archetypes AS a
  WHERE a.user_id = generate_course.user_id;
  -- null says nothing; inside a value it is the value's own
  injected := @extschema@.get_variables(user_id)
    || coalesce((SELECT jsonb_object_agg(v.key, v.value) FROM jsonb_each(variables) AS v WHERE v.value <> 'null'), '{}');
  PERFORM @extschema@.check_course_can_be_generated(archetype, user_id, injected);

  INSERT INTO @extschema@.generated_courses
    (id, user_id, archetype_id, title, description, meta_category, injected_variables)
  VALUES
    (new_course, user_id, archetype.id,
     @extschema@.inject_variables('Software architecture through {DOMAIN}', injected),
     @extschema@.inject_variables('From a single building block to {CAPSTONE_GOAL|a system of your own}: '
                                  'seven modules that teach how software is built, in the terms of {DOMAIN}.',
                                  injected),
     archetype.meta_category, injected);

  WITH rendered AS MATERIALIZED (
    SELECT
      gen_random_uuid() AS module_id,
      b.id AS blueprint_module_id,
      b.module_number,
      b.module_number = min(b.module_number) OVER () AS is_first,
      @extschema@.inject_variables(b.title_template, v.merged) AS title,
      @extschema@.inject_variables(b.description_template, v.merged) AS description,
      @extschema@.inject_variables(
        b.content_template || jsonb_build_object('learning_objectives', b.learning_objectives), v.merged) AS content
    FROM @extschema@.blueprint_modules AS b
    CROSS JOIN LATERAL (SELECT coalesce(b.variable_schema -> 'defaults', '{}') || injected) AS v (merged)
    WHERE b.active
  ), modules AS (
    INSERT INTO @extschema@.generated_modules
      (id, course_id, blueprint_module_id, module_number, title, description, content, status, unlocked_at)
    SELECT r.module_id, new_course, r.blueprint_module_id, r.module_number, r.title, r.description,
           r.content - 'exercises',
           CASE WHEN r.is_first THEN 'active' ELSE 'locked' END,
           CASE WHEN r.is_first THEN now() END
    FROM rendered AS r
  )
  INSERT INTO @extschema@.exercises
    (module_id, exercise_number, title, description, language, starter_code, solution_code, test_cases,
     difficulty, points, hints)
  SELECT r.module_id, e.number, e.exercise ->> 'title', coalesce(e.exercise ->> 'description', ''),
         e.exercise ->> 'language', coalesce(e.exercise ->> 'starter_code', ''),
         coalesce(e.exercise ->> 'solution_code', ''), coalesce(e.exercise -> 'test_cases', '[]'),
         e.exercise ->> 'difficulty', coalesce((e.exercise -> 'points')::integer, 100),
         coalesce(e.exercise -> 'hints', '[]')
  FROM rendered AS r
  CROSS JOIN LATERAL jsonb_array_elements(r.content -> 'exercises') WITH ORDINALITY AS e (exercise, number);

  INSERT INTO @extschema@.course_tags (course_id, tag)
  SELECT DISTINCT new_course,
         regexp_replace(lower(regexp_replace(t.word, '^[[:space:]]+|[[:space:]]+$', '', 'g')), '[[:space:]]+', '-', 'g')
  FROM unnest(ARRAY[archetype.domain, archetype.meta_category, archetype.skill_level]) AS t (word);
  RETURN new_course;
END
$$;

REVOKE EXECUTE ON FUNCTION generate_course(uuid, jsonb) FROM PUBLIC;

COMMENT ON FUNCTION generate_course(uuid, jsonb) IS 'Generates a course from the blueprint and the user''s variables, with modules, exercises and tags, and returns its id';
-- Generated by "make fingerprint"; verify_schema compares the catalog with it.
CREATE OR REPLACE FUNCTION schema_fingerprint()
RETURNS text
LANGUAGE sql
IMMUTABLE PARALLEL SAFE COST 1
RETURN $fingerprint$
column | blueprint_modules.active | boolean NOT NULL DEFAULT true
column | blueprint_modules.builtin | boolean NOT NULL DEFAULT false
column | blueprint_modules.concept_slug | text NOT NULL
column | blueprint_modules.content_template | jsonb NOT NULL DEFAULT '{}'::jsonb
column | blueprint_modules.created_at | timestamp with time zone NOT NULL DEFAULT now()
column | blueprint_modules.description_template | text NOT NULL
column | blueprint_modules.difficulty | text NOT NULL
column | blueprint_modules.estimated_hours | integer NOT NULL
column | blueprint_modules.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | blueprint_modules.learning_objectives | jsonb NOT NULL DEFAULT '[]'::jsonb
column | blueprint_modules.module_number | integer NOT NULL
column | blueprint_modules.title_template | text NOT NULL
column | blueprint_modules.updated_at | timestamp with time zone NOT NULL DEFAULT now()
column | blueprint_modules.variable_schema | jsonb NOT NULL DEFAULT '{"defaults": {}, "required": []}'::jsonb
column | course_tags.course_id | uuid NOT NULL
column | course_tags.created_at | timestamp with time zone NOT NULL DEFAULT now()
column | course_tags.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | course_tags.tag | text NOT NULL
column | exercises.created_at | timestamp with time zone NOT NULL DEFAULT now()
column | exercises.description | text NOT NULL DEFAULT ''::text
column | exercises.difficulty | text NOT NULL
column | exercises.exercise_number | integer NOT NULL
column | exercises.hints | jsonb NOT NULL DEFAULT '[]'::jsonb
column | exercises.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | exercises.language | text NOT NULL
column | exercises.module_id | uuid NOT NULL
column | exercises.points | integer NOT NULL DEFAULT 100
column | exercises.solution_code | text NOT NULL DEFAULT ''::text
column | exercises.starter_code | text NOT NULL DEFAULT ''::text
column | exercises.test_cases | jsonb NOT NULL DEFAULT '[]'::jsonb
column | exercises.title | text NOT NULL
column | generated_courses.archetype_id | uuid
column | generated_courses.created_at | timestamp with time zone NOT NULL DEFAULT now()
column | generated_courses.description | text NOT NULL DEFAULT ''::text
column | generated_courses.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | generated_courses.injected_variables | jsonb NOT NULL DEFAULT '{}'::jsonb
column | generated_courses.meta_category | text NOT NULL
column | generated_courses.status | text NOT NULL DEFAULT 'active'::text
column | generated_courses.title | text NOT NULL
column | generated_courses.updated_at | timestamp with time zone NOT NULL DEFAULT now()
column | generated_courses.user_id | uuid NOT NULL
column | generated_modules.blueprint_module_id | uuid
column | generated_modules.content | jsonb NOT NULL DEFAULT '{}'::jsonb
column | generated_modules.course_id | uuid NOT NULL
column | generated_modules.created_at | timestamp with time zone NOT NULL DEFAULT now()
column | generated_modules.description | text NOT NULL DEFAULT ''::text
column | generated_modules.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | generated_modules.module_number | integer NOT NULL
column | generated_modules.status | text NOT NULL DEFAULT 'locked'::text
column | generated_modules.title | text NOT NULL
column | generated_modules.unlocked_at | timestamp with time zone
column | schema_migrations.applied_at | timestamp with time zone NOT NULL DEFAULT now()
column | schema_migrations.checksum | text NOT NULL
column | schema_migrations.description | text NOT NULL
column | schema_migrations.extension_version | text NOT NULL
column | schema_migrations.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | schema_migrations.version | text NOT NULL
column | user_archetypes.created_at | timestamp with time zone NOT NULL DEFAULT now()
column | user_archetypes.domain | text NOT NULL
column | user_archetypes.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | user_archetypes.meta_category | text NOT NULL
column | user_archetypes.skill_level | text NOT NULL
column | user_archetypes.updated_at | timestamp with time zone NOT NULL DEFAULT now()
column | user_archetypes.user_id | uuid NOT NULL
column | user_archetypes.validation_reason | text NOT NULL DEFAULT ''::text
column | user_archetypes.validation_status | text NOT NULL DEFAULT 'unchecked'::text
column | user_variables.archetype_id | uuid
column | user_variables.created_at | timestamp with time zone NOT NULL DEFAULT now()
column | user_variables.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | user_variables.updated_at | timestamp with time zone NOT NULL DEFAULT now()
column | user_variables.user_id | uuid NOT NULL
column | user_variables.variable_key | text NOT NULL
column | user_variables.variable_value | text NOT NULL
column | users.avatar_url | text NOT NULL DEFAULT ''::text
column | users.created_at | timestamp with time zone NOT NULL DEFAULT now()
column | users.email | text NOT NULL
column | users.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | users.last_login | timestamp with time zone NOT NULL DEFAULT now()
column | users.max_visibility | text NOT NULL DEFAULT 'public'::text
column | users.name | text NOT NULL
column | users.password_hash | text NOT NULL
column | users.social_enabled | boolean NOT NULL DEFAULT true
column | users.time_zone | text NOT NULL DEFAULT 'UTC'::text
column | users.updated_at | timestamp with time zone NOT NULL DEFAULT now()
constraint | blueprint_modules.blueprint_modules_concept_slug_key | UNIQUE (concept_slug)
constraint | blueprint_modules.blueprint_modules_content_template_check | CHECK (((jsonb_typeof(content_template) = 'object'::text) AND (COALESCE(jsonb_typeof((content_template -> 'lessons'::text)), 'array'::text) = 'array'::text) AND (COALESCE(jsonb_typeof((content_template -> 'exercises'::text)), 'array'::text) = 'array'::text)))
constraint | blueprint_modules.blueprint_modules_difficulty_check | CHECK ((difficulty = ANY ('{beginner,intermediate,advanced}'::text[])))
constraint | blueprint_modules.blueprint_modules_estimated_hours_check | CHECK ((estimated_hours > 0))
constraint | blueprint_modules.blueprint_modules_learning_objectives_check | CHECK ((jsonb_typeof(learning_objectives) = 'array'::text))
constraint | blueprint_modules.blueprint_modules_module_number_check | CHECK (((module_number >= 1) AND (module_number <= 7)))
constraint | blueprint_modules.blueprint_modules_module_number_key | UNIQUE (module_number)
constraint | blueprint_modules.blueprint_modules_pkey | PRIMARY KEY (id)
constraint | blueprint_modules.blueprint_modules_variable_schema_check | CHECK (((jsonb_typeof(variable_schema) = 'object'::text) AND (COALESCE(jsonb_typeof((variable_schema -> 'required'::text)), 'array'::text) = 'array'::text) AND (COALESCE(jsonb_typeof((variable_schema -> 'defaults'::text)), 'object'::text) = 'object'::text)))
constraint | course_tags.course_tags_course_id_fkey | FOREIGN KEY (course_id) REFERENCES generated_courses(id) ON DELETE CASCADE
constraint | course_tags.course_tags_course_id_tag_key | UNIQUE (course_id, tag)
constraint | course_tags.course_tags_pkey | PRIMARY KEY (id)
constraint | exercises.exercises_difficulty_check | CHECK ((difficulty = ANY ('{easy,medium,hard}'::text[])))
constraint | exercises.exercises_hints_check | CHECK ((jsonb_typeof(hints) = 'array'::text))
constraint | exercises.exercises_language_check | CHECK ((language = ANY ('{python,go,java,javascript}'::text[])))
constraint | exercises.exercises_module_id_exercise_number_key | UNIQUE (module_id, exercise_number)
constraint | exercises.exercises_module_id_fkey | FOREIGN KEY (module_id) REFERENCES generated_modules(id) ON DELETE CASCADE
constraint | exercises.exercises_pkey | PRIMARY KEY (id)
constraint | exercises.exercises_points_check | CHECK (((points >= 0) AND (points <= 1000)))
constraint | exercises.exercises_test_cases_check | CHECK ((jsonb_typeof(test_cases) = 'array'::text))
constraint | generated_courses.generated_courses_archetype_id_fkey | FOREIGN KEY (archetype_id) REFERENCES user_archetypes(id) ON DELETE SET NULL
constraint | generated_courses.generated_courses_meta_category_check | CHECK ((meta_category = ANY ('{Digital,Economic,Aesthetic,Biological,Cognitive}'::text[])))
constraint | generated_courses.generated_courses_pkey | PRIMARY KEY (id)
constraint | generated_courses.generated_courses_status_check | CHECK ((status = ANY ('{active,paused,completed,archived}'::text[])))
constraint | generated_courses.generated_courses_user_id_fkey | FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
constraint | generated_modules.generated_modules_blueprint_module_id_fkey | FOREIGN KEY (blueprint_module_id) REFERENCES blueprint_modules(id) ON UPDATE CASCADE ON DELETE SET NULL
constraint | generated_modules.generated_modules_course_id_fkey | FOREIGN KEY (course_id) REFERENCES generated_courses(id) ON DELETE CASCADE
constraint | generated_modules.generated_modules_course_id_module_number_key | UNIQUE (course_id, module_number)
constraint | generated_modules.generated_modules_module_number_check | CHECK (((module_number >= 1) AND (module_number <= 7)))
constraint | generated_modules.generated_modules_pkey | PRIMARY KEY (id)
constraint | generated_modules.generated_modules_status_check | CHECK ((status = ANY ('{locked,active,completed}'::text[])))
constraint | schema_migrations.schema_migrations_checksum_check | CHECK ((checksum ~ '^[0-9a-f]{64}$'::text))
constraint | schema_migrations.schema_migrations_pkey | PRIMARY KEY (id)
constraint | schema_migrations.schema_migrations_version_key | UNIQUE (version)
constraint | user_archetypes.user_archetypes_meta_category_check | CHECK ((meta_category = ANY ('{Digital,Economic,Aesthetic,Biological,Cognitive}'::text[])))
constraint | user_archetypes.user_archetypes_pkey | PRIMARY KEY (id)
constraint | user_archetypes.user_archetypes_skill_level_check | CHECK ((skill_level = ANY ('{novice,analyst,quant}'::text[])))
constraint | user_archetypes.user_archetypes_user_id_fkey | FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
constraint | user_archetypes.user_archetypes_user_id_key | UNIQUE (user_id)
constraint | user_archetypes.user_archetypes_validation_status_check | CHECK ((validation_status = ANY ('{unchecked,pending,valid,rejected}'::text[])))
constraint | user_variables.user_variables_archetype_id_fkey | FOREIGN KEY (archetype_id) REFERENCES user_archetypes(id) ON DELETE SET NULL
constraint | user_variables.user_variables_pkey | PRIMARY KEY (id)
constraint | user_variables.user_variables_user_id_fkey | FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
constraint | user_variables.user_variables_user_id_variable_key_key | UNIQUE (user_id, variable_key)
constraint | user_variables.user_variables_variable_key_check | CHECK ((variable_key ~ '^[A-Z][A-Z0-9_]{0,49}$'::text))
constraint | users.users_email_check | CHECK (((email ~ '^[^@[:space:]]+@[^@[:space:]]+$'::text) AND (char_length(email) <= 255)))
constraint | users.users_email_key | UNIQUE (email)
constraint | users.users_max_visibility_check | CHECK ((max_visibility = ANY ('{public,friends,private}'::text[])))
constraint | users.users_name_check | CHECK (((char_length(name) >= 1) AND (char_length(name) <= 100)))
constraint | users.users_pkey | PRIMARY KEY (id)
dump filter | blueprint_modules | WHERE NOT builtin
dump filter | course_tags | every row
dump filter | exercises | every row
dump filter | generated_courses | every row
dump filter | generated_modules | every row
dump filter | user_archetypes | every row
dump filter | user_variables | every row
dump filter | users | every row
function | authenticate(text,text) | (email text, password text) RETURNS uuid LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 100000 SET search_path=pg_catalog, pg_temp MD5 f766cdf5d10e8e0fa5df240b6a68b81f
function | automation_enabled() | () RETURNS boolean LANGUAGE c STABLE PARALLEL SAFE COST 1 AS $libdir/learnify, automation_enabled
function | blueprint_missing_variables(jsonb) | (variables jsonb) RETURNS TABLE(module_number integer, concept_slug text, missing text[]) LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 1000 ROWS 7 MD5 962df017ca61d3c77f0894eb0342fc74
function | check_course_can_be_generated(user_archetypes,uuid,jsonb) | (archetype user_archetypes, user_id uuid, variables jsonb) RETURNS void LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1000 SET search_path=pg_catalog, pg_temp MD5 8e6a757b7a04b96788dda9f3663fd482
function | check_time_zone() | () RETURNS trigger LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10 SET search_path=pg_catalog, pg_temp MD5 7e6a328609a910cc8afcabe0d447ffba
function | choose_archetype(uuid,text,text,text) | (user_id uuid, meta_category text, domain text, skill_level text) RETURNS uuid LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE SECURITY DEFINER COST 100 SET search_path=pg_catalog, pg_temp MD5 b56957327248a265b9ab49168d0f065d
function | claim_domain_validations(integer) | (n integer DEFAULT 1) RETURNS TABLE(archetype_id uuid, user_id uuid, meta_category text, domain text, skill_level text, variables jsonb) LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 100 ROWS 10 SET search_path=pg_catalog, pg_temp MD5 61c1be4701bdb13f21b182effd555868
function | current_learner() | () RETURNS uuid LANGUAGE c STABLE PARALLEL SAFE COST 1 AS $libdir/learnify, current_learner
function | describe_schema() | () RETURNS TABLE(kind text, object text, definition text) LANGUAGE sql STABLE PARALLEL SAFE COST 100000 ROWS 700 SET search_path=pg_catalog, pg_temp SET quote_all_identifiers=off SET standard_conforming_strings=on SET bytea_output=hex SET DateStyle=ISO, MDY SET IntervalStyle=postgres SET TimeZone=UTC SET extra_float_digits=1 MD5 45c1565e88208e9bb3d30c69617d5f00
function | dummy_password_hash() | () RETURNS text LANGUAGE c STABLE STRICT PARALLEL SAFE COST 1 AS $libdir/learnify, dummy_password_hash
function | generate_course(uuid,jsonb) | (user_id uuid, variables jsonb DEFAULT '{}'::jsonb) RETURNS uuid LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE SECURITY DEFINER COST 10000 SET search_path=pg_catalog, pg_temp MD5 7a0568c17eb07accda61103b4940a477
function | get_variables(uuid) | (user_id uuid) RETURNS jsonb LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 100 MD5 14c7772dcdf433bf2656704bce3b0614
function | hash_password(text) | (password text) RETURNS text LANGUAGE c VOLATILE STRICT PARALLEL SAFE COST 1e+06 AS $libdir/learnify, hash_password
function | inject_variables(jsonb,jsonb,text) | (template jsonb, variables jsonb, missing text DEFAULT 'error'::text) RETURNS jsonb LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50 AS $libdir/learnify, inject_variables_jsonb
function | inject_variables(text,jsonb,text) | (template text, variables jsonb, missing text DEFAULT 'error'::text) RETURNS text LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS $libdir/learnify, inject_variables_text
function | is_time_zone_name(text) | (name text) RETURNS boolean LANGUAGE c STABLE STRICT PARALLEL SAFE COST 10 AS $libdir/learnify, is_time_zone_name
function | missing_variables(uuid) | (user_id uuid) RETURNS TABLE(module_number integer, concept_slug text, missing text[]) LANGUAGE sql STABLE STRICT PARALLEL SAFE SECURITY DEFINER COST 1000 ROWS 7 SET search_path=pg_catalog, pg_temp MD5 d666fda5caa87c4de286bd9ab80f5323
function | record_domain_validation(uuid,jsonb) | (archetype_id uuid, verdict jsonb) RETURNS void LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 100 SET search_path=pg_catalog, pg_temp MD5 f0356019ff3452febc246e83e8cae888
function | refuse_seed_deletion() | () RETURNS trigger LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10 SET search_path=pg_catalog, pg_temp MD5 0ad322841456bbe8f697a309a0b5ab57
function | register_user(text,text,text,text) | (email text, password text, name text, time_zone text DEFAULT 'UTC'::text) RETURNS uuid LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 100000 SET search_path=pg_catalog, pg_temp MD5 b84c40a27a8b43438a4ebe90cf36e001
function | release_edited_seed() | () RETURNS trigger LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10 SET search_path=pg_catalog, pg_temp MD5 efd0721dc9e87c2e6a66e0b4d0f2f044
function | replace_seed_blueprint_module() | () RETURNS trigger LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100 SET search_path=pg_catalog, pg_temp MD5 97debc49cdc634286d4db390d4172a80
function | request_domain_validation(uuid) | (archetype_id uuid) RETURNS void LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 100 SET search_path=pg_catalog, pg_temp MD5 d34411f488da5d1d8efb28efa4e7e3cc
function | require_acting_user(uuid) | (user_id uuid) RETURNS void LANGUAGE c STABLE PARALLEL SAFE COST 1 AS $libdir/learnify, require_acting_user
function | require_user(uuid) | (user_id uuid) RETURNS void LANGUAGE plpgsql STABLE PARALLEL SAFE COST 10 SET search_path=pg_catalog, pg_temp MD5 e3fe984a739a15db0dbca011371c2857
function | schema_fingerprint() | () RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1
function | set_variables(uuid,jsonb) | (user_id uuid, variables jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE SECURITY DEFINER COST 100 SET search_path=pg_catalog, pg_temp MD5 64cb1b09630dce884742f4a12f1661ee
function | template_variables(jsonb,boolean) | (template jsonb, without_default boolean DEFAULT false) RETURNS text[] LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50 AS $libdir/learnify, template_variables_jsonb
function | template_variables(text,boolean) | (template text, without_default boolean DEFAULT false) RETURNS text[] LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS $libdir/learnify, template_variables_text
function | touch_updated_at() | () RETURNS trigger LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10 SET search_path=pg_catalog, pg_temp MD5 92b6cd4dc622b0a778614343a208a08b
function | verify_password(text,text) | (password text, hash text) RETURNS boolean LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1e+06 AS $libdir/learnify, verify_password
function | verify_schema() | () RETURNS TABLE(drift text, kind text, object text, expected text, found text) LANGUAGE sql STABLE PARALLEL SAFE COST 100000 ROWS 10 MD5 d07451762c73f5759c29edd0a31b339a
index | blueprint_modules.blueprint_modules_concept_slug_key | CREATE UNIQUE INDEX blueprint_modules_concept_slug_key ON blueprint_modules USING btree (concept_slug)
index | blueprint_modules.blueprint_modules_module_number_key | CREATE UNIQUE INDEX blueprint_modules_module_number_key ON blueprint_modules USING btree (module_number)
index | blueprint_modules.blueprint_modules_pkey | CREATE UNIQUE INDEX blueprint_modules_pkey ON blueprint_modules USING btree (id)
index | course_tags.course_tags_course_id_tag_key | CREATE UNIQUE INDEX course_tags_course_id_tag_key ON course_tags USING btree (course_id, tag)
index | course_tags.course_tags_pkey | CREATE UNIQUE INDEX course_tags_pkey ON course_tags USING btree (id)
index | course_tags.course_tags_tag_idx | CREATE INDEX course_tags_tag_idx ON course_tags USING btree (tag)
index | exercises.exercises_module_id_exercise_number_key | CREATE UNIQUE INDEX exercises_module_id_exercise_number_key ON exercises USING btree (module_id, exercise_number)
index | exercises.exercises_pkey | CREATE UNIQUE INDEX exercises_pkey ON exercises USING btree (id)
index | generated_courses.generated_courses_archetype_id_idx | CREATE INDEX generated_courses_archetype_id_idx ON generated_courses USING btree (archetype_id)
index | generated_courses.generated_courses_pkey | CREATE UNIQUE INDEX generated_courses_pkey ON generated_courses USING btree (id)
index | generated_courses.generated_courses_user_id_idx | CREATE INDEX generated_courses_user_id_idx ON generated_courses USING btree (user_id)
index | generated_modules.generated_modules_blueprint_module_id_idx | CREATE INDEX generated_modules_blueprint_module_id_idx ON generated_modules USING btree (blueprint_module_id)
index | generated_modules.generated_modules_course_id_module_number_key | CREATE UNIQUE INDEX generated_modules_course_id_module_number_key ON generated_modules USING btree (course_id, module_number)
index | generated_modules.generated_modules_pkey | CREATE UNIQUE INDEX generated_modules_pkey ON generated_modules USING btree (id)
index | schema_migrations.schema_migrations_pkey | CREATE UNIQUE INDEX schema_migrations_pkey ON schema_migrations USING btree (id)
index | schema_migrations.schema_migrations_version_key | CREATE UNIQUE INDEX schema_migrations_version_key ON schema_migrations USING btree (version)
index | user_archetypes.user_archetypes_pending_idx | CREATE INDEX user_archetypes_pending_idx ON user_archetypes USING btree (updated_at) WHERE (validation_status = 'pending'::text)
index | user_archetypes.user_archetypes_pkey | CREATE UNIQUE INDEX user_archetypes_pkey ON user_archetypes USING btree (id)
index | user_archetypes.user_archetypes_user_id_key | CREATE UNIQUE INDEX user_archetypes_user_id_key ON user_archetypes USING btree (user_id)
index | user_variables.user_variables_archetype_id_idx | CREATE INDEX user_variables_archetype_id_idx ON user_variables USING btree (archetype_id)
index | user_variables.user_variables_pkey | CREATE UNIQUE INDEX user_variables_pkey ON user_variables USING btree (id)
index | user_variables.user_variables_user_id_variable_key_key | CREATE UNIQUE INDEX user_variables_user_id_variable_key_key ON user_variables USING btree (user_id, variable_key)
index | users.users_email_key | CREATE UNIQUE INDEX users_email_key ON users USING btree (email)
index | users.users_email_lower_key | CREATE UNIQUE INDEX users_email_lower_key ON users USING btree (lower(email))
index | users.users_pkey | CREATE UNIQUE INDEX users_pkey ON users USING btree (id)
table | blueprint_modules | permanent
table | course_tags | permanent
table | exercises | permanent
table | generated_courses | permanent
table | generated_modules | permanent
table | schema_migrations | permanent
table | user_archetypes | permanent
table | user_variables | permanent
table | users | permanent
trigger | blueprint_modules.blueprint_modules_refuse_seed_deletion | CREATE TRIGGER blueprint_modules_refuse_seed_deletion BEFORE DELETE ON blueprint_modules FOR EACH ROW WHEN ((pg_trigger_depth() = 0)) EXECUTE FUNCTION refuse_seed_deletion()
trigger | blueprint_modules.blueprint_modules_release_edited_seed | CREATE TRIGGER blueprint_modules_release_edited_seed BEFORE UPDATE ON blueprint_modules FOR EACH ROW WHEN (((old.builtin OR new.builtin) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION release_edited_seed()
trigger | blueprint_modules.blueprint_modules_replace_seed | CREATE TRIGGER blueprint_modules_replace_seed BEFORE INSERT ON blueprint_modules FOR EACH ROW WHEN ((NOT new.builtin)) EXECUTE FUNCTION replace_seed_blueprint_module() ENABLED ALWAYS
trigger | blueprint_modules.blueprint_modules_touch_updated_at | CREATE TRIGGER blueprint_modules_touch_updated_at BEFORE UPDATE ON blueprint_modules FOR EACH ROW WHEN (((old.* IS DISTINCT FROM new.*) AND (old.updated_at = new.updated_at))) EXECUTE FUNCTION touch_updated_at()
trigger | generated_courses.generated_courses_touch_updated_at | CREATE TRIGGER generated_courses_touch_updated_at BEFORE UPDATE OF user_id, archetype_id, title, description, meta_category, injected_variables, status ON generated_courses FOR EACH ROW WHEN (((old.* IS DISTINCT FROM new.*) AND (old.updated_at = new.updated_at))) EXECUTE FUNCTION touch_updated_at()
trigger | user_archetypes.user_archetypes_touch_updated_at | CREATE TRIGGER user_archetypes_touch_updated_at BEFORE UPDATE ON user_archetypes FOR EACH ROW WHEN (((old.* IS DISTINCT FROM new.*) AND (old.updated_at = new.updated_at))) EXECUTE FUNCTION touch_updated_at()
trigger | user_variables.user_variables_touch_updated_at | CREATE TRIGGER user_variables_touch_updated_at BEFORE UPDATE ON user_variables FOR EACH ROW WHEN (((old.* IS DISTINCT FROM new.*) AND (old.updated_at = new.updated_at))) EXECUTE FUNCTION touch_updated_at()
trigger | users.users_check_time_zone_insert | CREATE TRIGGER users_check_time_zone_insert BEFORE INSERT ON users FOR EACH ROW WHEN ((new.time_zone <> 'UTC'::text)) EXECUTE FUNCTION check_time_zone()
trigger | users.users_check_time_zone_update | CREATE TRIGGER users_check_time_zone_update BEFORE UPDATE ON users FOR EACH ROW WHEN (((new.time_zone <> 'UTC'::text) AND (new.time_zone <> old.time_zone))) EXECUTE FUNCTION check_time_zone()
trigger | users.users_touch_updated_at | CREATE TRIGGER users_touch_updated_at BEFORE UPDATE OF email, password_hash, name, avatar_url, time_zone, max_visibility, social_enabled ON users FOR EACH ROW WHEN (((old.* IS DISTINCT FROM new.*) AND (old.updated_at = new.updated_at))) EXECUTE FUNCTION touch_updated_at()
$fingerprint$;
INSERT INTO schema_migrations (version, description, checksum, extension_version)
VALUES ('002', 'curriculum', '808259c0e71ac685ab0bb2bd6cf0c9b882e165bf14d4df405b2b8dddeb4a9a77', '0.2.0');
