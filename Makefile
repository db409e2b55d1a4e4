# learnify: PGXS build, tests and demo.
#
#   make && make install        build and install (PG_CONFIG names the server)
#   make uninstall              remove everything that "make install" has installed
#   make installcheck           regression and isolation tests on a running server
#   make dist                   the archive for PGXN, from the last commit
#   make release                copy the scripts of a finished version to sql/releases
#   make next VERSION=X.Y.Z     begin the next version
#   make demo | test | bench    on a throwaway server of their own, which they
#                               set up from a fresh Debian machine and remove
#   make example                a small back end with a page, likewise, until Ctrl-C
#   make test-all               make test, then all of test/long: other majors,
#                               pg_upgrade, valgrind and whatever else takes long
#   make diagrams               draw doc/tables.md and its picture from the catalog
#   make plots                  draw the figures of the last make bench and quality.sh
#   ONLY="unit regress=ticker"  restricts make test to these parts and names, and
#                               make test-all to these scripts (ONLY=valgrind)
#   WERROR=1                    warnings are errors
#   OPTFLAGS="-O3 -march=native"  overrides the optimisation flags
#
# To build in a folder of its own, run "make -f ../Makefile" there.

# The folder of this file, in which all sources are. PGXS would take it from VPATH,
# which is emptied below.
override srcdir := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))

.DEFAULT_GOAL := all

EXTENSION = learnify
EXTVERSION := $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" $(srcdir)/learnify.control)

MODULE_big = learnify
OBJS = \
	src/base/settings.o \
	src/base/argument.o \
	src/base/extension.o \
	src/base/drop_guard.o \
	src/base/cursor.o \
	src/base/indexed_table.o \
	src/base/row_trigger.o \
	src/base/kept_instants.o \
	src/base/checked_row.o \
	src/base/row_estimates.o \
	src/base/row_versions.o \
	src/base/saved_plan.o \
	src/base/own_statement.o \
	src/base/locked_keys.o \
	src/base/object_locks.o \
	src/base/background_workers.o \
	src/base/transition_rows.o \
	src/base/json_object.o \
	src/base/arrays.o \
	src/base/id_list.o \
	src/base/characters.o \
	src/distribution/settling.o \
	src/distribution/shards.o \
	src/distribution/authors.o \
	src/distribution/group_triggers.o \
	src/distribution/gathered.o \
	src/identity/acting_user.o \
	src/identity/holdings.o \
	src/identity/passwords.o \
	src/identity/texts.o \
	src/identity/time_zones.o \
	src/curriculum/template.o \
	src/curriculum/near_miss.o \
	src/curriculum/variables.o \
	src/curriculum/inject.o \
	src/curriculum/inject_jsonb.o \
	src/curriculum/check_template.o \
	src/progress/submission_rows.o \
	src/progress/modules.o \
	src/progress/module_statuses.o \
	src/progress/review_renewals.o \
	src/progress/progress.o \
	src/progress/learner_lock.o \
	src/progress/milestones.o \
	src/progress/submissions.o \
	src/progress/minutes.o \
	src/progress/submission_checks.o \
	src/progress/enrolment_checks.o \
	src/progress/enrolment_events.o \
	src/progress/review_checks.o \
	src/progress/content_lock.o \
	src/progress/curriculum_lock.o \
	src/progress/enrolments.o \
	src/progress/carried_work.o \
	src/progress/content_change.o \
	src/progress/moved_time.o \
	src/progress/moved_reviews.o \
	src/progress/content.o \
	src/social/visibility.o \
	src/social/activity_types.o \
	src/social/broadcasts.o \
	src/social/follows.o \
	src/social/page.o \
	src/social/streaks.o \
	src/social/statistics.o \
	src/social/achievements.o \
	src/social/earned_achievements.o \
	src/social/ticker.o \
	src/social/ticker_of_nodes.o \
	src/discovery/poisson_ratio.o \
	src/discovery/velocity.o \
	src/discovery/signups.o \
	src/discovery/demand_of_node.o \
	src/discovery/features.o \
	src/discovery/local_ridge.o \
	src/discovery/low_rank.o \
	src/discovery/new_courses.o \
	src/discovery/ranking_metrics.o \
	src/discovery/course_scores.o \
	src/discovery/refresh_workers.o \
	src/discovery/replace_recommendations.o \
	src/discovery/search_words.o \
	src/discovery/work_memory.o \
	src/discovery/phase.o \
	src/discovery/catalogue.o \
	src/discovery/interactions.o \
	src/discovery/model.o \
	src/discovery/recommendations.o \
	src/discovery/social_signals.o \
	src/discovery/mastery.o \
	src/discovery/skill_rules.o \
	src/discovery/split.o \
	src/discovery/skill_ranking.o \
	src/discovery/ranking.o \
	src/discovery/evaluate.o \
	src/discovery/tune.o

