-- What 0.3.0 says of its rows; every later version says the same.
SELECT p.user_id, p.course_id, o.* FROM user_progress AS p, course_outline(p.user_id, p.course_id) AS o ORDER BY 1, 2, 3;
