-- Results of the functions of 0.4.0, which must be the same in later versions.
SELECT u.name, t.* FROM users AS u, activity_ticker(u.id, 3) WITH ORDINALITY AS t ORDER BY u.name, ordinality;
SELECT u.name, f.* FROM users AS u, followers(u.id) WITH ORDINALITY AS f ORDER BY u.name, ordinality;
SELECT u.name, f.* FROM users AS u, following(u.id) WITH ORDINALITY AS f ORDER BY u.name, ordinality;
SELECT name, follower_count(id), following_count(id), user_stats(id), streak_days(id, '2026-06-01 12:00+00') FROM users ORDER BY name;
-- A completed course has the name of its author since 1.0.0.
SELECT a.name, b.name, regexp_replace((living_resume(a.id, b.id) - 'counts')::text, '"author": (null|"[^"]*"), ', '', 'g') FROM users AS a, users AS b ORDER BY a.name, b.name;
