COMMENT ON TABLE user_relationships IS 'Who follows whom';
COMMENT ON COLUMN user_relationships.id IS 'Identifier';
COMMENT ON COLUMN user_relationships.follower_id IS 'The user who follows';
COMMENT ON COLUMN user_relationships.following_id IS 'The user who is followed';
COMMENT ON COLUMN user_relationships.created_at IS 'Since when';

COMMENT ON TABLE activity_feed IS 'What learners did, as others may read it; each row can be read without a join';
COMMENT ON COLUMN activity_feed.id IS 'Identifier';
COMMENT ON COLUMN activity_feed.user_id IS 'The actor';
COMMENT ON COLUMN activity_feed.activity_type IS 'What happened';
COMMENT ON COLUMN activity_feed.reference_type IS 'What kind of row reference_id names, such as module or course';
COMMENT ON COLUMN activity_feed.reference_id IS 'The row that it is about';
COMMENT ON COLUMN activity_feed.metadata IS 'The actor''s name, the course''s title, module number, score and the like, as they were then';
COMMENT ON COLUMN activity_feed.visibility IS 'Who may read it: public, friends (those who follow the actor) or private';
COMMENT ON COLUMN activity_feed.created_at IS 'When it happened';

COMMENT ON TABLE achievements IS 'What can be earned, and by what measure';
COMMENT ON COLUMN achievements.id IS 'Identifier';
COMMENT ON COLUMN achievements.name IS 'Name shown to people, unique';
COMMENT ON COLUMN achievements.description IS 'What it takes, in words';
COMMENT ON COLUMN achievements.badge_icon IS 'Name or address of the badge, or empty';
COMMENT ON COLUMN achievements.criteria IS 'What it takes, as data: {"metric": a column of user_stats, "at_least": a number}, optionally with "reviews_received": a number';
COMMENT ON COLUMN achievements.rarity IS 'common, rare, epic or legendary';
COMMENT ON COLUMN achievements.created_at IS 'When the achievement was added';
COMMENT ON COLUMN achievements.slug IS 'Stable key for programs, unique; made up where none is given';
COMMENT ON COLUMN achievements.builtin IS 'Shipped with the extension and not edited since; a dump leaves such rows out';
COMMENT ON COLUMN achievements.active IS 'False takes it out of use: it is no longer awarded';

COMMENT ON TABLE user_achievements IS 'Who has earned what';
COMMENT ON COLUMN user_achievements.id IS 'Identifier';
COMMENT ON COLUMN user_achievements.user_id IS 'The learner';
COMMENT ON COLUMN user_achievements.achievement_id IS 'The achievement';
COMMENT ON COLUMN user_achievements.unlocked_at IS 'When it was earned';
COMMENT ON COLUMN user_achievements.broadcast_at IS 'When this row was written; left out of an INSERT, or NULL, it makes the row live, while one that brings a value, as from a dump, sets nothing off';
