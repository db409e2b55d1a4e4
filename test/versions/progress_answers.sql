-- Results of the functions of 0.3.0, which must be the same in later versions.
SELECT p.user_id, p.course_id, o.* FROM user_progress AS p, course_outline(p.user_id, p.course_id) AS o ORDER BY 1, 2, 3;
