-- regenerate_course renders a course anew after its variables or the blueprint have changed. What
-- has been edited by hand, which is not as it was rendered any more, is kept.

CREATE OR REPLACE FUNCTION learnify_internal.changed_columns(present generated_modules, wanted generated_modules)
RETURNS text[]
LANGUAGE sql
STABLE PARALLEL SAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT array_remove(ARRAY[
    CASE WHEN present.title <> wanted.title THEN 'title' END,
    CASE WHEN present.description <> wanted.description THEN 'description' END,
    CASE WHEN present.content <> wanted.content THEN 'content' END], NULL)
$$;

COMMENT ON FUNCTION learnify_internal.changed_columns(generated_modules, generated_modules) IS 'Returns the columns in which a module differs from what is rendered';

CREATE OR REPLACE FUNCTION learnify_internal.changed_columns(present exercises, wanted exercises)
RETURNS text[]
LANGUAGE sql
STABLE PARALLEL SAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT array_remove(ARRAY[
    CASE WHEN present.title <> wanted.title THEN 'title' END,
    CASE WHEN present.description <> wanted.description THEN 'description' END,
    CASE WHEN present.language <> wanted.language THEN 'language' END,
    CASE WHEN present.starter_code <> wanted.starter_code THEN 'starter_code' END,
    CASE WHEN present.solution_code <> wanted.solution_code THEN 'solution_code' END,
    CASE WHEN present.test_cases <> wanted.test_cases THEN 'test_cases' END,
    CASE WHEN present.difficulty <> wanted.difficulty THEN 'difficulty' END,
    CASE WHEN present.points <> wanted.points THEN 'points' END,
    CASE WHEN present.hints <> wanted.hints THEN 'hints' END], NULL)
$$;

COMMENT ON FUNCTION learnify_internal.changed_columns(exercises, exercises) IS 'The same for an exercise';

CREATE OR REPLACE FUNCTION learnify_internal.kind_of_change(columns text[], is_edited boolean)
RETURNS text
LANGUAGE sql
IMMUTABLE PARALLEL SAFE COST 1
BEGIN ATOMIC
  SELECT CASE WHEN columns <> '{}' THEN CASE WHEN is_edited THEN 'kept' ELSE 'changed' END END;
END;

COMMENT ON FUNCTION learnify_internal.kind_of_change(text[], boolean) IS 'Returns what regenerate_course does to a row that differs in these columns from what is rendered, NULL for nothing';

-- Earlier versions have not said what a row was rendered from: it has been edited unless it is what
-- the course's earlier variables render now.
CREATE OR REPLACE FUNCTION learnify_internal.regenerate_module(present generated_modules, wanted generated_modules, earlier generated_modules,
                                             overwrite boolean, OUT module generated_modules, OUT columns text[], OUT change text)
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  digest CONSTANT text := coalesce(present.rendered ->> 'digest', earlier.rendered ->> 'digest');
BEGIN
  columns := learnify_internal.changed_columns(present, wanted);
  change := learnify_internal.kind_of_change(
    columns, NOT overwrite AND learnify_internal.rendering_digest(present) IS DISTINCT FROM digest);
  module := present;
  module.retired := false;
  module.rendered := wanted.rendered;
  IF change = 'kept' THEN
    module.rendered := wanted.rendered || jsonb_build_object('digest', digest);
  ELSE
    module.title := wanted.title;
    module.description := wanted.description;
    module.content := wanted.content;
  END IF;
END
$$;

COMMENT ON FUNCTION learnify_internal.regenerate_module(generated_modules, generated_modules, generated_modules, boolean) IS 'Returns a module as regenerate_course leaves it, with what changes';

