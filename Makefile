# learnify: PGXS build, tests and demo.
#
#   make && make install        build and install (PG_CONFIG names the server)
#   make installcheck           regression and isolation tests on a running server
#   make fingerprint            rewrites sql/fingerprint/ once a script has changed
#   make released               freezes the scripts: their checksums are tested
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
	src/base/settings.o \
	src/base/extension.o \
	src/base/cursor.o \
	src/base/indexed_table.o \
	src/base/saved_plan.o \
	src/base/json_object.o \
	src/base/id_list.o \
	src/identity/acting_user.o \
	src/identity/passwords.o \
	src/identity/time_zones.o \
	src/curriculum/template.o \
	src/curriculum/variables.o \
	src/curriculum/inject.o \
	src/curriculum/inject_jsonb.o \
	src/progress/submission_rows.o \
	src/progress/modules.o \
	src/progress/progress.o \
	src/progress/milestones.o \
	src/progress/submissions.o \
	src/social/visibility.o \
	src/social/activity_types.o \
	src/social/broadcasts.o \
	src/social/streaks.o \
	src/social/statistics.o \
	src/social/achievements.o \
	src/social/ticker.o \
	src/discovery/poisson_ratio.o \
	src/discovery/velocity.o \
	src/discovery/local_ridge.o \
	src/discovery/ranking_metrics.o \
	src/discovery/course_scores.o \
	src/discovery/work_memory.o \
	src/discovery/phase.o \
	src/discovery/catalogue.o \
	src/discovery/interactions.o \
	src/discovery/model.o \
	src/discovery/recommendations.o \
	src/discovery/evaluate.o

# The chain: one base script and one delta for each version, concatenated from
# these in this order. Tables come before functions before triggers.
SQL_0.1.0 = \
	sql/operation/schema_migrations.sql \
	sql/fingerprint/0.1.0.sql \
	sql/operation/verify_schema.sql \
	sql/operation/row_triggers.sql \
	sql/identity/time_zones.sql \
	sql/identity/tables.sql \
	sql/identity/passwords.sql \
	sql/operation/settings.sql \
	sql/identity/learner.sql \
	sql/identity/accounts.sql \
	sql/identity/archetypes.sql \
	sql/identity/variables.sql \
	sql/identity/domain_validation.sql

SQL_0.2.0 = \
	sql/operation/take_tables.sql \
	sql/curriculum/tables.sql \
	sql/operation/seeds.sql \
	sql/curriculum/templates.sql \
	sql/curriculum/blueprint/1_atom.sql \
	sql/curriculum/blueprint/2_standard.sql \
	sql/curriculum/blueprint/3_workflow.sql \
	sql/curriculum/blueprint/4_decision_tree.sql \
	sql/curriculum/blueprint/5_archetype.sql \
	sql/curriculum/blueprint/6_flow_state.sql \
	sql/curriculum/blueprint/7_capstone.sql \
	sql/curriculum/blueprint/seed_triggers.sql \
	sql/curriculum/courses.sql \
	sql/fingerprint/0.2.0.sql

SQL_0.3.0 = \
	sql/operation/take_tables.sql \
	sql/progress/tables.sql \
	sql/progress/enrolment.sql \
	sql/progress/modules.sql \
	sql/progress/submissions.sql \
	sql/progress/reviews.sql \
	sql/fingerprint/0.3.0.sql

SQL_0.4.0 = \
	sql/operation/take_tables.sql \
	sql/social/tables.sql \
	sql/social/ticker.sql \
	sql/social/following.sql \
	sql/social/statistics.sql \
	sql/social/achievement_rules.sql \
	sql/social/living_resume.sql \
	sql/fingerprint/0.4.0.sql

SQL_0.5.0 = \
	sql/operation/take_tables.sql \
	sql/discovery/tables.sql \
	sql/discovery/velocity.sql \
	sql/fingerprint/0.5.0.sql

SQL_1.0.0 = \
	sql/operation/take_tables.sql \
	sql/social/broadcasts.sql \
	sql/social/achievements.sql \
	sql/progress/automation.sql \
	sql/progress/review_automation.sql \
	sql/operation/row_security.sql \
	sql/operation/status.sql \
	sql/identity/privacy.sql \
	sql/discovery/trending.sql \
	sql/discovery/learners.sql \
	sql/discovery/skill_adjacency.sql \
	sql/discovery/recommendations.sql \
	sql/discovery/model.sql \
	sql/discovery/evaluate.sql \
	sql/discovery/refresh.sql \
	sql/discovery/home_rows.sql \
	sql/discovery/schedule.sql \
	sql/operation/legacy/rules.sql \
	sql/operation/legacy/values.sql \
	sql/operation/legacy/columns.sql \
	sql/operation/legacy/staging.sql \
	sql/operation/legacy/keys.sql \
	sql/operation/legacy/relations.sql \
	sql/operation/legacy/writing.sql \
	sql/operation/legacy/reporting.sql \
	sql/operation/legacy/import.sql \
	sql/fingerprint/1.0.0.sql

