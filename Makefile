# learnify: PGXS build, tests and demo.
#
#   make && make install        build and install (PG_CONFIG names the server)
#   make installcheck           regression and isolation tests on a running server
#   make release                freezes the scripts of the version in work
#   make next VERSION=X.Y.Z     begins the next version
#   make demo | test | bench    on a throwaway server of their own, which they
#                               set up from a fresh Debian machine and remove
#   make test-all               make test, then all of test/long: other majors,
#                               pg_upgrade, valgrind and whatever else takes long
#   WERROR=1                    warnings are errors
#   OPTFLAGS="-O3 -march=native"  overrides the optimisation flags

EXTENSION = learnify
EXTVERSION := $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" learnify.control)


MODULE_big = learnify
OBJS = \
	src/learnify.o \
	src/learner.o \
	src/indexed_table.o \
	src/id_set.o \
	src/module_states.o \
	src/statistics.o \
	src/saved_plan.o \
	src/awards.o \
	src/json_object.o \
	src/feed.o \
	src/milestones.o \
	src/progress.o \
	src/submissions.o \
	src/ticker.o \
	src/password.o \
	src/time_zone.o \
	src/template.o \
	src/variables.o \
	src/inject.o \
	src/inject_jsonb.o \
	src/poisson_ratio.o \
	src/velocity.o \
	src/local_ridge.o \
	src/ranking_metrics.o \
	src/course_scores.o \
	src/interactions.o \
	src/recommend.o \
	src/score_learners.o \
	src/evaluate.o

