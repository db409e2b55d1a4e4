COMMENT ON TABLE recommendations IS 'Courses recommended to learners, each with the reason';
COMMENT ON COLUMN recommendations.id IS 'Identifier';
COMMENT ON COLUMN recommendations.user_id IS 'The learner';
COMMENT ON COLUMN recommendations.course_id IS 'The recommended course';
COMMENT ON COLUMN recommendations.recommendation_type IS 'How the course was found: collaborative_filtering, skill_adjacency, social_signal or trending';
COMMENT ON COLUMN recommendations.match_score IS 'How well the course fits, 0 to 100; for the exact order, see rank in metadata';
COMMENT ON COLUMN recommendations.reason IS 'Why the course is recommended, for people to read';
COMMENT ON COLUMN recommendations.metadata IS 'Why the course is recommended, for programs: the courses, tags or people that led to it, and its rank from 1';
COMMENT ON COLUMN recommendations.created_at IS 'When the recommendation was computed';
COMMENT ON COLUMN recommendations.expires_at IS 'When the recommendation ceases to be shown; NULL for never';

COMMENT ON TABLE trending_courses IS 'Cache of the courses with sign-ups in the last 24 hours, ranked; refresh_trending fills it';
COMMENT ON COLUMN trending_courses.id IS 'Identifier';
COMMENT ON COLUMN trending_courses.course_id IS 'The course';
COMMENT ON COLUMN trending_courses.velocity IS 'Sign-ups of the last 24 hours divided by those of the 24 hours before; 10 if there were none before';
COMMENT ON COLUMN trending_courses.signups_24h IS 'Sign-ups in the last 24 hours';
COMMENT ON COLUMN trending_courses.signups_previous_24h IS 'Sign-ups in the 24 hours before those';
COMMENT ON COLUMN trending_courses.rank IS 'Place in the order of score, from 1';
COMMENT ON COLUMN trending_courses.meta_category IS 'Meta-category of the course';
COMMENT ON COLUMN trending_courses.calculated_at IS 'The instant at which the last 24 hours end';
COMMENT ON COLUMN trending_courses.tier IS 'Coarse part of rank, which the indexes hold: 1 up to rank 32, 2 up to 128, 3 up to 512, 4 beyond, and 0 in rows of other programs. ORDER BY tier, rank is the order of rank, read by an index';
COMMENT ON COLUMN trending_courses.score IS 'The lower bound of the velocity by which courses are ranked; see velocity_lower_bound';

COMMENT ON TABLE learnify_internal.course_documents IS 'What search_courses searches, derived from courses, modules and tags';
COMMENT ON COLUMN learnify_internal.course_documents.course_id IS 'The course, which is not archived';
COMMENT ON COLUMN learnify_internal.course_documents.meta_category IS 'The category of the course';
COMMENT ON COLUMN learnify_internal.course_documents.language IS 'Name of the text search configuration by which the words were found';
COMMENT ON COLUMN learnify_internal.course_documents.learners IS 'How many had enrolled at the last refresh_search';
COMMENT ON COLUMN learnify_internal.course_documents.head IS 'The words of the title and the tags';
COMMENT ON COLUMN learnify_internal.course_documents.document IS 'These, and those of the description, the modules and their objectives';

COMMENT ON TABLE user_course_interactions IS 'What learners did with courses; recommendations are computed from this';
COMMENT ON COLUMN user_course_interactions.id IS 'Identifier';
COMMENT ON COLUMN user_course_interactions.user_id IS 'The learner';
COMMENT ON COLUMN user_course_interactions.course_id IS 'The course';
COMMENT ON COLUMN user_course_interactions.interaction_type IS 'enrolled, completed, viewed, saved or shared';
COMMENT ON COLUMN user_course_interactions.interaction_value IS 'Weight of the interaction, 1 unless the application sets another; a negative one means that the learner dismissed the course, see dismiss_recommendation';
COMMENT ON COLUMN user_course_interactions.created_at IS 'When it happened';
