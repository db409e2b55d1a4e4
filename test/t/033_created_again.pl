# The extension is dropped and created again in another schema within one session. The
# library caches the oids of schemas and plans for tables, and must not use stale ones.
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Learnify;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', 'fsync = off');
$node->start;

# Returns SQL that creates the extension, calls all of its functions, checks that some
# tables have rows, and drops the extension.
sub lifetime
{
	my ($schema, $version) = @_;
	# the scripts of test/versions reset client_min_messages
	return qq(
		SET client_min_messages = warning;
		CREATE SCHEMA IF NOT EXISTS $schema;
		CREATE EXTENSION learnify SCHEMA $schema VERSION '$version';
		SET search_path = $schema;
	) . version_script($version) . qq(
		SELECT '[$version]', (SELECT count(*) FROM $schema.module_completions) > 0, (SELECT count(*) FROM $schema.activity_feed) > 0,
		       (SELECT count(*) FROM $schema.user_progress WHERE progress_percentage > 0) > 0;
		SET learnify.allow_data_loss = on;
		DROP EXTENSION learnify;
	);
}

my $newest = $VERSIONS[-1];
create_database($node, 'again');
my $output = quiet_psql($node, 'again', 'SET learnify.password_cost = 4;'
	  . lifetime('one', $newest) . lifetime('another', $newest) . lifetime('another', '0.5.0') . lifetime('one', $newest),
	'the extension can be created, used and dropped repeatedly in one session');
is(join("\n", $output =~ /^\[.*/mg), join("\n", map { "[$_]|t|t|t" } $newest, $newest, '0.5.0', $newest), 'each time, the rows are in the tables of the current schema');

$node->stop;
done_testing();
