-- What search_courses searches: a row for each course that is not archived, derived from the
-- course, its modules and its tags. head has the words of the title and the tags, document these
-- and all others. It is not registered for dumps: the triggers fill it as rows are restored.
CREATE TABLE learnify_internal.course_documents (
  course_id uuid CONSTRAINT course_documents_pkey PRIMARY KEY,
  meta_category text NOT NULL,
  language text NOT NULL,
  learners integer NOT NULL DEFAULT 0,
  head tsvector NOT NULL,
  document tsvector NOT NULL,
  CONSTRAINT course_documents_course_id_fkey
    FOREIGN KEY (course_id) REFERENCES generated_courses (id) ON DELETE CASCADE
);

CREATE INDEX course_documents_learners_idx ON learnify_internal.course_documents (learners, course_id);
CREATE INDEX course_documents_meta_category_learners_idx ON learnify_internal.course_documents (meta_category, learners, course_id);
CREATE INDEX course_documents_head_idx ON learnify_internal.course_documents USING gin (head);
CREATE INDEX course_documents_document_idx ON learnify_internal.course_documents USING gin (document);
