-- Three learners, each with a field of their own
\echo 'Noor trades stocks, Malik collects sneakers, Ines bakes sourdough. They register (only a'
\echo 'bcrypt hash of the password is stored) and log in; the case of the address does not matter:'
\echo
\set ECHO queries
\o /dev/null
SELECT register_user('noor@example.com', 'buy low, sell high', 'Noor', 'Asia/Dubai'),
       register_user('malik@example.com', 'deadstock only', 'Malik', 'America/New_York'),
       register_user('ines@example.com', 'feed it at eight', 'Ines', 'Europe/Lisbon');
\o
\echo
SELECT authenticate('Noor@Example.com', 'buy low, sell high') IS NOT NULL AS right_password,
       authenticate('Noor@Example.com', 'buy high, sell low') IS NOT NULL AS wrong_password;
\set ECHO none

\echo 'Each chooses the domain to learn through, and the skill level:'
\echo
\set ECHO queries
SELECT u.name, choose_archetype(u.id, t.meta_category, t.domain, t.skill_level) AS archetype
FROM users AS u
JOIN (VALUES ('Noor', 'Economic', 'stock trading', 'quant'),
             ('Malik', 'Aesthetic', 'sneaker collecting', 'novice'),
             ('Ines', 'Biological', 'sourdough', 'analyst'))
  AS t (name, meta_category, domain, skill_level) ON t.name = u.name;
\set ECHO none

\echo 'Then they set the variables of their domain. Ines has not set all of hers yet:'
\echo
\set ECHO queries
\o /dev/null
SELECT set_variables(u.id, '{
  "ENTITY": "starter",            "STATE": "activity level",
  "LOGIC": "readiness test",      "FLOW": "bulk fermentation",
  "CONTAINER": "bakery schedule", "EDGE_CASE": "overproofed dough"
}') FROM users AS u WHERE u.name = 'Ines';
\o
\echo
SELECT m.*
FROM users AS u
CROSS JOIN missing_variables(u.id) AS m
WHERE u.name = 'Ines';
\set ECHO none

\echo 'A course cannot be generated yet. The error names all missing variables, and no row is'
\echo 'written:'
\echo
\set ON_ERROR_STOP off
\set ECHO queries
SELECT generate_course(id) FROM users WHERE name = 'Ines';
\set ECHO none
\set ON_ERROR_STOP on
\echo
SET demo.sqlstate = :'LAST_ERROR_SQLSTATE';
DO $$
BEGIN
  ASSERT current_setting('demo.sqlstate') = '42P02', 'generate_course did not name what is missing';
  ASSERT NOT EXISTS (SELECT FROM generated_courses), 'generate_course has written rows';
END
$$;

\echo 'So all three set their ten variables:'
\echo
\set ECHO queries
\o /dev/null
SELECT set_variables(u.id, t.variables)
FROM users AS u
JOIN (VALUES
  ('Noor', '{
    "ENTITY": "limit order",        "STATE": "filled quantity",
    "LOGIC": "price-limit check",   "FLOW": "order matching",
    "CONTAINER": "order book",      "EDGE_CASE": "partial fill",
    "INTERFACE": "execution venue", "VARIANT": "dark pool",
    "EVENT": "market tick",         "CAPSTONE_GOAL": "a paper-trading simulator"
  }'::jsonb),
  ('Malik', '{
    "ENTITY": "sneaker",            "STATE": "condition grade",
    "LOGIC": "authentication rule", "FLOW": "resale listing",
    "CONTAINER": "collection",      "EDGE_CASE": "replica pair",
    "INTERFACE": "marketplace",     "VARIANT": "consignment shop",
    "EVENT": "release drop",        "CAPSTONE_GOAL": "a portfolio tracker"
  }'),
  ('Ines', '{
    "INTERFACE": "oven",            "VARIANT": "Dutch oven",
    "EVENT": "fold timer",          "CAPSTONE_GOAL": "a bake planner"
  }')) AS t (name, variables) ON t.name = u.name;
\o
\echo
SELECT count(*) AS modules_with_missing_variables
FROM users AS u
CROSS JOIN missing_variables(u.id);
\set ECHO none
