COMMENT ON TABLE recommendations IS 'Courses suggested to a learner, each with its reason';
COMMENT ON COLUMN recommendations.id IS 'Identifier';
COMMENT ON COLUMN recommendations.user_id IS 'The learner';
COMMENT ON COLUMN recommendations.course_id IS 'The suggested course';
COMMENT ON COLUMN recommendations.recommendation_type IS 'How it was found: collaborative_filtering, skill_adjacency, social_signal or trending';
COMMENT ON COLUMN recommendations.match_score IS 'How well it fits, 0 to 100; the exact order is metadata''s rank';
COMMENT ON COLUMN recommendations.reason IS 'Why, for a person to read';
COMMENT ON COLUMN recommendations.metadata IS 'Why, for a program: the courses, tags or people that it follows from, and rank from 1';
COMMENT ON COLUMN recommendations.created_at IS 'When it was computed';
COMMENT ON COLUMN recommendations.expires_at IS 'When it is no longer to be shown, if ever';

COMMENT ON TABLE trending_courses IS 'Cache of the courses with sign-ups in the last 24 hours, ranked; see refresh_trending';
COMMENT ON COLUMN trending_courses.id IS 'Identifier';
COMMENT ON COLUMN trending_courses.course_id IS 'The course';
COMMENT ON COLUMN trending_courses.velocity IS 'Sign-ups of the last 24 hours over those of the 24 before; 10 where there were none before';
COMMENT ON COLUMN trending_courses.signups_24h IS 'Sign-ups in the last 24 hours';
COMMENT ON COLUMN trending_courses.signups_previous_24h IS 'Sign-ups in the 24 hours before';
COMMENT ON COLUMN trending_courses.rank IS 'Place by score, from 1';
COMMENT ON COLUMN trending_courses.meta_category IS 'The course''s category';
COMMENT ON COLUMN trending_courses.calculated_at IS 'The instant that the two windows end at and before';
COMMENT ON COLUMN trending_courses.score IS 'What rank follows: the lower bound of the rates'' ratio, see velocity_lower_bound';

COMMENT ON TABLE user_course_interactions IS 'What learners did with courses; recommendations are computed from this';
COMMENT ON COLUMN user_course_interactions.id IS 'Identifier';
COMMENT ON COLUMN user_course_interactions.user_id IS 'The learner';
COMMENT ON COLUMN user_course_interactions.course_id IS 'The course';
COMMENT ON COLUMN user_course_interactions.interaction_type IS 'enrolled, completed, viewed, saved or shared';
COMMENT ON COLUMN user_course_interactions.interaction_value IS 'Weight of the interaction, 1 unless the application says otherwise; below 0 the course is dismissed, see dismiss_recommendation';
COMMENT ON COLUMN user_course_interactions.created_at IS 'When';
