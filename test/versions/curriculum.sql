-- Rows of 0.2.0: courses, and a blueprint with one module edited, one replaced
-- and one out of use.
SELECT generate_course(id, '{"FLOW": "a flow"}') FROM users WHERE name <> 'Silent';
UPDATE blueprint_modules SET title_template = 'Objects: {ENTITY}' WHERE module_number = 1;
-- from 1.0.0 on, the replacement is warned of
SET client_min_messages = error; SET log_min_messages = error;
INSERT INTO blueprint_modules (module_number, concept_slug, title_template, description_template, difficulty, estimated_hours)
VALUES (2, 'mine', 'Mine: {ENTITY}', '', 'beginner', 1);
RESET client_min_messages; RESET log_min_messages;
UPDATE blueprint_modules SET active = false WHERE module_number = 6;
UPDATE generated_courses SET status = 'archived' WHERE user_id = (SELECT id FROM users WHERE name = 'Learner 5');
INSERT INTO course_tags (course_id, tag) SELECT id, 'bread & "butter"' FROM generated_courses;
UPDATE exercises SET hints = '[{"text": "Look", "penalty_points": 10}]';