CREATE OR REPLACE FUNCTION learnify_internal.regenerate_exercise(present exercises, wanted exercises, earlier exercises,
                                               overwrite boolean, OUT exercise exercises, OUT columns text[], OUT change text)
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  digest CONSTANT text := coalesce(present.rendered ->> 'digest', earlier.rendered ->> 'digest');
BEGIN
  columns := learnify_internal.changed_columns(present, wanted);
  change := learnify_internal.kind_of_change(
    columns, NOT overwrite AND learnify_internal.rendering_digest(present) IS DISTINCT FROM digest);
  exercise := present;
  exercise.retired := false;
  exercise.rendered := wanted.rendered;
  IF change = 'kept' THEN
    exercise.rendered := wanted.rendered || jsonb_build_object('digest', digest);
  ELSE
    exercise.title := wanted.title;
    exercise.description := wanted.description;
    exercise.language := wanted.language;
    exercise.starter_code := wanted.starter_code;
    exercise.solution_code := wanted.solution_code;
    exercise.test_cases := wanted.test_cases;
    exercise.difficulty := wanted.difficulty;
    exercise.points := wanted.points;
    exercise.hints := wanted.hints;
  END IF;
END
$$;

COMMENT ON FUNCTION learnify_internal.regenerate_exercise(exercises, exercises, exercises, boolean) IS 'Returns an exercise as regenerate_course leaves it, with what changes';

CREATE OR REPLACE FUNCTION learnify_internal.write_regenerated(modules generated_modules[], exercises exercises[])
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
BEGIN
  UPDATE @extschema@.generated_modules AS m
  SET title = u.title,
      description = u.description,
      content = u.content,
      rendered = u.rendered,
      retired = u.retired
  FROM unnest(modules) AS u
  WHERE m.id = u.id;
  UPDATE @extschema@.exercises AS e
  SET title = u.title,
      description = u.description,
      language = u.language,
      starter_code = u.starter_code,
      solution_code = u.solution_code,
      test_cases = u.test_cases,
      difficulty = u.difficulty,
      points = u.points,
      hints = u.hints,
      rendered = u.rendered,
      retired = u.retired
  FROM unnest(exercises) AS u
  WHERE e.id = u.id;
END
$$;

COMMENT ON FUNCTION learnify_internal.write_regenerated(generated_modules[], exercises[]) IS 'Updates modules and exercises that have been rendered anew';

-- Title and description are compared separately: an author may have edited only one of them.
CREATE OR REPLACE FUNCTION learnify_internal.plan_course(course generated_courses, wanted generated_courses, earlier generated_courses,
                                       overwrite boolean, OUT changed text[], OUT kept text[])
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  SELECT coalesce(array_agg(t.name ORDER BY t.name DESC) FILTER (WHERE overwrite OR md5(t.present) = t.digest), '{}'),
         coalesce(array_agg(t.name ORDER BY t.name DESC) FILTER (WHERE NOT overwrite AND md5(t.present) <> t.digest), '{}')
  INTO changed, kept
  FROM (VALUES
    ('title', course.title, wanted.title, coalesce(course.rendered ->> 'title', md5(earlier.title))),
    ('description', course.description, wanted.description, coalesce(course.rendered ->> 'description', md5(earlier.description)))
  ) AS t (name, present, wanted, digest)
  WHERE t.present <> t.wanted;
  IF wanted.meta_category <> course.meta_category THEN
    changed := changed || 'meta_category'::text;
  END IF;
  IF wanted.injected_variables <> course.injected_variables THEN
    changed := changed || 'injected_variables'::text;
  END IF;
END
$$;

COMMENT ON FUNCTION learnify_internal.plan_course(generated_courses, generated_courses, generated_courses, boolean) IS 'Returns the columns of a course that regenerate_course changes, and those edited by hand that it keeps';

CREATE OR REPLACE FUNCTION learnify_internal.write_course(course generated_courses, wanted generated_courses, earlier generated_courses, kept text[])
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  rendering CONSTANT jsonb := wanted.rendered
    || CASE WHEN 'title' = ANY (kept) THEN jsonb_build_object('title', coalesce(course.rendered ->> 'title', md5(earlier.title))) ELSE '{}' END
    || CASE WHEN 'description' = ANY (kept)
         THEN jsonb_build_object('description', coalesce(course.rendered ->> 'description', md5(earlier.description))) ELSE '{}' END;
