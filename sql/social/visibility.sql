CREATE OR REPLACE FUNCTION learnify_internal.limit_visibility(visibility text, maximum text)
RETURNS text
LANGUAGE c
IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'limit_visibility';

COMMENT ON FUNCTION learnify_internal.limit_visibility(text, text) IS 'Returns the narrower of two visibilities';

-- This decides who is named or counted in what followers are shown, and whose résumé they may
-- read. Rows of the feed also have a visibility of their own; see may_read_activity.
CREATE OR REPLACE FUNCTION learnify_internal.is_shown_to_followers(max_visibility text, social_enabled boolean)
RETURNS boolean
LANGUAGE sql
IMMUTABLE PARALLEL SAFE COST 1
BEGIN ATOMIC
  SELECT max_visibility <> 'private' AND social_enabled;
END;

COMMENT ON FUNCTION learnify_internal.is_shown_to_followers(text, boolean) IS 'Returns whether a user with these settings is shown to followers';

CREATE OR REPLACE FUNCTION learnify_internal.has_blocked(user_id uuid, other_id uuid)
RETURNS boolean
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 10
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
  RETURN EXISTS (
    SELECT
    FROM learnify_internal.user_blocks AS b
    WHERE b.user_id = has_blocked.user_id AND b.other_id = has_blocked.other_id);
END
$$;

COMMENT ON FUNCTION learnify_internal.has_blocked(uuid, uuid) IS 'Returns whether the first user has blocked the second';

-- Everything that shows something of a user to another asks this, but for the ticker and the
-- signals of whom a learner follows: those read relationships, of which a block leaves none,
-- and the two settings. It returns a row, since the planner inlines a set-returning function
-- with sub-queries, and no other: for the many people of a page, one statement asks it.
CREATE OR REPLACE FUNCTION learnify_internal.visibilities_to(user_id uuid, viewer_id uuid)
RETURNS TABLE (visibility text)
LANGUAGE sql
STABLE PARALLEL SAFE COST 10 ROWS 1
BEGIN ATOMIC
  SELECT CASE
           WHEN u.id = viewer_id THEN 'private'
           WHEN NOT learnify_internal.is_shown_to_followers(u.max_visibility, u.social_enabled)
                OR EXISTS (SELECT
                           FROM learnify_internal.user_blocks AS b
                           WHERE b.user_id = u.id AND b.other_id = viewer_id) THEN NULL
           WHEN EXISTS (SELECT
                        FROM user_relationships AS r
                        WHERE r.follower_id = viewer_id AND r.following_id = u.id) THEN 'friends'
           WHEN u.max_visibility = 'public' THEN 'public'
         END
  FROM users AS u
  WHERE u.id = visibilities_to.user_id;
END;

COMMENT ON FUNCTION learnify_internal.visibilities_to(uuid, uuid) IS 'Returns what visibility_to returns, in one row; no row where there is no such user';

-- PL/pgSQL keeps the plan for the session, where SQL would plan it for each query.
CREATE OR REPLACE FUNCTION learnify_internal.visibility_to(user_id uuid, viewer_id uuid)
RETURNS text
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 100
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
  RETURN (SELECT v.visibility FROM learnify_internal.visibilities_to(visibility_to.user_id, visibility_to.viewer_id) AS v);
END
$$;

COMMENT ON FUNCTION learnify_internal.visibility_to(uuid, uuid) IS 'Returns the narrowest visibility of what a viewer may read about a user: private for the user''s own account, friends for a follower, public for others, NULL if the viewer may read nothing';

CREATE OR REPLACE FUNCTION learnify_internal.may_see_activity(actor uuid, visibility text, viewer_id uuid)
RETURNS boolean
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 100
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
  RETURN CASE learnify_internal.visibility_to(actor, viewer_id)
    WHEN 'private' THEN true
    WHEN 'friends' THEN visibility IN ('public', 'friends')
    WHEN 'public' THEN visibility = 'public'
    ELSE false
  END;
END
$$;

COMMENT ON FUNCTION learnify_internal.may_see_activity(uuid, text, uuid) IS 'Returns whether a viewer may read an activity of this visibility of a user';

CREATE OR REPLACE FUNCTION learnify_internal.former_author()
RETURNS uuid
LANGUAGE sql
IMMUTABLE PARALLEL SAFE COST 1
BEGIN ATOMIC
  SELECT uuid '6c656172-6e69-8679-8000-00000000ffff';
END;

COMMENT ON FUNCTION learnify_internal.former_author() IS 'Returns the account that keeps the courses of erased authors';

-- A course shows its author: the title names what the author wants to learn through. So it is
-- shown to whom the author is shown, and to those who take it. The courses of erased authors
-- show nobody.
CREATE OR REPLACE FUNCTION learnify_internal.shown_course(course_id uuid, author_id uuid, viewer_id uuid)
RETURNS TABLE (id uuid)
LANGUAGE sql
STABLE PARALLEL SAFE COST 10 ROWS 1
BEGIN ATOMIC
  SELECT course_id
  WHERE author_id = learnify_internal.former_author()
        OR EXISTS (SELECT FROM learnify_internal.visibilities_to(author_id, viewer_id) AS v WHERE v.visibility IS NOT NULL)
        OR EXISTS (SELECT
                   FROM user_progress AS p
                   WHERE p.user_id = viewer_id AND p.course_id = shown_course.course_id);
END;

COMMENT ON FUNCTION learnify_internal.shown_course(uuid, uuid, uuid) IS 'Returns the course if a viewer may see it, because the author may be seen, or has been erased, or the viewer takes the course; no row if not';

CREATE OR REPLACE FUNCTION learnify_internal.may_see_course(course_id uuid, author_id uuid, viewer_id uuid)
RETURNS boolean
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 200
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
  RETURN EXISTS (SELECT FROM learnify_internal.shown_course(may_see_course.course_id, author_id, viewer_id));
END
$$;

COMMENT ON FUNCTION learnify_internal.may_see_course(uuid, uuid, uuid) IS 'Returns whether a viewer may see a course of this author, by the rule of shown_course';

CREATE OR REPLACE FUNCTION learnify_internal.may_see_module(module_id uuid, viewer_id uuid)
RETURNS boolean
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 200
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
  RETURN (
    SELECT learnify_internal.may_see_course(c.id, c.user_id, viewer_id)
    FROM @extschema@.generated_modules AS m
    JOIN @extschema@.generated_courses AS c ON c.id = m.course_id
    WHERE m.id = may_see_module.module_id);
END
$$;

COMMENT ON FUNCTION learnify_internal.may_see_module(uuid, uuid) IS 'Returns whether a viewer may see the course of a module';