# tracker row, from version, to version, description
CHAIN = \
	001::0.1.0:identity \
	002:0.1.0:0.2.0:curriculum \
	003:0.2.0:0.3.0:progress \
	004:0.3.0:0.4.0:social \
	005:0.4.0:0.5.0:discovery \
	006:0.5.0:1.0.0:automation

field = $(word $(2),$(subst :, ,$(subst ::,:-:,$(1))))
script = build/learnify--$(if $(filter -,$(call field,$(1),2)),,$(call field,$(1),2)--)$(call field,$(1),3).sql

# the way back, from sql/downgrade/, for each step but the first
DESCENTS = $(filter-out 001:%,$(CHAIN))
descent = $(call field,$(1),3)--$(call field,$(1),2)

DATA_built = $(foreach step,$(CHAIN),$(call script,$(step))) \
	$(foreach step,$(DESCENTS),build/learnify--$(call descent,$(step)).sql)
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
PG_CPPFLAGS = -I$(srcdir)/src -isystem $(INCLUDEDIR_SERVER)

# Debian's client package has PGXS without the headers that it needs.
ifneq ($(and $(wildcard $(PGXS)),$(wildcard $(INCLUDEDIR_SERVER)/postgres.h)),)
include $(PGXS)
else
all install installcheck clean:
	@echo "The server's development files are not there: install postgresql-server-dev-NN, or name a server with PG_CONFIG=/path/to/pg_config" >&2; exit 1
endif

# A script is the pieces in order and then its row in the tracker, which holds
# the SHA-256 of everything above that row.
define script_rule
$$(call script,$(1)): $$(SQL_$(call field,$(1),3)) Makefile
	@mkdir -p build
	printf '%s\n\n' '\echo Use "$(if $(filter 001,$(call field,$(1),1)),CREATE EXTENSION learnify,ALTER EXTENSION learnify UPDATE)" to load this file. \quit' | cat - $$(SQL_$(call field,$(1),3)) >$$@.tmp
	checksum=$$$$(sha256sum <$$@.tmp | cut -c1-64) && \
	printf "INSERT INTO schema_migrations (version, description, checksum, extension_version)\nVALUES ('%s', '%s', '%s', '%s');\n" \
		$(call field,$(1),1) $(call field,$(1),4) $$$$checksum $(call field,$(1),3) >>$$@.tmp
	mv $$@.tmp $$@
endef
$(foreach step,$(CHAIN),$(eval $(call script_rule,$(step))))

# A downgrade first looks for what it would lose, and at last forgets its step.
define descent_rule
build/learnify--$(call descent,$(1)).sql: sql/downgrade/guard.sql sql/operation/take_tables.sql sql/downgrade/$(call descent,$(1)).sql sql/fingerprint/$(call field,$(1),2).sql Makefile
	@mkdir -p build
	printf '%s\n\n' '\echo Use "ALTER EXTENSION learnify UPDATE" to load this file. \quit' | cat - $$(filter %.sql,$$^) >$$@.tmp
	printf "DROP FUNCTION refuse_data_loss(text[]);\n\nDELETE FROM schema_migrations WHERE version = '%s';\n" $(call field,$(1),1) >>$$@.tmp
	mv $$@.tmp $$@
endef
$(foreach step,$(DESCENTS),$(eval $(call descent_rule,$(step))))

$(OBJS) $(OBJS:.o=.bc): $(wildcard $(srcdir)/src/*/*.h)

# A build outside of the source tree has no folders yet. Their names are absolute,
# since make would look for relative ones in VPATH and find those of the sources.
OBJECT_FOLDERS = $(addprefix $(CURDIR)/,$(sort $(dir $(OBJS))))
$(OBJS) $(OBJS:.o=.bc): | $(OBJECT_FOLDERS)
$(OBJECT_FOLDERS):
	mkdir -p $@

# These bring their own server, so they need no PGXS until the packages that
# they install are there.
.PHONY: released fingerprint demo test test-all bench
released: $(DATA_built)
	cd build && sha256sum $(sort $(notdir $(DATA_built))) >../test/released.sha256
fingerprint:
	PG_CONFIG=$(PG_CONFIG) test/throwaway.sh sql/fingerprint/generate.sh
	cp test/results/fingerprint/*.sql sql/fingerprint/
demo:
	PG_CONFIG=$(PG_CONFIG) test/throwaway.sh test/demo/run.sh
test:
	PG_CONFIG=$(PG_CONFIG) test/throwaway.sh test/suite.sh
test-all:
	PG_CONFIG=$(PG_CONFIG) test/all.sh
bench:
	PG_CONFIG=$(PG_CONFIG) test/throwaway.sh test/bench/run.sh