# sql/ is the current state: the tables and the rows that ship, which an update
# alters, and what every script replaces whole, each in the order of the layers.
TABLES_SQL = \
	sql/internals.sql \
	sql/operation/tables.sql \
	sql/identity/tables.sql \
	sql/curriculum/tables.sql \
	sql/progress/tables.sql \
	sql/social/tables.sql \
	sql/discovery/tables.sql \
	$(sort $(wildcard sql/curriculum/blueprint/*.sql)) \
	sql/social/shipped_achievements.sql

REPLACEABLE_SQL = \
	sql/operation/comments.sql \
	sql/operation/verify_schema.sql \
	sql/operation/updated_at.sql \
	sql/operation/settings.sql \
	sql/operation/seeds.sql \
	sql/identity/comments.sql \
	sql/identity/time_zones.sql \
	sql/identity/passwords.sql \
	sql/identity/learner.sql \
	sql/identity/accounts.sql \
	sql/identity/archetypes.sql \
	sql/identity/variables.sql \
	sql/identity/domain_validation.sql \
	sql/curriculum/comments.sql \
	sql/curriculum/templates.sql \
	sql/curriculum/shipped_modules.sql \
	sql/curriculum/courses.sql \
	sql/curriculum/exercises.sql \
	sql/progress/comments.sql \
	sql/progress/enrolment.sql \
	sql/progress/modules.sql \
	sql/progress/submissions.sql \
	sql/progress/reviews.sql \
	sql/social/comments.sql \
	sql/social/ticker.sql \
	sql/social/following.sql \
	sql/social/statistics.sql \
	sql/social/achievement_rules.sql \
	sql/social/living_resume.sql \
	sql/social/broadcasts.sql \
	sql/social/achievements.sql \
	sql/progress/automation.sql \
	sql/progress/review_automation.sql \
	sql/discovery/comments.sql \
	sql/discovery/velocity.sql \
	sql/discovery/trending.sql \
	sql/discovery/learners.sql \
	sql/discovery/skill_adjacency.sql \
	sql/discovery/recommendations.sql \
	sql/discovery/model.sql \
	sql/discovery/evaluate.sql \
	sql/discovery/refresh.sql \
	sql/discovery/home_rows.sql \
	sql/discovery/schedule.sql \
	sql/identity/privacy.sql \
	sql/operation/row_security.sql \
	sql/operation/roles.sql \
	sql/operation/status.sql \
	sql/operation/legacy/rules.sql \
	sql/operation/legacy/values.sql \
	sql/operation/legacy/columns.sql \
	sql/operation/legacy/staging.sql \
	sql/operation/legacy/keys.sql \
	sql/operation/legacy/relations.sql \
	sql/operation/legacy/writing.sql \
	sql/operation/legacy/reporting.sql \
	sql/operation/legacy/import.sql \
	sql/finish.sql

# Released scripts, never edited, and the versions that they are of. The version in
# work is the one that is not among them.
RELEASES = $(sort $(wildcard sql/releases/learnify--*.sql))
RELEASED := $(shell ls sql/releases | sed -n 's/^learnify--.*--\(.*\)\.sql$$/\1/p; s/^learnify--\([^-]*\)\.sql$$/\1/p' | sort -uV)
PREVIOUS := $(lastword $(filter-out $(EXTVERSION),$(RELEASED)))
IN_WORK := $(filter-out $(RELEASED),$(EXTVERSION))

# The row of the version in work in the tracker: the released ones, and one.
MIGRATION := $(shell printf %03d $(words $(filter-out $(EXTVERSION),$(RELEASED)) x))
MIGRATION_DESCRIPTION := $(shell sed -n 's/^-- Description: //p' sql/update/migration.sql)

# Each version can be installed at once: without a script of its own, PostgreSQL
# would install a later one and downgrade it. OLD:NEW for each step whose end has none.
STEPS = $(filter-out %:,$(join $(addsuffix :,$(RELEASED)),$(wordlist 2,$(words $(RELEASED)),$(RELEASED))))
INSTALL_STEPS = $(foreach step,$(STEPS),$(if $(wildcard sql/releases/learnify--$(lastword $(subst :, ,$(step))).sql),,$(step)))

DATA = $(RELEASES)
DATA_built = $(foreach step,$(INSTALL_STEPS),build/learnify--$(lastword $(subst :, ,$(step))).sql) \
	$(if $(IN_WORK),$(addprefix build/learnify--,\
	$(EXTVERSION).sql $(PREVIOUS)--$(EXTVERSION).sql $(EXTVERSION)--$(PREVIOUS).sql))
DOCS = doc/reference.md doc/operations.md doc/durability.md doc/design.md doc/postgres-facts.md

TESTS = $(patsubst test/sql/%.sql,%,$(sort $(wildcard test/sql/*.sql)))
REGRESS = $(TESTS)
REGRESS_OPTS = --inputdir=test --outputdir=test/results --load-extension=learnify
ISOLATION = $(patsubst test/specs/%.spec,%,$(sort $(wildcard test/specs/*.spec)))
ISOLATION_OPTS = --inputdir=test --outputdir=test/results --load-extension=learnify
EXTRA_CLEAN = build test/results

OPTFLAGS ?= -O2
PG_CFLAGS = $(OPTFLAGS) $(if $(WERROR),-Wall -Wextra -Werror)
SHLIB_LINK = -lcrypt

# Debian's /usr/bin/pg_config is a wrapper for the newest major; a server's own
# says where that server's files are, and is there without the -dev package.
ifeq ($(origin PG_CONFIG),undefined)
PG_CONFIG := $(or $(lastword $(sort $(wildcard /usr/lib/postgresql/*/bin/pg_config))),pg_config)
endif
PGXS := $(shell $(PG_CONFIG) --pgxs 2>/dev/null)

# The server's headers as system headers: their warnings are not ours.
INCLUDEDIR_SERVER := $(shell $(PG_CONFIG) --includedir-server 2>/dev/null)
PG_CPPFLAGS = -isystem $(INCLUDEDIR_SERVER)

# Debian's client package has PGXS without the headers that it needs.
ifneq ($(and $(wildcard $(PGXS)),$(wildcard $(INCLUDEDIR_SERVER)/postgres.h)),)
include $(PGXS)
else
all install installcheck clean:
	@echo "The server's development files are not there: install postgresql-server-dev-NN, or name a server with PG_CONFIG=/path/to/pg_config" >&2; exit 1
endif

# What stands at the head of every script.
guard = printf '%s\n\n' '\echo Use "$(1)" to load this file. \quit'

# Hand-written SQL with the files that its lines "\i FILE" name in their places.
include_files = awk '/^\\i / { while ((getline line <$$2) > 0) print line; next } { print }'

build:
	mkdir -p $@

build/learnify--%: sql/releases/learnify--% | build
	cp $< $@

# An earlier version is installed by its predecessor's script and the update from there.
define install_rule
build/learnify--$(2).sql: build/learnify--$(1).sql sql/releases/learnify--$(1)--$(2).sql | build
	cat $$^ >$$@