BEGIN
  UPDATE @extschema@.generated_courses AS c
  SET title = CASE WHEN 'title' = ANY (kept) THEN c.title ELSE wanted.title END,
      description = CASE WHEN 'description' = ANY (kept) THEN c.description ELSE wanted.description END,
      meta_category = wanted.meta_category,
      archetype_id = wanted.archetype_id,
      injected_variables = wanted.injected_variables,
      rendered = rendering
  WHERE c.id = course.id;
END
$$;

COMMENT ON FUNCTION learnify_internal.write_course(generated_courses, generated_courses, generated_courses, text[]) IS 'Updates a course that has been rendered anew, except for the columns that are kept';

-- number is that of the blueprint's module; exercises are those of the blueprint, and known is how
-- many of them have been rendered before.
CREATE OR REPLACE FUNCTION learnify_internal.plan_modules(course generated_courses, variables jsonb, earlier_variables jsonb, overwrite boolean)
RETURNS TABLE (module generated_modules, change text, columns text[], is_new boolean, is_changed boolean, is_put_back boolean, number integer,
               exercises jsonb, earlier_exercises jsonb, known integer)
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 10000 ROWS 7
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  m record;
  step record;
  taken integer[] := ARRAY(SELECT g.module_number FROM @extschema@.generated_modules AS g WHERE g.course_id = course.id);
  is_unknown CONSTANT boolean := EXISTS (
    SELECT
    FROM @extschema@.generated_modules AS g
    WHERE g.course_id = course.id AND g.blueprint_module_id IS NOT NULL AND g.rendered IS NULL);
BEGIN
  FOR m IN
    SELECT w.module AS wanted, w.exercises, p AS present, o.module AS earlier, o.exercises AS earlier_exercises
    FROM learnify_internal.render_modules(variables) AS w
    LEFT JOIN @extschema@.generated_modules AS p ON p.course_id = course.id AND p.blueprint_module_id = (w.module).blueprint_module_id
    LEFT JOIN (SELECT * FROM learnify_internal.render_modules(earlier_variables) WHERE is_unknown) AS o
      ON (o.module).blueprint_module_id = (w.module).blueprint_module_id
    ORDER BY coalesce(p.module_number, (w.module).module_number), p.id
  LOOP
    module := m.wanted;
    number := module.module_number;
    columns := '{}';
    is_new := false;
    is_changed := false;
    is_put_back := coalesce((m.present).retired, false);
    exercises := NULL;
    earlier_exercises := m.earlier_exercises;
    known := ((m.present).rendered -> 'exercises')::integer;
    IF (m.present).id IS NOT NULL THEN
      SELECT * INTO step FROM learnify_internal.regenerate_module(m.present, m.wanted, m.earlier, overwrite);
      module := step.module;
      change := step.change;
      columns := step.columns;
      is_changed := module IS DISTINCT FROM m.present;
      exercises := m.exercises;
    ELSIF NOT overwrite AND course.rendered -> 'modules' @> to_jsonb(number) THEN
      change := 'left_out';
    ELSE
      -- its own number, or else the next one that is free
      module.module_number := (
        SELECT n
        FROM generate_series(1, 7) AS n
        WHERE n <> ALL (taken)
        ORDER BY n <> module.module_number, n < module.module_number, n
        LIMIT 1);
      is_new := module.module_number IS NOT NULL;
      change := CASE WHEN is_new THEN 'added' ELSE 'no_room' END;
      IF is_new THEN
        taken := taken || module.module_number;
        module.id := gen_random_uuid();
        module.course_id := course.id;
        module.status := 'locked';
        exercises := m.exercises;
      END IF;
    END IF;
    RETURN NEXT;
  END LOOP;

  columns := '{}';
  is_new := false;
  is_changed := true;
  is_put_back := false;
  change := 'taken_out';
  number := NULL;
  exercises := NULL;
  FOR module IN
    SELECT p.*
    FROM @extschema@.generated_modules AS p
    WHERE p.course_id = course.id AND NOT p.retired AND p.blueprint_module_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM @extschema@.blueprint_modules AS b WHERE b.id = p.blueprint_module_id AND b.active)
    ORDER BY p.module_number
  LOOP
    module.retired := true;
    RETURN NEXT;
  END LOOP;
