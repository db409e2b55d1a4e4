-- The platform changes the graph of skills, shipped edges too.
\set a random(0, 3)
\set b (:a + random(1, 3)) % 4
\set weight random(0, 4)
SELECT set_skill_edge('tag-:a', 'tag-:b', :weight);
SELECT set_skill_edge('atom', 'standard', :weight);
