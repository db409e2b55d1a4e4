# Logical replication of all rows to a second server, by the two publications that
# doc/operations.md describes, and a switch-over to the subscriber. Rows that ship are
# edited, replaced and restored before the subscription begins and while it runs.
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Learnify;
use Platform;

# The statements of the manual's section on logical replication, by the first words of
# each block.
my ($section) = slurp_file("$TREE/doc/operations.md") =~ /^## Logical replication\n(.*?)^## /ms;
my @blocks = $section =~ /^```sql\n(.*?)^```$/msg;

sub documented
{
	my ($begin) = @_;
	my @found = grep { /\A\Q$begin\E/ } @blocks;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is(scalar(@found), 1, "the manual has one block that begins with $begin");
	return $found[0];
}

my $publisher = start_node('publisher', init => { allows_streaming => 'logical' });
my $subscriber = start_node('subscriber', init => { allows_streaming => 'logical' });

# What each server writes itself.
sub own_rows
{
	my ($node, $database) = @_;
	return quiet_psql($node, $database, 'TABLE schema_migrations ORDER BY version')
	  . row_digests($node, $database, { 'learnify_internal.expected_catalog' => [qw(kind object definition)] });
}

sub check_same_rows
{
	my ($database, $name) = @_;
	$publisher->wait_for_catchup("from_$database");
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is_same_text(row_digests($subscriber, $database), row_digests($publisher, $database), $name);
}

# Edits shipped rows while the subscription runs: by UPDATEs, by an INSERT that replaces
# one, and by a restore. populate() has edited others before it begins.
my $edit = <<~'SQL';
	SET client_min_messages = error; SET log_min_messages = error;
	SELECT restore_shipped_rows('{decision-tree}') \g /dev/null
	UPDATE blueprint_modules SET description_template = 'Edited again' WHERE module_number IN (1, 5);
	UPDATE achievements SET id = gen_random_uuid() WHERE slug = 'first-course';
	UPDATE achievements SET active = false WHERE slug = 'fifty-exercises';
	INSERT INTO achievements (name, description, criteria, slug) VALUES ('Once more', 'Replaced', '{"metric": "perfect_scores", "at_least": 2}', 'ten-exercises');
	INSERT INTO achievements (name, description, criteria, active) VALUES ('Never', 'Deleted', '{"metric": "perfect_scores", "at_least": 99}', false);
	DELETE FROM achievements WHERE name = 'Never';
	SQL

foreach my $way ([ 'selected', "SELECT format('CREATE PUBLICATION" ], [ 'everything', 'CREATE PUBLICATION learnify FOR ALL TABLES' ])
{
	my ($database, $publication) = @$way;
	subtest $database => sub {
		populate($publisher, $database);
		quiet_psql($publisher, $database, documented($publication), 'the publication is created');

		# The subscriber's shipped rows have been edited too, and are replaced all the same.
		create_database($subscriber, $database, 'CREATE EXTENSION learnify');
		quiet_psql($subscriber, $database, <<~SQL);
			SET client_min_messages = error; SET log_min_messages = error;
			UPDATE blueprint_modules SET concept_slug = 'local', estimated_hours = 99 WHERE module_number = 4;
			INSERT INTO achievements (name, description, criteria, slug) VALUES ('Local', 'Local', '{"metric": "perfect_scores", "at_least": 9}', 'hundred-hours');
			SQL
		my $own = own_rows($subscriber, $database);
		my $connection = sprintf "host=%s port=%s dbname=%s", $publisher->host, $publisher->port, $database;
		quiet_psql($subscriber, $database, "SET client_min_messages = warning;\n" . documented('CREATE SUBSCRIPTION') =~ s/'host=.*?'/'$connection'/r =~ s/SUBSCRIPTION learnify/SUBSCRIPTION from_$database/r,
			'the subscription is created') // die;
		$subscriber->wait_for_subscription_sync($publisher, "from_$database", $database);
		check_same_rows($database, 'all rows are copied');

		quiet_psql($publisher, $database, $edit, 'shipped rows are edited');
		check_same_rows($database, 'shipped rows edited, replaced and deleted are replicated');
		quiet_psql($publisher, $database, <<~SQL, 'work goes on');
			SELECT restore_shipped_rows() \\g /dev/null
			INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score)
			SELECT p.user_id, m.id, e.id, e.language, true, 90
			FROM user_progress AS p JOIN generated_modules AS m ON m.course_id = p.course_id JOIN exercises AS e ON e.module_id = m.id
			WHERE m.module_number IN (2, 3, 6) ORDER BY p.user_id;
			SELECT refresh_trending(), refresh_recommendations() \\g /dev/null
			UPDATE module_completions SET score = 40, passed = false WHERE user_id = (SELECT id FROM users WHERE name = 'Learner 4');
			DELETE FROM module_completions WHERE user_id = (SELECT id FROM users WHERE name = 'Learner 7');
			SELECT choose_archetype(id, 'Digital', 'fugues', 'analyst') FROM users WHERE name = 'Learner 6' \\g /dev/null
			SELECT request_domain_validation(id) FROM user_archetypes WHERE domain = 'fugues' \\g /dev/null
			SELECT erase_user(id) FROM users WHERE name = 'Learner 2' \\g /dev/null
			UPDATE users SET max_visibility = 'private' WHERE name = 'Learner 3';
			SELECT unfollow_user(a.id, b.id) FROM users AS a, users AS b WHERE (a.name, b.name) = ('Learner 4', 'Learner 5') \\g /dev/null
			SQL
		check_same_rows($database, 'restored shipped rows, corrections and an erasure are replicated');
		is(quiet_psql($subscriber, $database, 'SELECT count(*) FROM blueprint_modules WHERE builtin'), 7, 'all shipped modules are there as shipped');
		is(own_rows($subscriber, $database), $own, 'what the subscriber wrote about its own catalog is unchanged');
		is(quiet_psql($subscriber, $database, 'SELECT * FROM verify_schema()'), '', 'the subscriber has no drift');
	};
}

