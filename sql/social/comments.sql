COMMENT ON TABLE user_relationships IS 'Who follows whom';
COMMENT ON COLUMN user_relationships.id IS 'Identifier';
COMMENT ON COLUMN user_relationships.follower_id IS 'The user who follows';
COMMENT ON COLUMN user_relationships.following_id IS 'The user who is followed';
COMMENT ON COLUMN user_relationships.created_at IS 'When the follower began to follow';

COMMENT ON TABLE learnify_internal.follow_requests IS 'Who has asked to follow whom, and waits for an answer';
COMMENT ON COLUMN learnify_internal.follow_requests.id IS 'Identifier';
COMMENT ON COLUMN learnify_internal.follow_requests.follower_id IS 'The user who asks';
COMMENT ON COLUMN learnify_internal.follow_requests.following_id IS 'The user who is asked';
COMMENT ON COLUMN learnify_internal.follow_requests.created_at IS 'When the request was made';

COMMENT ON TABLE learnify_internal.user_blocks IS 'Who has blocked whom';
COMMENT ON COLUMN learnify_internal.user_blocks.id IS 'Identifier';
COMMENT ON COLUMN learnify_internal.user_blocks.user_id IS 'The user who blocks';
COMMENT ON COLUMN learnify_internal.user_blocks.other_id IS 'The user who is blocked';
COMMENT ON COLUMN learnify_internal.user_blocks.created_at IS 'When the other was blocked';

COMMENT ON TABLE activity_feed IS 'What learners did, for others to read; each row can be shown without a join';
COMMENT ON COLUMN activity_feed.id IS 'Identifier';
COMMENT ON COLUMN activity_feed.user_id IS 'The actor: the learner who did it';
COMMENT ON COLUMN activity_feed.activity_type IS 'What happened, one of activity_types()';
COMMENT ON COLUMN activity_feed.reference_type IS 'The kind of row that reference_id refers to, such as module or course';
COMMENT ON COLUMN activity_feed.reference_id IS 'The row that the activity is about';
COMMENT ON COLUMN activity_feed.metadata IS 'Name of the actor, title of the course, module number, score and the like, as they were at the time';
COMMENT ON COLUMN activity_feed.visibility IS 'Who may read it: public, friends (those who follow the actor) or private';
COMMENT ON COLUMN activity_feed.created_at IS 'When it happened';

COMMENT ON TABLE achievements IS 'Achievements that learners can earn';
COMMENT ON COLUMN achievements.id IS 'Identifier';
COMMENT ON COLUMN achievements.name IS 'Name shown to people, unique';
COMMENT ON COLUMN achievements.description IS 'What a learner has to do, in words';
COMMENT ON COLUMN achievements.badge_icon IS 'Name or URL of the badge, or empty';
COMMENT ON COLUMN achievements.criteria IS 'What a learner has to do, as data: {"metric": a column of user_stats, "at_least": a number}, optionally with "reviews_received": a number';
COMMENT ON COLUMN achievements.rarity IS 'common, rare, epic or legendary';
COMMENT ON COLUMN achievements.created_at IS 'When the achievement was added';
COMMENT ON COLUMN achievements.slug IS 'Stable key for programs, unique; random unless given';
COMMENT ON COLUMN achievements.builtin IS 'Whether the row shipped with the extension and has not been edited since; dumps leave such rows out';
COMMENT ON COLUMN achievements.active IS 'Whether the achievement is in use: if not, it is no longer awarded';

COMMENT ON TABLE user_achievements IS 'Achievements that learners have earned';
COMMENT ON COLUMN user_achievements.id IS 'Identifier';
COMMENT ON COLUMN user_achievements.user_id IS 'The learner';
COMMENT ON COLUMN user_achievements.achievement_id IS 'The achievement';
COMMENT ON COLUMN user_achievements.unlocked_at IS 'When the learner earned it';
COMMENT ON COLUMN user_achievements.broadcast_at IS 'When this row was written. A row inserted without a value, or with NULL, is live: triggers act on it; a row inserted with a value, as from a dump, sets nothing off';
