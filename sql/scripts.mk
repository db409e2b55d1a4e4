# scripts.mk: makes the extension's scripts from the SQL of this folder.
#
# The folder is the current state. Released scripts are in releases/, and are never
# edited. The version in development is the one that the control file names, unless it is
# among them; update/migration.sql leads to it from the one before.

sql = $(srcdir)/sql

# The tables, which an update alters.
TABLES_SQL = $(addprefix $(sql)/,\
	operation/existing_tables.sql \
	internals.sql \
	operation/tables.sql \
	identity/fold_email.sql \
	identity/tables.sql \
	identity/login_failures_table.sql \
	identity/account_tokens_table.sql \
	operation/lock_tables.sql \
	operation/imported_rows_table.sql \
	curriculum/tables.sql \
	progress/tables.sql \
	progress/kept_completions_table.sql \
	operation/model_requests_table.sql \
	social/tables.sql \
	social/follow_tables.sql \
	discovery/tables.sql \
	discovery/search_table.sql \
	discovery/model_table.sql \
	discovery/skill_edges_table.sql \
	operation/drop_guard.sql)

# What every script replaces whole, in the order of the layers as far as one function
# does not need another.
REPLACEABLE_SQL = $(addprefix $(sql)/,\
	operation/comments.sql \
	operation/privileges.sql \
	operation/verify_schema.sql \
	operation/updated_at.sql \
	operation/live_rows.sql \
	operation/fixed_keys.sql \
	operation/settings.sql \
	operation/locks.sql \
	operation/arguments.sql \
	operation/seeds.sql \
	operation/replication.sql \
	operation/model_requests.sql \
	identity/comments.sql \
	identity/time_zones.sql \
	identity/passwords.sql \
	identity/texts.sql \
	identity/acting_user.sql \
	identity/logins.sql \
	identity/accounts.sql \
	identity/credentials.sql \
	identity/account_tokens.sql \
	identity/archetypes.sql \
	identity/variables.sql \
	identity/domain_validation.sql \
	social/visibility.sql \
	curriculum/comments.sql \
	curriculum/templates.sql \
	$(sort $(patsubst $(sql)/%,%,$(wildcard $(sql)/curriculum/blueprint/*.sql))) \
	curriculum/shipped_modules.sql \
	curriculum/template_checks.sql \
	curriculum/rendering.sql \
	curriculum/courses.sql \
	curriculum/regeneration.sql \
	curriculum/onboarding.sql \
	curriculum/exercises.sql \
	curriculum/faulty_rows.sql \
	curriculum/authors.sql \
	progress/comments.sql \
	progress/enrolment.sql \
	progress/modules.sql \
	progress/submissions.sql \
	progress/reviews.sql \
	progress/completion_records.sql \
	progress/review_requests.sql \
	social/comments.sql \
	social/ticker.sql \
	social/following.sql \
	social/follow_policy.sql \
	social/statistics.sql \
	social/shipped_achievements.sql \
	social/achievement_rules.sql \
	social/living_resume.sql \
	social/broadcasts.sql \
	social/achievements.sql \
	progress/automation.sql \
	progress/review_automation.sql \
	progress/content_changes.sql \
	discovery/comments.sql \
	discovery/velocity.sql \
	discovery/trending.sql \
	discovery/search.sql \
	discovery/learners.sql \
	discovery/skill_edges.sql \
	discovery/skill_adjacency.sql \
	discovery/recommendations.sql \
	discovery/model.sql \
	discovery/evaluate.sql \
	discovery/tune.sql \
	discovery/refresh.sql \
	discovery/home_rows.sql \
	discovery/schedule.sql \
	identity/privacy.sql \
	operation/row_security.sql \
	operation/roles.sql \
	distribution/triggers.sql \
	distribution/erasure.sql \
	distribution/people.sql \
	distribution/gathered.sql \
	distribution/distribute.sql \
	distribution/trending.sql \
	operation/status.sql \
	operation/import/rules.sql \
	operation/import/expressions.sql \
	operation/import/columns.sql \
	operation/import/staging.sql \
	operation/import/keys.sql \
	operation/import/cross_checks.sql \
	operation/import/later_runs.sql \
	operation/import/writing.sql \
	operation/import/reporting.sql \
	operation/import/import_legacy.sql \
	operation/revoke_internals.sql \
	operation/initial_privileges.sql \
	finish.sql)

RELEASES = $(sort $(wildcard $(sql)/releases/learnify--*.sql))
RELEASED := $(shell ls $(sql)/releases | sed -n 's/^learnify--.*--\(.*\)\.sql$$/\1/p; s/^learnify--\([^-]*\)\.sql$$/\1/p' | sort -uV)
PREVIOUS := $(lastword $(filter-out $(EXTVERSION),$(RELEASED)))
UNRELEASED := $(filter-out $(RELEASED),$(EXTVERSION))

install_script = build/learnify--$(EXTVERSION).sql
update_script = build/learnify--$(PREVIOUS)--$(EXTVERSION).sql
downgrade_script = build/learnify--$(EXTVERSION)--$(PREVIOUS).sql

# Each version can be installed at once: without a script of its own, PostgreSQL would
# install a later one and downgrade it. OLD:NEW for each step whose end has none.
STEPS = $(filter-out %:,$(join $(addsuffix :,$(RELEASED)),$(wordlist 2,$(words $(RELEASED)),$(RELEASED))))
from = $(firstword $(subst :, ,$(1)))
to = $(lastword $(subst :, ,$(1)))
INSTALL_STEPS = $(foreach step,$(STEPS),$(if $(wildcard $(sql)/releases/learnify--$(call to,$(step)).sql),,$(step)))

DATA = $(RELEASES:$(srcdir)/%=%)
DATA_built = $(foreach step,$(INSTALL_STEPS),build/learnify--$(call to,$(step)).sql) \
	$(if $(UNRELEASED),$(install_script) $(update_script) $(downgrade_script))

build:
	mkdir -p $@

# An earlier version is installed by its predecessor's script and the update from there.
build/learnify--%: $(sql)/releases/learnify--% | build
	cp $< $@
define install_rule
build/learnify--$(2).sql: build/learnify--$(1).sql $(sql)/releases/learnify--$(1)--$(2).sql | build
	cat $$^ >$$@
endef
$(foreach step,$(INSTALL_STEPS),$(eval $(call install_rule,$(call from,$(step)),$(call to,$(step)))))

ifneq ($(UNRELEASED),)
# The head of every script.
guard = printf '%s\n\n' '\echo Use "$(1)" to load this file. \quit'; cat $(sql)/script_settings.sql

# What an update and a downgrade do before they change anything.
before_change = $(addprefix $(sql)/update/,refuse_distributed.sql take_tables.sql note_drift.sql note_grants.sql empty_bodies.sql)

# One half of migration.sql, with the files that its lines "\i FILE" name in their places.
upward = /^-- Downgrade$$/,$$d
downward = 1,/^-- Downgrade$$/d
migration = sed '$($(1))' $(sql)/update/migration.sql | \
	awk '/^\\i / { file = "$(srcdir)/" $$2; while ((getline line <file) > 0) print line; next } { print }'

# The version's row in the tracker: its number, which follows those of the released
# ones, and the SHA-256 of what an update runs before it.
number := $(shell printf %03d $(words $(filter-out $(EXTVERSION),$(RELEASED)) x))
tracker_row = printf "INSERT INTO schema_migrations (version, description, checksum, extension_version)\nVALUES ('%s', '%s', '%s', '%s');\n" \
	$(number) "$$(sed -n 's/^-- Description: //p' $(sql)/update/migration.sql)" "$$(sha256sum <$(1) | cut -c1-64)" $(EXTVERSION)
tracker_rows = sed -n '/^INSERT INTO schema_migrations /,/;$$/p'

$(update_script): $(wildcard $(sql)/update/*.sql) $(sql)/script_settings.sql $(TABLES_SQL) $(REPLACEABLE_SQL) $(srcdir)/Makefile $(sql)/scripts.mk | build
	{ $(call guard,ALTER EXTENSION learnify UPDATE); cat $(before_change); \
		$(call migration,upward); cat $(REPLACEABLE_SQL); echo; } >$@.tmp
	$(call tracker_row,$@.tmp) >>$@.tmp
	mv $@.tmp $@

# A fresh install writes the rows of all the versions that it stands for.
$(install_script): build/learnify--$(PREVIOUS).sql $(update_script)
	{ $(call guard,CREATE EXTENSION learnify); cat $(TABLES_SQL) $(REPLACEABLE_SQL); echo; $(tracker_rows) $^; } >$@

# A downgrade first looks for what it would lose, and in the end brings back what the
# version before replaces whole.
$(downgrade_script): build/learnify--$(PREVIOUS).sql $(update_script) $(sql)/replaceable.awk
	{ $(call guard,ALTER EXTENSION learnify UPDATE); \
		cat $(sql)/update/refuse_data_loss.sql $(before_change); \
		$(call migration,downward); awk -f $(sql)/replaceable.awk $<; \
		cat $(sql)/operation/initial_privileges.sql; \
		printf "\nDROP FUNCTION refuse_data_loss(text[]);\n\nDELETE FROM schema_migrations WHERE version = '%s';\n" $(number); } >$@
endif

# Copies the scripts of the version in development to releases/.
.PHONY: release
release: $(DATA_built)
	$(if $(UNRELEASED),cp $(install_script) $(update_script) $(downgrade_script) $(sql)/releases/)
	cd $(sql)/releases && sha256sum learnify--*.sql >SHA256SUMS

# Begins a version after the last has been released. The files of update/ that only the
# migration to that one includes go with it. What META.json says after "meta-spec" is the
# version of its form.
.PHONY: next
next:
	@test -n "$(VERSION)" || { echo 'Name the version: make next VERSION=X.Y.Z' >&2; exit 1; }
	@test -z "$(UNRELEASED)" || { echo '$(EXTVERSION) has not been released: run make release first' >&2; exit 1; }
	sed -i "s/^default_version = .*/default_version = '$(VERSION)'/" $(srcdir)/learnify.control
	sed -i '/"meta-spec"/,$$!s/"version": "$(EXTVERSION)"/"version": "$(VERSION)"/' $(srcdir)/META.json
	cd $(srcdir) && rm -f $$(sed -n 's/^\\i \(sql\/update\/.*\)/\1/p' sql/update/migration.sql)
	sed -i -e '1s/.*/-- Description: $(VERSION)/' -e '/^$$/,$$d' $(sql)/update/migration.sql
	printf '\n-- Downgrade\n' >>$(sql)/update/migration.sql
