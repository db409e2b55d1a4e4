SELECT refuse_data_loss(
  (SELECT 'user_progress' FROM user_progress LIMIT 1),
  (SELECT 'module_completions' FROM module_completions LIMIT 1),
  (SELECT 'architecture_reviews' FROM architecture_reviews LIMIT 1));

DROP FUNCTION
  course_outline(uuid, uuid),
  lock_learner(uuid),
  module_state(uuid, uuid),
  module_states(uuid, uuid),
  record_review(uuid, integer, integer, integer, integer, jsonb),
  require_open_course(uuid),
  start_course(uuid, uuid),
  submit_exercise(uuid, uuid, text, text, jsonb, integer, integer),
  test_case_passed(jsonb);

ALTER EXTENSION learnify DROP TABLE architecture_reviews;
ALTER EXTENSION learnify DROP TABLE module_completions;
ALTER EXTENSION learnify DROP TABLE user_progress;
DROP TABLE architecture_reviews, module_completions, user_progress;

DROP FUNCTION
  fill_overall_score(),
  prepare_review(),
  prepare_submission();
