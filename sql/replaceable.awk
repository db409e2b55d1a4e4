# Prints those statements of released scripts that replace what they make whole:
# functions, aggregates, triggers, policies, comments, privileges, and calls of
# internals. A downgrade script ends with those of the version that it leads to.
# Each statement begins at the start of a line, and ends with the first semicolon at
# the end of a line that is not inside a body.
!inside && /^(CREATE (OR REPLACE )?(FUNCTION|AGGREGATE|TRIGGER)|(DROP|CREATE) POLICY|COMMENT ON|REVOKE|GRANT|ALTER TABLE [a-z_.]+ ENABLE|SELECT learnify_internal\.)/ {
	inside = 1
	sub(/^CREATE (OR REPLACE )?/, $2 == "POLICY" ? "CREATE " : "CREATE OR REPLACE ")
}
inside { print }
inside && /^AS \$\$$|^BEGIN ATOMIC$|^RETURN \$fingerprint\$$/ { body = 1 }
inside && !body && /;$/ { inside = 0; print "" }
body && /^\$\$;$|^END;$|^\$fingerprint\$;$/ { inside = body = 0; print "" }