END
$$;

COMMENT ON FUNCTION learnify_internal.plan_modules(generated_courses, jsonb, jsonb, boolean) IS 'Returns what regenerate_course does to the modules of a course, with the modules as it leaves them';

-- An exercise is known by the module and the place where it was rendered, wherever it is now.
CREATE OR REPLACE FUNCTION learnify_internal.plan_exercises(module generated_modules, templates jsonb, earlier_templates jsonb, known integer,
                                          overwrite boolean)
RETURNS TABLE (exercise exercises, change text, columns text[], is_new boolean, is_changed boolean, is_put_back boolean, module_number integer)
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000 ROWS 3
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  e record;
  step record;
  taken integer[] := ARRAY(SELECT x.exercise_number FROM @extschema@.exercises AS x WHERE x.module_id = module.id);
BEGIN
  FOR e IN
    SELECT w AS wanted, p AS present, g.module_number, o AS earlier
    FROM learnify_internal.render_exercises(module.id, module.module_number, templates) AS w
    LEFT JOIN (@extschema@.exercises AS p JOIN @extschema@.generated_modules AS g ON g.id = p.module_id AND g.course_id = module.course_id)
      ON p.rendered ->> 'module_id' = module.id::text AND (p.rendered -> 'number')::integer = w.exercise_number
      OR p.rendered IS NULL AND known IS NULL AND p.module_id = module.id AND p.exercise_number = w.exercise_number
    LEFT JOIN learnify_internal.render_exercises(module.id, module.module_number, earlier_templates) AS o
      ON o.exercise_number = w.exercise_number
    ORDER BY w.exercise_number, p.id
  LOOP
    exercise := e.wanted;
    columns := '{}';
    is_changed := false;
    is_put_back := coalesce((e.present).retired, false);
    is_new := false;
    module_number := coalesce(e.module_number, module.module_number);
    IF (e.present).id IS NOT NULL THEN
      SELECT * INTO step FROM learnify_internal.regenerate_exercise(e.present, e.wanted, e.earlier, overwrite);
      exercise := step.exercise;
      change := step.change;
      columns := step.columns;
      is_changed := exercise IS DISTINCT FROM e.present;
    ELSIF NOT overwrite AND exercise.exercise_number <= known THEN
      change := 'left_out';
    ELSE
      change := 'added';
      is_new := true;
      IF exercise.exercise_number = ANY (taken) THEN
        exercise.exercise_number := (SELECT max(t.number) + 1 FROM unnest(taken) AS t (number));
      END IF;
      taken := taken || exercise.exercise_number;
    END IF;
    RETURN NEXT;
  END LOOP;

  columns := '{}';
  is_new := false;
  is_changed := true;
  is_put_back := false;
  change := 'taken_out';
  FOR e IN
    SELECT p AS present, g.module_number
    FROM @extschema@.exercises AS p
    JOIN @extschema@.generated_modules AS g ON g.id = p.module_id
    WHERE g.course_id = module.course_id AND NOT p.retired AND p.rendered ->> 'module_id' = module.id::text
      AND (p.rendered -> 'number')::integer > jsonb_array_length(templates)
    ORDER BY p.exercise_number
  LOOP
    exercise := e.present;
    exercise.retired := true;
    module_number := e.module_number;
    RETURN NEXT;
  END LOOP;
END
$$;

COMMENT ON FUNCTION learnify_internal.plan_exercises(generated_modules, jsonb, jsonb, integer, boolean) IS 'Returns what regenerate_course does to the exercises of a module, with the exercises as it leaves them';

