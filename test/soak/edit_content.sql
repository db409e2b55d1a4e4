-- An author changes a course.
\set course random(1, 6)
\set kind random(1, 7)
SELECT soak.edit(md5('course ' || :course)::uuid, :kind);
