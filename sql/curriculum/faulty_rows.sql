-- Rows with solutions and hidden test cases. A trigger refuses those that violate a constraint
-- before PostgreSQL does, which would show the row to whoever calls the function that wrote it.
CREATE OR REPLACE FUNCTION learnify_internal.refuse_faulty_row()
RETURNS trigger
LANGUAGE c
VOLATILE PARALLEL UNSAFE COST 100
AS 'MODULE_PATHNAME', 'refuse_faulty_row';

COMMENT ON FUNCTION learnify_internal.refuse_faulty_row() IS 'Row trigger: refuses what a NOT NULL or CHECK constraint of the table would refuse, with the same error but for the row in its DETAIL';

CREATE OR REPLACE TRIGGER blueprint_modules_zz_refuse_faulty
BEFORE INSERT OR UPDATE ON blueprint_modules
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.refuse_faulty_row();

CREATE OR REPLACE TRIGGER generated_modules_zz_refuse_faulty
BEFORE INSERT OR UPDATE ON generated_modules
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.refuse_faulty_row();

CREATE OR REPLACE TRIGGER exercises_zz_refuse_faulty
BEFORE INSERT OR UPDATE ON exercises
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.refuse_faulty_row();
