CREATE OR REPLACE FUNCTION learnify_internal.shipped_achievements()
RETURNS TABLE (id uuid, name text, description text, badge_icon text, criteria jsonb, rarity text,
               created_at timestamptz, slug text, builtin boolean, active boolean)
LANGUAGE sql
IMMUTABLE PARALLEL SAFE COST 10 ROWS 10
BEGIN ATOMIC
  SELECT v.id, v.name, v.description, v.badge_icon, v.criteria, v.rarity,
         timestamptz '2026-01-01 00:00:00+00', v.slug, true, true
  FROM (VALUES
      (uuid '6c656172-6e69-8679-8000-000000000101', 'first-module', 'First Module',
       'Completed a first module', 'module', jsonb '{"metric": "modules_completed", "at_least": 1}',
       'common'),
      ('6c656172-6e69-8679-8000-000000000102', 'first-course', 'First Course',
       'Completed a first course', 'course', '{"metric": "courses_completed", "at_least": 1}',
       'rare'),
      ('6c656172-6e69-8679-8000-000000000103', 'perfect-score', 'Flawless',
       'Scored 100 on an exercise', 'star', '{"metric": "perfect_scores", "at_least": 1}',
       'common'),
      ('6c656172-6e69-8679-8000-000000000104', 'ten-exercises', 'Ten Solved',
       'Solved 10 exercises', 'bronze', '{"metric": "exercises_solved", "at_least": 10}',
       'common'),
      ('6c656172-6e69-8679-8000-000000000105', 'fifty-exercises', 'Fifty Solved',
       'Solved 50 exercises', 'silver', '{"metric": "exercises_solved", "at_least": 50}',
       'rare'),
      ('6c656172-6e69-8679-8000-000000000106', 'hundred-exercises', 'Hundred Solved',
       'Solved 100 exercises', 'gold', '{"metric": "exercises_solved", "at_least": 100}',
       'epic'),
      ('6c656172-6e69-8679-8000-000000000107', 'seven-day-streak', 'Seven in a Row',
       'Learned on 7 consecutive days', 'flame', '{"metric": "streak_days", "at_least": 7}',
       'rare'),
      ('6c656172-6e69-8679-8000-000000000108', 'three-courses', 'Three Courses',
       'Completed 3 courses', 'trophy', '{"metric": "courses_completed", "at_least": 3}',
       'epic'),
      ('6c656172-6e69-8679-8000-000000000109', 'reviewers-choice', 'Reviewers'' Choice',
       'Averaged 90 or more over at least 5 reviews', 'medal',
       '{"metric": "review_average", "at_least": 90, "reviews_received": 5}',
       'epic'),
      ('6c656172-6e69-8679-8000-000000000110', 'hundred-hours', 'Hundred Hours',
       'Learned for 100 hours', 'clock', '{"metric": "hours_learned", "at_least": 100}',
       'legendary')
    ) AS v (id, slug, name, description, badge_icon, criteria, rarity);
END;

COMMENT ON FUNCTION learnify_internal.shipped_achievements() IS 'Returns the rows of achievements that ship';