-- A tag that was generated before and is not there has been deleted by hand.
CREATE OR REPLACE FUNCTION learnify_internal.plan_tags(course generated_courses, tags text[], overwrite boolean)
RETURNS TABLE (tag text, change text)
LANGUAGE sql
STABLE PARALLEL SAFE COST 100 ROWS 3
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT t.tag, 'taken_out'
  FROM @extschema@.course_tags AS t
  WHERE t.course_id = course.id AND course.rendered -> 'tags' ? t.tag AND t.tag <> ALL (tags)
  UNION ALL
  SELECT n.tag, 'added'
  FROM unnest(tags) AS n (tag)
  WHERE (overwrite OR NOT coalesce(course.rendered -> 'tags' ? n.tag, false))
    AND NOT EXISTS (SELECT FROM @extschema@.course_tags AS t WHERE t.course_id = course.id AND t.tag = n.tag)
  ORDER BY 2, 1
$$;

COMMENT ON FUNCTION learnify_internal.plan_tags(generated_courses, text[], boolean) IS 'Returns the tags that regenerate_course adds to a course and takes out';

-- The course is locked, then its modules and exercises, as a change of the content by plain statements
-- locks them; the content itself is locked only where something is added.
CREATE OR REPLACE FUNCTION learnify_internal.hold_course_rows(course_id uuid)
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
BEGIN
  PERFORM FROM @extschema@.generated_modules AS m WHERE m.course_id = hold_course_rows.course_id ORDER BY m.module_number FOR NO KEY UPDATE;
  PERFORM
  FROM @extschema@.exercises AS e
  WHERE e.module_id IN (SELECT m.id FROM @extschema@.generated_modules AS m WHERE m.course_id = hold_course_rows.course_id)
  ORDER BY e.id
  FOR NO KEY UPDATE;
END
$$;

COMMENT ON FUNCTION learnify_internal.hold_course_rows(uuid) IS 'Locks the modules and exercises of a course for an update';

CREATE OR REPLACE FUNCTION regenerate_course(course_id uuid, dry_run boolean DEFAULT false, variables jsonb DEFAULT '{}',
                                             overwrite boolean DEFAULT false)
RETURNS TABLE (object text, id uuid, module_number integer, exercise_number integer, change text, columns text[], title text)
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 10000 ROWS 20
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
  course @extschema@.generated_courses;
  wanted @extschema@.generated_courses;
  earlier @extschema@.generated_courses;
  archetype @extschema@.user_archetypes;
  given jsonb;
  injected jsonb;
  tags text[];
  plan record;
  m record;
  e record;
  numbers integer[];
  changed_modules @extschema@.generated_modules[] := '{}';
  changed_exercises @extschema@.exercises[] := '{}';
  new_modules @extschema@.generated_modules[] := '{}';
  new_exercises @extschema@.exercises[] := '{}';
