-- Results of the functions of 0.5.0, which must be the same in later versions.
SELECT course_id, velocity(signups_24h, signups_previous_24h), velocity_label(velocity::double precision), velocity_lower_bound(signups_24h, signups_previous_24h, 1, 24)
FROM trending_courses ORDER BY rank;
SELECT course_id, trending_velocity(started_at, started_at + interval '1 hour'), window_signups(started_at, started_at + interval '1 hour')
FROM user_progress GROUP BY course_id ORDER BY course_id;
