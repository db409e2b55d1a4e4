-- The platform of the story: two people who have learned for a while, and the roles of an
-- application. Many of their rows fall into the same millisecond, and some into the same
-- microsecond, so that pages whose cursor has been rounded can be told from those that are right.
CREATE EXTENSION learnify;
SELECT grant_backend('story_backend'), grant_learner('story_learner') \g /dev/null

SELECT register_user(lower(name) || '@example.com', 'learn by doing', name, time_zone)
FROM (VALUES ('Noor', 'Asia/Dubai'), ('Malik', 'America/New_York')) AS p (name, time_zone) \g /dev/null
SELECT choose_archetype(u.id, p.meta_category, p.domain, p.skill_level), set_variables(u.id, p.variables), generate_course(u.id)
FROM users AS u
JOIN (VALUES
  ('Noor', 'Economic', 'stock trading', 'quant', '{
    "ENTITY": "limit order", "STATE": "filled quantity", "LOGIC": "price-limit check", "FLOW": "order matching",
    "CONTAINER": "order book", "EDGE_CASE": "partial fill", "INTERFACE": "execution venue", "VARIANT": "dark pool",
    "EVENT": "market tick", "CAPSTONE_GOAL": "a paper-trading simulator"}'::jsonb),
  ('Malik', 'Aesthetic', 'sneaker collecting', 'novice', '{
    "ENTITY": "sneaker", "STATE": "condition grade", "LOGIC": "authentication rule", "FLOW": "resale listing",
    "CONTAINER": "collection", "EDGE_CASE": "replica pair", "INTERFACE": "marketplace", "VARIANT": "consignment shop",
    "EVENT": "release drop", "CAPSTONE_GOAL": "a portfolio tracker"}')) AS p (name, meta_category, domain, skill_level, variables)
  ON p.name = u.name \g /dev/null

INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score, submitted_at)
SELECT c.user_id, m.id, e.id, e.language, true, 80,
       timestamptz '2026-01-05 23:58:00.123001+00' + (m.module_number / 3) * interval '1 day' + m.module_number % 3 * interval '1 microsecond'
       + CASE u.name WHEN 'Noor' THEN interval '0' ELSE interval '400 microseconds' END
FROM generated_courses AS c
JOIN users AS u ON u.id = c.user_id
JOIN generated_modules AS m ON m.course_id = c.id
JOIN exercises AS e ON e.module_id = m.id;
SELECT refresh_trending() \g /dev/null
SELECT refresh_recommendations() \g /dev/null
-- Malik's course is the older one.
UPDATE generated_courses AS c SET created_at = c.created_at - interval '1 day' FROM users AS u WHERE u.id = c.user_id AND u.name = 'Malik';
