-- Runs once, in a new data folder, in the database that POSTGRES_DB names.
CREATE EXTENSION pg_cron;
CREATE EXTENSION learnify;
SELECT job_name, schedule FROM schedule_refresh();
