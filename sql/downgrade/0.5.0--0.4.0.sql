SELECT refuse_data_loss(
  (SELECT 'recommendations' FROM recommendations LIMIT 1),
  (SELECT 'trending_courses' FROM trending_courses LIMIT 1),
  (SELECT 'user_course_interactions' FROM user_course_interactions LIMIT 1),
  (SELECT 'generated_courses.similar_course_ids' FROM generated_courses WHERE similar_course_ids <> '{}' LIMIT 1),
  (SELECT 'generated_courses.similar_course_weights' FROM generated_courses WHERE similar_course_weights <> '{}' LIMIT 1),
  (SELECT 'generated_courses.similarity_intercept' FROM generated_courses WHERE similarity_intercept <> 0 LIMIT 1),
  (SELECT 'generated_courses.learner_count' FROM generated_courses WHERE learner_count <> 0 LIMIT 1),
  (SELECT 'generated_courses.next_tags' FROM generated_courses WHERE next_tags <> '[]' LIMIT 1));

ALTER EXTENSION learnify DROP TABLE user_course_interactions;
ALTER EXTENSION learnify DROP TABLE trending_courses;
ALTER EXTENSION learnify DROP TABLE recommendations;
DROP TABLE user_course_interactions, trending_courses, recommendations;

DROP INDEX generated_courses_learner_count_idx, generated_courses_meta_category_learner_count_idx;
ALTER TABLE generated_courses
  DROP COLUMN next_tags,
  DROP COLUMN learner_count,
  DROP COLUMN similarity_intercept,
  DROP COLUMN similar_course_weights,
  DROP COLUMN similar_course_ids;

DROP AGGREGATE trending_velocity(timestamptz, timestamptz), window_signups(timestamptz, timestamptz);
DROP FUNCTION
  trending_velocity_accum(bigint[], timestamptz, timestamptz),
  trending_velocity_combine(bigint[], bigint[]),
  trending_velocity_final(bigint[]),
  velocity(bigint, bigint),
  velocity_label(double precision),
  velocity_lower_bound(bigint, bigint, double precision, double precision);