endef
$(foreach step,$(INSTALL_STEPS),$(eval $(call install_rule,$(firstword $(subst :, ,$(step))),$(lastword $(subst :, ,$(step))))))

ifneq ($(IN_WORK),)
# A script ends with its version's row in the tracker, which holds the SHA-256 of
# everything that an update has run before.
build/learnify--$(PREVIOUS)--$(EXTVERSION).sql: $(wildcard sql/update/*.sql) $(TABLES_SQL) $(REPLACEABLE_SQL) sql/operation/first_migration.sql Makefile | build
	{ $(call guard,ALTER EXTENSION learnify UPDATE); cat sql/update/take_tables.sql sql/update/note_drift.sql; \
		sed '/^-- Downgrade$$/,$$d' sql/update/migration.sql | $(include_files); cat $(REPLACEABLE_SQL); echo; } >$@.tmp
	{ cat $@.tmp; printf "INSERT INTO schema_migrations (version, description, checksum, extension_version)\nVALUES ('%s', '%s', '%s', '%s');\n" \
		'$(MIGRATION)' '$(MIGRATION_DESCRIPTION)' "$$(sha256sum <$@.tmp | cut -c1-64)" $(EXTVERSION); } >$@
	rm $@.tmp

# A fresh install writes the rows of all the versions that it stands for.
tracker_rows = sed -n '/^INSERT INTO schema_migrations /,/;$$/p'
build/learnify--$(EXTVERSION).sql: build/learnify--$(PREVIOUS).sql build/learnify--$(PREVIOUS)--$(EXTVERSION).sql
	{ $(call guard,CREATE EXTENSION learnify); cat $(TABLES_SQL) $(REPLACEABLE_SQL); echo; $(tracker_rows) $^; } >$@

# A downgrade first looks for what it would lose, and at last forgets its step.
build/learnify--$(EXTVERSION)--$(PREVIOUS).sql: build/learnify--$(PREVIOUS).sql $(wildcard sql/update/*.sql) sql/replaceable.awk Makefile
	{ $(call guard,ALTER EXTENSION learnify UPDATE); cat sql/update/refuse_data_loss.sql sql/update/take_tables.sql sql/update/note_drift.sql; \
		sed '1,/^-- Downgrade$$/d' sql/update/migration.sql | $(include_files); awk -f sql/replaceable.awk $<; \
		printf "DROP FUNCTION refuse_data_loss(text[]);\n\nDELETE FROM schema_migrations WHERE version = '%s';\n" '$(MIGRATION)'; } >$@
endif

$(OBJS): $(wildcard src/*.h)

# Freezes the version in work: its scripts become released ones.
.PHONY: release
release: $(DATA_built)
	cp $(filter build/learnify--$(EXTVERSION)% build/learnify--$(PREVIOUS)--$(EXTVERSION)%,$(DATA_built)) sql/releases/
	cd sql/releases && sha256sum learnify--*.sql >SHA256SUMS

# Begins a version, once the one before is released. META.json has another version
# after "meta-spec", of its own form.
.PHONY: next
next:
	@test -n "$(VERSION)" || { echo 'Name the version: make next VERSION=X.Y.Z' >&2; exit 1; }
	@test -z "$(IN_WORK)" || { echo '$(EXTVERSION) is in work: make release freezes it' >&2; exit 1; }
	sed -i "s/^default_version = .*/default_version = '$(VERSION)'/" learnify.control
	sed -i '/"meta-spec"/,$$!s/"version": "$(EXTVERSION)"/"version": "$(VERSION)"/' META.json
	sed -i -e '1s/.*/-- Description: $(VERSION)/' -e '/^$$/,$$d' sql/update/migration.sql
	printf '\n-- Downgrade\n' >>sql/update/migration.sql

# These bring their own server, so they need no PGXS until the packages that
# they install are there.
.PHONY: demo test test-all bench
demo:
	PG_CONFIG=$(PG_CONFIG) test/throwaway.sh test/demo/run.sh
test:
	PG_CONFIG=$(PG_CONFIG) test/throwaway.sh test/suite.sh
test-all:
	PG_CONFIG=$(PG_CONFIG) test/all.sh
bench:
	PG_CONFIG=$(PG_CONFIG) test/throwaway.sh test/bench/run.sh
