-- The database of the example: the extension, two roles, and three people who have been here for
-- a while. Their password is "learn by doing".
CREATE EXTENSION learnify;
CREATE ROLE example_learner;
SELECT grant_learner('example_learner') \g /dev/null
CREATE ROLE example_backend LOGIN IN ROLE example_learner;
SELECT grant_backend('example_backend') \g /dev/null
-- Rows that are broadcast notify learnify_activity, by which the page hears of them.
ALTER ROLE example_backend SET learnify.notify = on;

SELECT register_user(lower(p.name) || '@example.com', 'learn by doing', p.name, p.time_zone) AS id
FROM (VALUES ('Noor', 'Asia/Dubai'), ('Malik', 'America/New_York'), ('Ines', 'Europe/Lisbon')) AS p (name, time_zone) \g /dev/null
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
    "EVENT": "release drop", "CAPSTONE_GOAL": "a portfolio tracker"}'),
  ('Ines', 'Biological', 'sourdough', 'analyst', '{
    "ENTITY": "starter", "STATE": "activity level", "LOGIC": "readiness test", "FLOW": "bulk fermentation",
    "CONTAINER": "bakery schedule", "EDGE_CASE": "overproofed dough", "INTERFACE": "oven", "VARIANT": "Dutch oven",
    "EVENT": "fold timer", "CAPSTONE_GOAL": "a bake planner"}')) AS p (name, meta_category, domain, skill_level, variables)
  ON p.name = u.name \g /dev/null

-- Each follows the others, and solves the exercises of the first module of the own course.
SELECT follow_user(a.id, b.id) FROM users AS a JOIN users AS b ON a.id <> b.id \g /dev/null
SELECT submit_exercise(c.user_id, e.id, e.starter_code, e.language,
                       (SELECT jsonb_agg(true) FROM jsonb_array_elements(e.test_cases)), 0, 20)
FROM generated_courses AS c
JOIN generated_modules AS m ON m.course_id = c.id AND m.module_number = 1
JOIN exercises AS e ON e.module_id = m.id \g /dev/null
SELECT refresh_trending() \g /dev/null
SELECT refresh_recommendations() \g /dev/null