BEGIN
  PERFORM learnify_internal.require_arguments('course_id', course_id, 'dry_run', dry_run, 'variables', variables, 'overwrite', overwrite);
  PERFORM learnify_internal.hold_own_course(course_id);
  IF NOT dry_run THEN
    PERFORM learnify_internal.hold_course_rows(course_id);
  END IF;
  SELECT * INTO course FROM @extschema@.generated_courses AS c WHERE c.id = regenerate_course.course_id;
  IF course.user_id = learnify_internal.former_author() THEN
    RAISE EXCEPTION 'the author of course % has been erased', course_id
      USING ERRCODE = 'object_not_in_prerequisite_state',
            COLUMN = 'course_id',
            HINT = 'Give the course another author first: UPDATE generated_courses SET user_id = ...';
  END IF;
  SELECT * INTO archetype FROM @extschema@.user_archetypes AS a WHERE a.user_id = course.user_id;
  given := learnify_internal.given_variables(coalesce(course.rendered -> 'variables', '{}') || variables);
  injected := learnify_internal.variables_to_inject(course.injected_variables || @extschema@.get_variables(course.user_id) || given);
  PERFORM learnify_internal.check_course_can_be_generated(archetype, course.user_id, injected);
  tags := learnify_internal.tags_of_archetype(archetype);
  wanted := learnify_internal.render_course(injected);
  wanted.meta_category := archetype.meta_category;
  wanted.archetype_id := archetype.id;
  earlier := learnify_internal.render_course(injected || course.injected_variables);

  SELECT * INTO plan FROM learnify_internal.plan_course(course, wanted, earlier, overwrite);
  object := 'course';
  id := course.id;
  title := CASE WHEN 'title' = ANY (plan.kept) THEN course.title ELSE wanted.title END;
  FOR change, columns IN VALUES ('changed', plan.changed), ('kept', plan.kept) LOOP
    IF columns <> '{}' THEN
      RETURN NEXT;
    END IF;
  END LOOP;

  numbers := ARRAY(SELECT n::integer FROM jsonb_array_elements_text(coalesce(course.rendered -> 'modules', '[]')) AS n);
  FOR m IN SELECT * FROM learnify_internal.plan_modules(course, injected, injected || course.injected_variables, overwrite) LOOP
    IF m.is_new THEN
      new_modules := new_modules || m.module;
    ELSIF m.is_changed THEN
      changed_modules := changed_modules || m.module;
    END IF;
    IF m.change <> 'no_room' AND m.number IS NOT NULL THEN
      numbers := numbers || m.number;
    END IF;
    object := 'module';
    id := CASE WHEN NOT m.is_new THEN (m.module).id END;
    module_number := coalesce((m.module).module_number, m.number);
    exercise_number := NULL;
    change := m.change;
    columns := m.columns;
    title := (m.module).title;
    IF change IS NOT NULL THEN
      RETURN NEXT;
    END IF;
    IF m.is_put_back THEN
      change := 'put_back';
      columns := '{}';
      RETURN NEXT;
    END IF;
    CONTINUE WHEN m.exercises IS NULL;

    object := 'exercise';
    FOR e IN SELECT * FROM learnify_internal.plan_exercises(m.module, m.exercises, m.earlier_exercises, m.known, overwrite) LOOP
      IF e.is_new THEN
        new_exercises := new_exercises || e.exercise;
      ELSIF e.is_changed THEN
        changed_exercises := changed_exercises || e.exercise;
      END IF;
      id := CASE WHEN NOT e.is_new AND e.change IS DISTINCT FROM 'left_out' THEN (e.exercise).id END;
      module_number := e.module_number;
      exercise_number := (e.exercise).exercise_number;
      change := e.change;
      columns := e.columns;
      title := (e.exercise).title;
      IF change IS NOT NULL THEN
        RETURN NEXT;
      END IF;
      IF e.is_put_back THEN
        change := 'put_back';
        columns := '{}';
        RETURN NEXT;
      END IF;
    END LOOP;
  END LOOP;

  object := 'tag';
  id := NULL;
  module_number := NULL;
  exercise_number := NULL;
  columns := '{}';
  FOR title, change IN SELECT * FROM learnify_internal.plan_tags(course, tags, overwrite) LOOP
    RETURN NEXT;
    IF NOT dry_run AND change = 'added' THEN
      INSERT INTO @extschema@.course_tags (course_id, tag) VALUES (course.id, title);
    ELSIF NOT dry_run THEN
      DELETE FROM @extschema@.course_tags AS t WHERE t.course_id = course.id AND t.tag = title;
    END IF;
  END LOOP;

  IF NOT dry_run THEN
    wanted.rendered := learnify_internal.rendering_of_course(wanted, given, ARRAY(SELECT DISTINCT n FROM unnest(numbers) AS n ORDER BY n), tags);
    PERFORM learnify_internal.write_course(course, wanted, earlier, plan.kept);
    PERFORM learnify_internal.write_regenerated(changed_modules, changed_exercises);
    PERFORM learnify_internal.write_rendered(new_modules, new_exercises);
  END IF;
END
$$;

REVOKE EXECUTE ON FUNCTION regenerate_course(uuid, boolean, jsonb, boolean) FROM PUBLIC;

COMMENT ON FUNCTION regenerate_course(uuid, boolean, jsonb, boolean) IS 'Renders a course anew from its author''s variables and the blueprint, under the same ids, and returns what changes; with dry_run, changes nothing. What was edited by hand is kept, unless overwrite is true';