# A submission keeps the date that the publisher gave it, although the subscriber computes
# another, as with older time zones.
quiet_psql($subscriber, 'selected', q{UPDATE users SET time_zone = 'Pacific/Kiritimati' WHERE name = 'Learner 4'});
quiet_psql($publisher, 'selected', <<~SQL);
	UPDATE module_completions SET submitted_at = date_trunc('day', submitted_at, 'Europe/Berlin') + '23:00'
	WHERE user_id = (SELECT id FROM users WHERE name = 'Learner 4');
	SQL
$publisher->wait_for_catchup('from_selected');
quiet_psql($subscriber, 'selected', q{UPDATE users SET time_zone = 'Europe/Berlin', updated_at = updated_at WHERE name = 'Learner 4'});
my $dates = 'SELECT id, submitted_on FROM module_completions ORDER BY id';
is_same_text(quiet_psql($subscriber, 'selected', $dates), quiet_psql($publisher, 'selected', $dates), 'a submission keeps its date');

# Learner 6, who submits below, may have lost an achievement that would then be awarded again.
quiet_psql($publisher, $_, q{SELECT award_achievements(id) FROM users WHERE name = 'Learner 6' \g /dev/null}) foreach qw(selected everything);

# A ticket that is out while the servers are switched.
my $ticket = quiet_psql($publisher, 'everything', q{SELECT ticket FROM claim_domain_validations(1)});
isnt($ticket, '', 'a ticket is given out');
$publisher->wait_for_catchup("from_$_") foreach qw(selected everything);
my %before = map { $_ => row_digests($publisher, $_) } qw(selected everything);
my %violations = map { $_ => invariants($publisher, $_) } qw(selected everything);
$publisher->stop;

# The switch-over. The subscriber's triggers act on new rows from now on, and on nothing
# that was replicated.
foreach my $database (qw(selected everything))
{
	quiet_psql($subscriber, $database, documented('ALTER SUBSCRIPTION') =~ s/SUBSCRIPTION learnify/SUBSCRIPTION from_$database/gr, 'the subscription is dropped');
	is_same_text(row_digests($subscriber, $database), $before{$database}, 'the subscriber has all rows of the publisher') if $database ne 'selected';
	quiet_psql($subscriber, $database, 'SELECT refresh_search() \g /dev/null', 'courses can be searched');
	my $feed = 'SELECT count(*), (SELECT count(*) FROM user_achievements) FROM activity_feed';
	my $told = quiet_psql($subscriber, $database, $feed);
	# Learner 6 submits again what they have solved, at both servers' turn.
	quiet_psql($subscriber, $database, <<~SQL, 'solved exercises are submitted again');
		SELECT submit_exercise(s.user_id, s.exercise_id, '', s.language, s.results)
		FROM (SELECT DISTINCT s.user_id, s.exercise_id, s.language, (SELECT jsonb_agg(true) FROM jsonb_array_elements(e.test_cases)) AS results
		      FROM module_completions AS s
		      JOIN exercises AS e ON e.id = s.exercise_id
		      JOIN users AS u ON u.id = s.user_id AND u.name = 'Learner 6'
		      JOIN generated_modules AS m ON m.id = s.module_id
		      JOIN generated_courses AS c ON c.id = m.course_id AND c.status = 'active'
		      WHERE s.passed AND m.module_number = 1) AS s \\g /dev/null
		SQL
	is(quiet_psql($subscriber, $database, $feed), $told, 'nothing is told or awarded twice');
	is_same_text(invariants($subscriber, $database), $violations{$database}, 'no invariant is violated that was not on the publisher');
}
is(quiet_psql($subscriber, 'everything', qq(SELECT record_domain_validation('$ticket', '{"is_valid": true, "reason": "an art"}') IS NOT NULL)), 't', 'a ticket of the publisher is redeemed at the subscriber');
check_that_it_works($subscriber, $_) foreach qw(selected everything);

# Without a publisher, its connections break.
$subscriber->stop;
foreach my $node ($publisher, $subscriber)
{
	my @complaints = grep { !/terminating logical replication worker|could not (?:connect to|receive data from|send end-of-streaming)|the database system is shutting down/ } @{ complaints($node) };
	is_deeply(\@complaints, [], 'the log of the ' . $node->name . ' has no errors or warnings');
}
done_testing();
