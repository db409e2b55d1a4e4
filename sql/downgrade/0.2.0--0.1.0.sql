SELECT refuse_data_loss(
  (SELECT 'blueprint_modules' FROM blueprint_modules WHERE NOT builtin LIMIT 1),
  (SELECT 'generated_courses' FROM generated_courses LIMIT 1),
  (SELECT 'generated_modules' FROM generated_modules LIMIT 1),
  (SELECT 'exercises' FROM exercises LIMIT 1),
  (SELECT 'course_tags' FROM course_tags LIMIT 1));

DROP FUNCTION
  blueprint_missing_variables(jsonb),
  check_course_can_be_generated(user_archetypes, uuid, jsonb),
  generate_course(uuid, jsonb),
  inject_variables(jsonb, jsonb, text),
  inject_variables(text, jsonb, text),
  missing_variables(uuid),
  template_variables(jsonb, boolean),
  template_variables(text, boolean);

ALTER EXTENSION learnify DROP TABLE course_tags;
ALTER EXTENSION learnify DROP TABLE exercises;
ALTER EXTENSION learnify DROP TABLE generated_modules;
ALTER EXTENSION learnify DROP TABLE generated_courses;
ALTER EXTENSION learnify DROP TABLE blueprint_modules;
DROP TABLE course_tags, exercises, generated_modules, generated_courses, blueprint_modules;

DROP FUNCTION
  refuse_seed_deletion(),
  release_edited_seed(),
  replace_seed_blueprint_module();
