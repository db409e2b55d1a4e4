# Databases in LATIN1 and EUC_JP: names, passwords, placeholders, limits and errors with
# characters of more than one byte.
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Utils;
use Test::More;
use Learnify;
use Platform;

$ENV{PGCLIENTENCODING} = 'UTF8';
my $node = start_node('main');
create_database($node, 'utf8', 'CREATE EXTENSION learnify');

# For each encoding: a character in both cases, a password that has another form in
# Unicode's form KC, a blank and a character that is not seen, and a word.
my %encodings = (
	LATIN1 => { lower => 'ë', upper => 'Ë', password => 'pässwörter ½', blank => "\xc2\xa0", hidden => "\xc2\xad", word => 'Größe' },
	EUC_JP => { lower => 'я', upper => 'Я', password => 'パスワード１２３', blank => "\xe3\x80\x80", hidden => undef, word => '株取引' });

foreach my $encoding (sort keys %encodings)
{
	my ($lower, $upper, $password, $blank, $hidden, $word) = @{ $encodings{$encoding} }{qw(lower upper password blank hidden word)};
	my $database = lc $encoding;
	$node->safe_psql('postgres', "CREATE DATABASE $database ENCODING '$encoding' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
	quiet_psql($node, $database, 'CREATE EXTENSION learnify', "$encoding: the extension is created");
	quiet_psql($node, $_, 'ALTER DATABASE ' . $_ . ' SET learnify.password_cost = 4') foreach 'utf8', $database;

	# An address, a name and a password. A name has a hundred characters, whatever their bytes.
	is(quiet_psql($node, $database, <<~SQL), "t|100|t|t", "$encoding: a learner registers and logs in");
		SELECT register_user('${blank}Zo${upper}\@example.org', '$password', repeat('${lower}', 100)) AS id \\gset
		SELECT u.email = 'Zo${upper}\@example.org', char_length(u.name), authenticate('ZO${lower}\@example.ORG', '$password') = u.id,
		       authenticate('zo${lower}\@example.org', 'wrong') IS NULL
		FROM users AS u WHERE u.id = :'id';
		SQL
	my %hash = map { $_ => quiet_psql($node, $_, "SELECT hash_password('$password')") } 'utf8', $database;
	is(quiet_psql($node, $database, "SELECT verify_password('$password', '$hash{utf8}')"), 't', "$encoding: a hash made in UTF8 verifies");
	is(quiet_psql($node, 'utf8', "SELECT verify_password('$password', '$hash{$database}')"), 't', "$encoding: its hash verifies in UTF8");
	my $register = "SELECT register_user('%s', 'correct horse', '%s')";
	refused($node, $database, sprintf($register, "zo${lower}\@example.org", 'Zoe'), qr/e-mail address "zo${lower}\@example\.org" is already registered/, "$encoding: the same address in another case");
	refused($node, $database, sprintf($register, 'eve@example.org', ${lower} x 101), qr/more than 100 characters/, "$encoding: a name of 101 characters");
	refused($node, $database, sprintf($register, 'eve@example.org', "E${_}ve"), qr/not seen/, "$encoding: a character that is not seen") foreach grep { defined } ${hidden};

	# What is refused is quoted up to a hundred characters, not bytes. A list of slugs begins
	# with a quotation mark, which is one of them.
	my $long = ${lower} x 150;
	refused($node, $database, "SELECT restore_shipped_rows('{$long}')", qr/no row ships with the slug "(?:${lower}){99}\.\.\.$/m, "$encoding: a slug of 150 characters");
	refused($node, $database, "SELECT grant_learner('$long')", qr/role "(?:${lower}){100}\.\.\." does not exist/, "$encoding: a role of 150 characters");

	# Placeholders.
	is(quiet_psql($node, $database, <<~SQL), "${lower}${word}${upper}{ENTITY}${lower}|{ENTITY,STATE}", "$encoding: variables are injected between such characters");
		SELECT inject_variables('${lower}{ENTITY}{STATE}${lower}'::text, '{"ENTITY": "${word}", "STATE": "${upper}{ENTITY}"}'),
		       template_variables('${lower}{ENTITY}{STATE}${lower}'::text)
		SQL
	is(quiet_psql($node, $database, <<~SQL), "near_miss|{ Entity }|3", "$encoding: the position of a near miss counts characters");
		SELECT c.kind, c.fragment, c."at" FROM check_template('${lower}${upper}{ Entity }'::text, '{ENTITY}') AS c WHERE c.kind = 'near_miss'
		SQL

	# A course of such words, and what follows from it. A domain has 200 characters.
	is(quiet_psql($node, $database, <<~SQL), "t|7|t|t", "$encoding: a course is generated, and its work is told");
		SELECT id FROM users \\gset
		SELECT choose_archetype(:'id', 'Digital', repeat('${lower}', 200), 'novice') \\g /dev/null
		SELECT set_variables(:'id', (SELECT jsonb_object_agg(v, '$word ' || v) FROM missing_variables(:'id') AS m, unnest(m.missing) AS v)) \\g /dev/null
		SELECT generate_course(:'id') AS course \\gset
		INSERT INTO users (email, password_hash, name) VALUES ('ada\@example.org', '!', '$word') RETURNING id AS ada \\gset
		SELECT follow_user(:'id', :'ada') \\g /dev/null
		INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score)
		SELECT :'ada', m.id, e.id, e.language, true, 100 FROM generated_modules AS m JOIN exercises AS e ON e.module_id = m.id WHERE m.course_id = :'course';
		SELECT bool_or(strpos(m.title || m.content::text, '$word') > 0), count(*),
		       (SELECT bool_and(f.metadata ->> 'actor_name' = '$word') FROM activity_ticker(:'id') AS f),
		       living_resume(:'ada', :'ada') ->> 'name' = '$word'
		FROM generated_modules AS m WHERE m.course_id = :'course'
		SQL
	is(quiet_psql($node, $database, 'SELECT * FROM verify_schema()'), '', "$encoding: there is no drift");
	my $count = quiet_psql($node, $database, 'SELECT count(*) FROM users, LATERAL export_user_rows(id)');

	# A dump, which leaves out failed logins, restores in UTF8.
	my $dump = PostgreSQL::Test::Utils::tempdir() . '/dump';
	quietly($node, "$encoding: pg_dump", 'pg_dump', '-f', $dump, '-d', $node->connstr($database));
	create_database($node, "of_$database");
	restore_with_psql($node, "of_$database", $dump);
	my $texts = q{SELECT r.table_name, r.content::text COLLATE "C" FROM users, LATERAL export_user_rows(id) AS r WHERE r.table_name <> 'login_failures' ORDER BY 1, 2};
	is_same_text(quiet_psql($node, "of_$database", $texts), quiet_psql($node, $database, $texts), "$encoding: a dump restores the same in UTF8");
	cmp_ok($count, '>', 40, "$encoding: there are rows to compare");
}

$node->stop;
done_testing();
