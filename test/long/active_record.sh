#!/bin/bash
# active_record.sh
#
# Proves that Rails's migrations run beside the extension: each keeps its own table
# schema_migrations, whether or not the search_path has both, and CREATE EXTENSION says what
# to do where Rails has been first. Installs Debian's ruby-activerecord and ruby-pg.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."
. test/packages.sh

if [ "${1:-}" != --inside ]; then
	if ! need_packages ruby-activerecord ruby-pg; then
		echo "skip 1 - ActiveRecord: its packages cannot be installed"
		exit 0
	fi
	exec test/throwaway.sh test/long/active_record.sh --inside
fi

number=0
ok() {
	number=$((number + 1))
	if [ "$1" = "$2" ]; then
		echo "ok $number - $3"
	else
		printf 'not ok %s - %s\n# got:      %s\n# expected: %s\n' "$number" "$3" "$1" "$2"
	fi
}

# migrate SEARCH_PATH TABLE: runs two migrations of an application with that setting. Where
# TABLE is given, it is the table that holds their record.
migrate() {
	ruby - "$1" "${2:-}" <<'END'
require 'active_record'
path, table = ARGV
ActiveRecord::Base.establish_connection(adapter: 'postgresql', host: ENV['PGHOST'], username: ENV['PGUSER'],
                                        database: ENV['PGDATABASE'], schema_search_path: path)
unless table.empty?
  ActiveRecord::Base.schema_migrations_table_name = table
  ActiveRecord::Base.internal_metadata_table_name = table.sub('schema_migrations', 'ar_internal_metadata')
end
ActiveRecord::Migration.verbose = false
class CreateInvoices < ActiveRecord::Migration[6.1]
  def change
    create_table(:invoices) { |t| t.uuid :user_id; t.integer :cents }
  end
end
class AddNote < ActiveRecord::Migration[6.1]
  def change
    add_column :invoices, :note, :string
  end
end
migrations = [CreateInvoices.new('CreateInvoices', 20260101000000), AddNote.new('AddNote', 20260102000000)]
ActiveRecord::Migrator.new(:up, migrations, ActiveRecord::SchemaMigration, nil).migrate
puts ActiveRecord::SchemaMigration.pluck(:version).sort.join(' ')
END
}

query() {
	psql -XAtq -d "$PGDATABASE" -c "$1" 2>&1
}

create_database() {
	dropdb --if-exists --force "$1" && createdb -T template0 "$1"
	export PGDATABASE=$1
}

both='20260101000000 20260102000000'
create_database beside
query 'CREATE SCHEMA learning; CREATE EXTENSION learnify SCHEMA learning' >/dev/null
before=$(query 'TABLE learning.schema_migrations ORDER BY version')
ok "$(migrate public)" "$both" 'migrations run beside the extension in a schema of its own'
ok "$(migrate public)" "$both" 'and run no second time'
ok "$(query 'TABLE learning.schema_migrations ORDER BY version')" "$before" "the extension's record is unchanged"
ok "$(query 'SELECT count(*) FROM learning.verify_schema()')" 0 'there is no drift'
ok "$(query "SELECT string_agg(version, ' ' ORDER BY version) FROM public.schema_migrations")" "$both" 'Rails has a record of its own'

create_database both_in_path
query 'CREATE SCHEMA learning; CREATE EXTENSION learnify SCHEMA learning' >/dev/null
ok "$(migrate 'public, learning' public.schema_migrations)" "$both" 'with both schemas in the search_path, Rails is told the name of its table'
ok "$(query 'SELECT count(*) FROM learning.verify_schema()')" 0 'there is no drift'
ok "$(query "SELECT count(*) FROM learning.schema_migrations WHERE version > '100'")" 0 "and nothing of it is in the extension's record"

create_database rails_first
migrate public >/dev/null
ok "$(query 'CREATE EXTENSION learnify' | sed -n '/^ERROR/p; /^HINT/p')" "ERROR:  schema public already has schema_migrations
HINT:  Give the extension a schema of its own: CREATE SCHEMA learning; CREATE EXTENSION learnify SCHEMA learning; import_legacy copies rows from tables of these names." \
	'where Rails has been first, CREATE EXTENSION says what to do'
query 'CREATE SCHEMA learning; CREATE EXTENSION learnify SCHEMA learning' >/dev/null
ok "$(query 'SELECT count(*) FROM learning.verify_schema()')" 0 'and does it'
