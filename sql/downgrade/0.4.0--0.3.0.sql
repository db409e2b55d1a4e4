SELECT refuse_data_loss(
  (SELECT 'user_relationships' FROM user_relationships LIMIT 1),
  (SELECT 'activity_feed' FROM activity_feed LIMIT 1),
  (SELECT 'achievements' FROM achievements WHERE NOT builtin LIMIT 1),
  (SELECT 'user_achievements' FROM user_achievements LIMIT 1));

DROP FUNCTION
  activity_ticker(uuid, integer, timestamptz, uuid),
  follow_user(uuid, uuid),
  follower_count(uuid),
  followers(uuid, integer, timestamptz, uuid),
  following(uuid, integer, timestamptz, uuid),
  following_count(uuid),
  learner_metric(uuid, text),
  living_resume(uuid, uuid),
  require_page(uuid, integer, timestamptz, uuid),
  streak_days(uuid, timestamptz),
  unfollow_user(uuid, uuid),
  user_stats(uuid),
  visible_to(uuid, uuid);

ALTER EXTENSION learnify DROP TABLE user_achievements;
ALTER EXTENSION learnify DROP TABLE achievements;
ALTER EXTENSION learnify DROP TABLE activity_feed;
ALTER EXTENSION learnify DROP TABLE user_relationships;
DROP TABLE user_achievements, achievements, activity_feed, user_relationships;

DROP FUNCTION
  check_achievement_criteria(),
  replace_seed_achievement();
