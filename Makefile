# learnify: PGXS build, tests and demo.
#
#   make && make install        build and install (PG_CONFIG names the server)
#   make uninstall              remove everything that "make install" has installed
#   make installcheck           regression and isolation tests on a running server
#   make dist                   the archive for PGXN, from the last commit
#   make fingerprint            rewrites sql/fingerprint/ once a script has changed
#   make released               freezes the scripts: their checksums are tested
#   make demo | test | bench    on a throwaway server of their own, which they
#                               set up from a fresh Debian machine and remove
#   make test-all               make test, then all of test/long: other majors,
#                               pg_upgrade, valgrind and whatever else takes long
#   ONLY="unit regress=ticker"  restricts make test to these parts and names, and
#                               make test-all to these scripts (ONLY=valgrind)
#   WERROR=1                    warnings are errors
#   OPTFLAGS="-O3 -march=native"  overrides the optimisation flags
#
# To build in a folder of its own, run "make -f ../Makefile" there.

# The folder of this file, in which all sources are. PGXS would take it from VPATH,
# which is emptied below.
override srcdir := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))

EXTENSION = learnify
EXTVERSION := $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" $(srcdir)/learnify.control)

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

# Tests create databases in the server's own locale, whichever that is.
REGRESS = $(basename $(notdir $(sort $(wildcard $(srcdir)/test/sql/*.sql))))
ISOLATION = $(basename $(notdir $(sort $(wildcard $(srcdir)/test/specs/*.spec))))
REGRESS_OPTS = --inputdir=$(srcdir)/test --outputdir=test/results --encoding=UTF8 --load-extension=learnify
ISOLATION_OPTS = --inputdir=$(srcdir)/test --outputdir=test/results --encoding=UTF8 --load-extension=learnify
REGRESS_PREP = results_folder
EXTRA_CLEAN = build test/results learnify-$(EXTVERSION).zip

OPTFLAGS ?= -O2
PG_CFLAGS = $(OPTFLAGS) $(if $(WERROR),-Wall -Wextra -Werror)
SHLIB_LINK = -lcrypt

# Debian's /usr/bin/pg_config is a wrapper for the newest major, and its client
# package has a pg_config, too. Choose the newest major of which there is a server,
# or else a client.
ifeq ($(origin PG_CONFIG),undefined)
PG_CONFIG := $(or \
	$(patsubst %/postgres,%/pg_config,$(lastword $(sort $(wildcard /usr/lib/postgresql/*/bin/postgres)))), \
	$(lastword $(sort $(wildcard /usr/lib/postgresql/*/bin/pg_config))), \
	pg_config)
endif
PGXS := $(shell $(PG_CONFIG) --pgxs 2>/dev/null)

# The server's headers as system headers: their warnings are not ours.
INCLUDEDIR_SERVER := $(shell $(PG_CONFIG) --includedir-server 2>/dev/null)
PG_CPPFLAGS = -isystem $(INCLUDEDIR_SERVER)

# Debian's client package has PGXS without the headers that it needs.
ifneq ($(and $(wildcard $(PGXS)),$(wildcard $(INCLUDEDIR_SERVER)/postgres.h)),)
include $(PGXS)

# PGXS makes VPATH the source folder. It would also find objects and scripts there
# that a build in that folder has left; find sources only.
override VPATH :=
vpath %.c $(srcdir)
vpath %.control $(srcdir)

# The documents keep their folders, so that their links lead somewhere. PGXS has
# one folder for the documents of all extensions, and does not uninstall from it
# what comes from a subfolder. The server's folder for documents, which we may
# have made, is removed if nothing else is in it.
DOCUMENTS = README.md CHANGELOG.md LICENSE $(patsubst $(srcdir)/%,%,$(sort $(wildcard $(srcdir)/doc/*.md)))
documents_folder = $(DESTDIR)$(docdir)/learnify

.PHONY: install_documents uninstall_documents results_folder
install: install_documents
install_documents:
	$(MKDIR_P) '$(documents_folder)/doc'
	$(foreach document,$(DOCUMENTS),$(INSTALL_DATA) $(srcdir)/$(document) '$(documents_folder)/$(document)' &&) :
uninstall: uninstall_documents
uninstall_documents:
	rm -f $(addprefix '$(documents_folder)'/,$(DOCUMENTS))
	rmdir '$(documents_folder)/doc' '$(documents_folder)' '$(DESTDIR)$(docdir)' 2>/dev/null || :
results_folder:
	@$(MKDIR_P) test/results
else
all install uninstall installcheck clean:
	@echo "The server's development files are not there: install postgresql-server-dev-NN, or name a server with PG_CONFIG=/path/to/pg_config" >&2; exit 1
endif

# A script is the pieces in order and then its row in the tracker, which holds
# the SHA-256 of everything above that row.
define script_rule
$$(call script,$(1)): $$(addprefix $(srcdir)/,$$(SQL_$(call field,$(1),3)) Makefile)
	@mkdir -p build
	printf '%s\n\n' '\echo Use "$(if $(filter 001,$(call field,$(1),1)),CREATE EXTENSION learnify,ALTER EXTENSION learnify UPDATE)" to load this file. \quit' | cat - $$(filter %.sql,$$^) >$$@.tmp
	checksum=$$$$(sha256sum <$$@.tmp | cut -c1-64) && \
	printf "INSERT INTO schema_migrations (version, description, checksum, extension_version)\nVALUES ('%s', '%s', '%s', '%s');\n" \
		$(call field,$(1),1) $(call field,$(1),4) $$$$checksum $(call field,$(1),3) >>$$@.tmp
	mv $$@.tmp $$@
endef
$(foreach step,$(CHAIN),$(eval $(call script_rule,$(step))))

# A downgrade first looks for what it would lose, and at last forgets its step.
define descent_rule
build/learnify--$(call descent,$(1)).sql: $$(addprefix $(srcdir)/,sql/downgrade/guard.sql sql/operation/take_tables.sql sql/downgrade/$(call descent,$(1)).sql sql/fingerprint/$(call field,$(1),2).sql Makefile)
	@mkdir -p build
	printf '%s\n\n' '\echo Use "ALTER EXTENSION learnify UPDATE" to load this file. \quit' | cat - $$(filter %.sql,$$^) >$$@.tmp
	printf "DROP FUNCTION refuse_data_loss(text[]);\n\nDELETE FROM schema_migrations WHERE version = '%s';\n" $(call field,$(1),1) >>$$@.tmp
	mv $$@.tmp $$@
endef
$(foreach step,$(DESCENTS),$(eval $(call descent_rule,$(step))))

$(OBJS): $(wildcard $(srcdir)/src/*.h)

# Folders for objects, named in full, or make would find those of the sources.
object_folders := $(addprefix $(CURDIR)/,$(sort $(dir $(OBJS))))
$(OBJS) $(OBJS:.o=.bc): | $(object_folders)
$(object_folders):
	mkdir -p $@

# Each of these starts a server of its own, after installing what that needs: it
# can do without PGXS.
.PHONY: released fingerprint demo test test-all bench dist pg_config
released: $(DATA_built)
	cd build && sha256sum $(sort $(notdir $(DATA_built))) >../test/released.sha256
fingerprint:
	PG_CONFIG=$(PG_CONFIG) test/throwaway.sh sql/fingerprint/generate.sh
	cp test/results/fingerprint/*.sql sql/fingerprint/
demo:
	$(srcdir)/test/throwaway.sh test/demo/run.sh
test:
	$(srcdir)/test/throwaway.sh test/suite.sh $(ONLY)
test-all:
	$(srcdir)/test/all.sh $(ONLY)
bench:
	$(srcdir)/test/throwaway.sh test/bench/run.sh
# Says which server that is, unless PG_CONFIG names another.
pg_config:
	@echo $(PG_CONFIG)
dist:
	git -C $(srcdir) archive --format=zip --prefix=learnify-$(EXTVERSION)/ -o '$(CURDIR)/learnify-$(EXTVERSION).zip' HEAD