include $(srcdir)/sql/scripts.mk

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
PG_CPPFLAGS = -I$(srcdir)/src -isystem $(INCLUDEDIR_SERVER)

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
DOCUMENTS = README.md CHANGELOG.md LICENSE $(patsubst $(srcdir)/%,%,$(sort $(wildcard $(srcdir)/doc/*.md $(srcdir)/doc/diagrams/*.svg)))
documents_folder = $(DESTDIR)$(docdir)/learnify

.PHONY: install_documents uninstall_documents results_folder
install: install_documents
install_documents:
	$(MKDIR_P) '$(documents_folder)/doc/diagrams'
	$(foreach document,$(DOCUMENTS),$(INSTALL_DATA) $(srcdir)/$(document) '$(documents_folder)/$(document)' &&) :
uninstall: uninstall_documents
uninstall_documents:
	rm -f $(addprefix '$(documents_folder)'/,$(DOCUMENTS))
	rmdir '$(documents_folder)/doc/diagrams' '$(documents_folder)/doc' '$(documents_folder)' '$(DESTDIR)$(docdir)' 2>/dev/null || :
results_folder:
	@$(MKDIR_P) test/results
else
all install uninstall installcheck clean:
	@echo "The server's development files are not there: install postgresql-server-dev-NN, or name a server with PG_CONFIG=/path/to/pg_config" >&2; exit 1
endif

$(OBJS): $(wildcard $(srcdir)/src/*/*.h)

# Folders for objects, named in full, or make would find those of the sources.
object_folders := $(addprefix $(CURDIR)/,$(sort $(dir $(OBJS))))
$(OBJS) $(OBJS:.o=.bc): | $(object_folders)
$(object_folders):
	mkdir -p $@

# Each of these starts a server of its own, after installing what that needs: it
# can do without PGXS.
.PHONY: demo example test test-all bench diagrams plots dist pg_config
demo:
	$(srcdir)/test/throwaway.sh test/demo/run.sh
example:
	$(srcdir)/example/start.sh
test:
	$(srcdir)/test/throwaway.sh test/suite.sh $(ONLY)
test-all:
	$(srcdir)/test/all.sh $(ONLY)
bench:
	$(srcdir)/test/throwaway.sh test/bench/run.sh
diagrams:
	$(srcdir)/test/throwaway.sh doc/diagrams/draw.sh
	cp -R test/results/doc $(srcdir)
plots:
	-cp test/results/bench/*.csv $(srcdir)/doc/diagrams
	for plot in cost_curves quality; do $(srcdir)/doc/diagrams/plots.pl $$plot >$(srcdir)/doc/diagrams/$$plot.svg; done
# Says which server that is, unless PG_CONFIG names another.
pg_config:
	@echo $(PG_CONFIG)
dist:
	git -C $(srcdir) archive --format=zip --prefix=learnify-$(EXTVERSION)/ -o '$(CURDIR)/learnify-$(EXTVERSION).zip' HEAD
