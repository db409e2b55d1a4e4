-- The tables into which quality.sh loads its data.
CREATE EXTENSION learnify;
CREATE TABLE taken (part text, learner integer, course integer, place integer);
CREATE TABLE courses (course integer, name text, fields text, school text);
