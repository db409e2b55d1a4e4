-- Rows of 0.2.0: courses, and a blueprint with one module edited, one overridden and one
-- deactivated.
SELECT generate_course(id, '{"FLOW": "a flow"}') FROM users WHERE name <> 'Silent';
UPDATE blueprint_modules SET title_template = 'Objects: {ENTITY}' WHERE module_number = 1;
INSERT INTO blueprint_modules (module_number, concept_slug, title_template, description_template, difficulty, estimated_hours)
VALUES (2, 'mine', 'Mine: {ENTITY}', '', 'beginner', 1);
UPDATE blueprint_modules SET active = false WHERE module_number = 6;
UPDATE generated_courses SET status = 'archived' WHERE user_id = (SELECT id FROM users WHERE name = 'Learner 5');
INSERT INTO course_tags (course_id, tag) SELECT id, 'bread & "butter"' FROM generated_courses;
UPDATE exercises SET hints = '[{"text": "Look", "penalty_points": 10}]';
