-- The platform's edges of the graph of skills: its own, and its replacements of shipped
-- edges. A weight of 0 takes a shipped edge out of use.
CREATE TABLE learnify_internal.skill_edges (
  tag text NOT NULL,
  next_tag text NOT NULL,
  weight double precision NOT NULL,
  CONSTRAINT skill_edges_pkey PRIMARY KEY (tag, next_tag),
  CONSTRAINT skill_edges_next_tag_check CHECK (tag <> next_tag),
  CONSTRAINT skill_edges_weight_check CHECK (weight BETWEEN 0 AND 1000)
);

SELECT pg_extension_config_dump('learnify_internal.skill_edges', '');
