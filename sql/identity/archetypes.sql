CREATE OR REPLACE FUNCTION choose_archetype(user_id uuid, meta_category text, domain text, skill_level text)
RETURNS uuid
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
  tidy_domain text;
  archetype_id uuid;
BEGIN
  PERFORM learnify_internal.require_arguments(
    'user_id', choose_archetype.user_id, 'meta_category', choose_archetype.meta_category,
    'domain', choose_archetype.domain, 'skill_level', choose_archetype.skill_level);
  PERFORM learnify_internal.require_acting_user(choose_archetype.user_id);
  IF choose_archetype.meta_category NOT IN ('Digital', 'Economic', 'Aesthetic', 'Biological', 'Cognitive') THEN
    RAISE EXCEPTION 'meta-category "%" is not known', learnify_internal.excerpt(choose_archetype.meta_category)
      USING ERRCODE = 'invalid_parameter_value',
            COLUMN = 'meta_category',
            HINT = 'Use Digital, Economic, Aesthetic, Biological or Cognitive.';
  END IF;
  IF choose_archetype.skill_level NOT IN ('novice', 'analyst', 'quant') THEN
    RAISE EXCEPTION 'skill level "%" is not known', learnify_internal.excerpt(choose_archetype.skill_level)
      USING ERRCODE = 'invalid_parameter_value',
            COLUMN = 'skill_level',
            HINT = 'Use novice, analyst or quant.';
  END IF;
  tidy_domain := learnify_internal.require_text(choose_archetype.domain, 'domain');
  IF tidy_domain = '' THEN
    RAISE EXCEPTION 'domain is blank'
      USING ERRCODE = 'invalid_parameter_value',
            COLUMN = 'domain',
            HINT = 'Name the domain, such as sourdough baking.';
  END IF;
  PERFORM learnify_internal.require_user(choose_archetype.user_id);

  INSERT INTO @extschema@.user_archetypes AS a (user_id, meta_category, domain, skill_level)
  VALUES (choose_archetype.user_id, choose_archetype.meta_category, tidy_domain,
          choose_archetype.skill_level)
  ON CONFLICT (user_id) DO UPDATE
  SET meta_category = excluded.meta_category,
      domain = excluded.domain,
      skill_level = excluded.skill_level
  RETURNING a.id INTO archetype_id;
  RETURN archetype_id;
END
$$;

REVOKE EXECUTE ON FUNCTION choose_archetype(uuid, text, text, text) FROM PUBLIC;

COMMENT ON FUNCTION choose_archetype(uuid, text, text, text) IS 'Sets what a user wants to learn through and returns the archetype''s id; a new domain is unchecked again';
