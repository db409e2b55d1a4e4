# Databases with different encodings, collations and providers refuse the same texts, and
# compare addresses and hash passwords in the same way, so that a dump can be restored in any
# of them. Texts that an earlier version accepted survive updates and dumps, except for
# addresses that count as the same now.
use strict;
use warnings FATAL => 'all';
use Encode qw(encode_utf8);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Unicode::Normalize qw(NFC NFD);
use Unicode::UCD qw(casefold);
use Learnify;

$ENV{PGCLIENTENCODING} = 'UTF8';
my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', "fsync = off\nlearnify.password_cost = 4");
$node->start;

# Databases by name. Those with UTF8 get all queries, the others those that they can encode.
my %databases = (
	utf8_c => q{ENCODING 'UTF8' LOCALE 'C'},
	utf8_c_utf8 => q{ENCODING 'UTF8' LOCALE 'C.UTF-8'},
	utf8_turkish => q{ENCODING 'UTF8' LOCALE 'C' LOCALE_PROVIDER icu ICU_LOCALE 'tr-TR'},
	utf8_german => q{ENCODING 'UTF8' LOCALE 'C' LOCALE_PROVIDER icu ICU_LOCALE 'de-u-co-phonebk'},
	utf8_builtin => q{ENCODING 'UTF8' LOCALE 'C' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'},
	latin1 => q{ENCODING 'LATIN1' LOCALE 'C'},
	euc_jp => q{ENCODING 'EUC_JP' LOCALE 'C'},
	sql_ascii => q{ENCODING 'SQL_ASCII' LOCALE 'C'});
foreach my $database (sort keys %databases)
{
	my ($status, undef, $stderr) = $node->psql('postgres', "CREATE DATABASE $database TEMPLATE template0 $databases{$database}");
	if ($status != 0)
	{
		like($stderr, qr/ICU is not supported|unrecognized locale provider|invalid LC_|unrecognized parameter|option "(builtin|icu)_locale" not recognized/, "$database is not to be had here");
		delete $databases{$database};
		next;
	}
	quiet_psql($node, $database, 'CREATE EXTENSION learnify', "$database: the extension");
}
my @utf8 = grep { /^utf8/ } sort keys %databases;

# Perl has the same tables of Unicode, in some version; those of the extension are of 14.0.
subtest 'case is folded as Unicode says' => sub {
	my (@given, @expected);
	foreach my $c (0x21 .. 0xD7FF, 0xE000 .. 0xFFFD, 0x10400 .. 0x104FF, 0x10570 .. 0x105BF, 0x10C80 .. 0x10CFF, 0x118A0 .. 0x118DF, 0x16E40 .. 0x16E7F, 0x1E900 .. 0x1E943)
	{
		# since 15.1, the ligature of a long s and t is folded to that of s and t
		next if chr($c) !~ /\p{Present_In: 13.0}/ || $c == 0xFB05;
		push @given, $c;
		my $folded = join '', map {
			my $fold = casefold(ord $_);
			$fold && $fold->{simple} ne '' ? chr hex $fold->{simple} : $_
		} split //, NFD('a' . chr($c) . 'b');
		push @expected, encode_utf8(NFC($folded));
	}
	my $codes = join ',', @given;
	foreach my $database (@utf8)
	{
		my @got = split /\n/, quiet_psql($node, $database, "SELECT fold_email('a' || chr(c) || 'b') FROM unnest('{$codes}'::integer[]) WITH ORDINALITY AS g (c, n) ORDER BY n");
		my @wrong = map { sprintf 'U+%04X', $given[$_] } grep { ($got[$_] // '') ne $expected[$_] } 0 .. $#expected;
		cmp_ok(scalar(@given), '>', 50000, "$database: so many characters");
		is_deeply(\@wrong, [], "$database: none is folded otherwise");
	}
};

# The queries for all databases, and those for the characters of each encoding.
sub sameness
{
	return 'SELECT a, b, fold_email(a) = fold_email(b) FROM (VALUES ' . join(', ', map { "($_)" } @_) . ') AS v (a, b);';
}

sub fitness
{
	return q{SELECT ascii(w), to_jsonb(fit_text(w, 'variable_value')), coalesce(text_fault(w, 'variable_value'), 'fits') FROM unnest(ARRAY[}
	  . join(', ', @_) . ']) AS w;';
}

sub lengths
{
	my ($letter) = @_;
	return qq{SELECT n, text_fault(repeat('$letter', n), 'variable_value') IS NULL, length(fit_text(repeat('$letter', n), 'variable_value')) FROM unnest('{200,201,100000}'::integer[]) AS n;};
}

my $hidden = 'has a line break or another character that is not seen';
my %questions = (
	everywhere => sameness(q{'I@x', 'i@x'}, q{'ADA@X.ORG', ' ada@x.org'}, q{'ada@x', 'adb@x'})
	  . q{SELECT a, coalesce(text_fault(a, 'email'), 'fits') FROM unnest(ARRAY['ada@x', 'ada', 'a da@x', E'a\tda@x', 'ada@x@y']) AS a;}
	  . fitness(q{E' word\n'}, q{E'wo\nrd'}, q{E'wo\x7Frd'}, q{E'\\\\u000a'}) . lengths('x'),
	utf8 => sameness(q{'İ@x', 'i@x'}, q{'ı@x', 'I@x'}, q{'ß@x', 'SS@x'}, q{'ẞ@x', 'ß@x'}, q{'Ö@x', 'ö@x'}, q{E'O\u0308@x', 'ö@x'})
	  . fitness(q{E'\u3000名前\u00A0'}, q{E'wo\u2028rd'}, q{E'wo\u0085rd'}, q{E'wo\u200Brd'}) . lengths('名'),
	latin1 => sameness(q{'Ö@x', 'ö@x'}, q{'ÀÉ@x', 'àé@x'}, q{'ß@x', 'SS@x'}, q{'µ@x', 'µ@X'}, q{'Ä@x', 'Ö@x'})
	  . fitness(q{E'\u00A0Größe\u0085'}, q{E'wo\u0085rd'}, q{E'wo\u00ADrd'}) . lengths('ö'),
	euc_jp => sameness(q{'ＡＤＡ@x', 'ａｄａ@x'}, q{'名@x', '名@X'}, q{'Σ@x', 'σ@x'}, q{'名@x', '前@x'}) . fitness(q{E'\u3000名前\u3000'}) . lengths('名'),
	# SQL_ASCII has only bytes, so that nothing beyond ASCII is changed
	sql_ascii => sameness(q{'Ö@x', 'ö@x'}, q{'Ö@x', 'Ö@X'}) . q{SELECT text_fault(repeat('ö', n), 'variable_value') IS NULL FROM unnest('{100,101}'::integer[]) AS n;});
my %answers = (
	everywhere => join("\n", 'I@x|i@x|t', 'ADA@X.ORG| ada@x.org|t', 'ada@x|adb@x|f', 'ada@x|fits', 'ada|is not of the form name@host', 'a da@x|is not of the form name@host',
		"a\tda\@x|$hidden", 'ada@x@y|is not of the form name@host', '32|"word"|fits', qq{119|"wo rd"|$hidden}, qq{119|"wo rd"|$hidden},
		'92|"u000a"|has \u, which some languages read as another character', '200|t|200', '201|f|200', '100000|f|200'),
	utf8 => join("\n", 'İ@x|i@x|f', 'ı@x|I@x|f', 'ß@x|SS@x|f', 'ẞ@x|ß@x|t', 'Ö@x|ö@x|t', "O\xCC\x88\@x|ö\@x|t", '12288|"名前"|fits', qq{119|"wo rd"|$hidden}, qq{119|"wo rd"|$hidden},
		qq{119|"wo rd"|$hidden}, '200|t|200', '201|f|200', '100000|f|200'),
	latin1 => join("\n", 'Ö@x|ö@x|t', 'ÀÉ@x|àé@x|t', 'ß@x|SS@x|f', 'µ@x|µ@X|t', 'Ä@x|Ö@x|f', '160|"Größe"|fits', qq{119|"wo rd"|$hidden}, qq{119|"wo rd"|$hidden},
		'200|t|200', '201|f|200', '100000|f|200'),
	euc_jp => join("\n", 'ＡＤＡ@x|ａｄａ@x|t', '名@x|名@X|t', 'Σ@x|σ@x|t', '名@x|前@x|f', '"名前"|fits', '200|t|200', '201|f|200', '100000|f|200'),
	sql_ascii => join("\n", 'Ö@x|ö@x|f', 'Ö@x|Ö@X|t', 't', 'f'));
$questions{euc_jp} =~ s/ascii\(w\), //;
foreach my $database (sort keys %databases)
{
	my $kind = $database =~ /^utf8/ ? 'utf8' : $database;
	is_same_text(quiet_psql($node, $database, "SET search_path = public, learnify_internal; $questions{everywhere} $questions{$kind}"), "$answers{everywhere}\n$answers{$kind}",
		"$database: what is refused and what is the same");
}

# Words are searched alike, and what is listed has one order.
my %searches = (everywhere => q{TITLE IS OR 'title is'}, utf8 => q{CAFE\u0301 "\u00C9TOILE"});
my %searched = (everywhere => q{'titl' | 'titl'}, utf8 => q{'café' & 'étoil'});
foreach my $database (sort keys %databases)
{
	foreach my $kind ('everywhere', grep { $database =~ /^$_/ } 'utf8')
	{
		my $query = $searches{$kind} =~ s/'/''/gr;
		is(quiet_psql($node, $database, "SELECT learnify_internal.search_words(E'$query')"), $searched{$kind}, "$database: the words of $kind that are searched");
	}
	is(quiet_psql($node, $database, q{BEGIN; SET LOCAL session_replication_role = replica;
		UPDATE blueprint_modules SET active = module_number = 1, variable_schema = '{"required": ["A_B", "AA", "Z"]}';
		SELECT missing FROM learnify_internal.blueprint_missing_variables('{"ENTITY": "x", "STATE": "x", "Z": "x"}'); ROLLBACK}), '{AA,A_B}', "$database: the order of names");
	is(quiet_psql($node, $database, q{BEGIN;
		ALTER TABLE users ADD CONSTRAINT own_constraint CHECK (true);
		CREATE INDEX own_index ON users (name);
		COMMENT ON INDEX own_index IS 'i';
		COMMENT ON TRIGGER users_match_email ON users IS 'i';
		SELECT repair FROM verify_schema(); SELECT statement FROM own_ddl() WHERE statement LIKE 'COMMENT%'; ROLLBACK}),
		join("\n", 'ALTER TABLE public.users DROP CONSTRAINT IF EXISTS own_constraint', 'DROP INDEX IF EXISTS public.own_index', q{COMMENT ON INDEX public.own_index IS 'i'},
			q{COMMENT ON TRIGGER users_match_email on public.users IS 'i'}), "$database: statements");
}

# The same users in each database; only UTF8 can encode the last address.
foreach my $database (sort keys %databases)
{
	my $umlaut = $database eq 'euc_jp' ? '名前' : 'Zoë';
	quiet_psql($node, $database, qq{SELECT register_user('Ada.I\@Example.org', 'correct horse', 'Ada'), register_user('zoe\@example.org', '${umlaut}s password', '$umlaut')}, "$database: registered");
	quiet_psql($node, $database, q{SELECT register_user('Zoë.I@пример.рф', 'correct horse', 'Zoe')}) if $database =~ /^utf8/;
	refused($node, $database, q{INSERT INTO users (email, password_hash, name) VALUES ('ADA.i@EXAMPLE.ORG', '!', 'Again')}, qr/users_email_key/, "$database: registered twice");
	refused($node, $database, q{UPDATE users SET email = 'ADA.i@EXAMPLE.ORG' WHERE name <> 'Ada'}, qr/users_email_lower_key/, "$database: changed to another's");
}

# Restore each dump in databases that can encode it. Those of UTF8 form a circle, in which each
# restores the dump of another.
my @circle = map { [ $utf8[ $_ - 1 ], $utf8[$_] ] } 0 .. $#utf8;
foreach my $restore (cases(2, [ 'latin1', $utf8[0] ], [ 'euc_jp', 'sql_ascii' ], @circle, [ 'latin1', 'sql_ascii' ], [ 'euc_jp', $utf8[0] ]))
{
	my ($from, $to) = @$restore;
	my $restored = "${from}_to_$to";
	my $dump = "$PostgreSQL::Test::Utils::tmp_check/$from.sql";
	$node->safe_psql('postgres', "CREATE DATABASE $restored TEMPLATE template0 $databases{$to}");
	quietly($node, "$from is dumped", 'pg_dump', '-E', 'UTF8', '-f', $dump, '-d', $node->connstr($from));
	restore_with_psql($node, $restored, $dump);
	my $umlaut = $from eq 'euc_jp' ? '名前' : 'Zoë';
	is(quiet_psql($node, $restored, qq{
			SELECT (SELECT name FROM users WHERE id = authenticate('ADA.i\@example.ORG', 'correct horse')), (SELECT name FROM users WHERE id = authenticate(' zoe\@example.org', '${umlaut}s password'))}),
		"Ada|$umlaut", "$restored: both log in");
	is(quiet_psql($node, $restored, q{SELECT name FROM users WHERE id = authenticate('ZOË.i@ПРИМЕР.рф', 'correct horse')}), 'Zoe', "$restored: and so does the third") if $from =~ /^utf8/;
	refused($node, $restored, q{UPDATE users SET email = 'ADA.i@EXAMPLE.ORG' WHERE name <> 'Ada'}, qr/users_email_lower_key/, "$restored: one account an address");
	$node->safe_psql('postgres', "DROP DATABASE $restored");
}

# Addresses that earlier versions told apart, because they differ in the case of letters beyond
# ASCII or in their composition.
subtest 'an update with addresses that are one now' => sub {
	my $database = create_database($node, 'collisions', q{CREATE EXTENSION learnify VERSION '0.5.0'});
	quiet_psql($node, $database, q{
		INSERT INTO users (id, email, password_hash, name) VALUES
		  ('00000000-0000-4000-8000-000000000001', 'ZOË@example.org', '!', 'Zoe'), ('00000000-0000-4000-8000-000000000002', 'zoë@example.org', '!', 'Zoe'),
		  ('00000000-0000-4000-8000-000000000003', E'zoe\u0308@example.org', '!', 'Zoe'), ('00000000-0000-4000-8000-000000000004', 'ada@example.org', '!', 'Ada'),
		  ('00000000-0000-4000-8000-000000000005', E'\u00A0ada@example.org', '!', 'Ada'), ('00000000-0000-4000-8000-000000000006', 'bob@example.org', '!', 'Bob')}, 'people');
	my $before = fingerprint($node, $database) . row_digests($node, $database);
	my ($status, undef, $stderr) = $node->psql($database, "\\set VERBOSITY verbose\nALTER EXTENSION learnify UPDATE", on_error_stop => 1);
	like($stderr, qr/ERROR:  23505: .*\nDETAIL:  (.*)\nHINT:  .*Nothing has been changed/, 'is refused');
	my ($named) = $stderr =~ /^DETAIL:  (.*)/m;
	is_deeply([ $named =~ /00000000000([0-9])/g ], [ 1, 3, 2, 4, 5 ], 'and all of them are named, those together that are one') or diag($named);
	like($named, qr/"ada\@example.org" of user 00000000-0000-4000-8000-000000000004 and "\xC2\xA0ada\@example.org" of user/, 'with their addresses');
	is_same_text(fingerprint($node, $database) . row_digests($node, $database), $before, 'nothing has changed');
	quiet_psql($node, $database, q{UPDATE users SET email = 'ada-2@example.org' WHERE email LIKE '_ada@%'; DELETE FROM users WHERE name = 'Zoe' AND email <> 'zoë@example.org'}, 'told apart');
	quiet_psql($node, $database, 'ALTER EXTENSION learnify UPDATE', 'it goes');
};

# What holds of any text, for random ones of characters with rules of their own: blanks, joiners,
# selectors, what is not seen, marks that are reordered or composed, letters of which the cases differ
# in length, and what addresses and templates are made of.
subtest 'random texts' => sub {
	srand(12);
	my @characters = map { chr } 0x09, 0x0A, 0x20, 0x40, 0x41, 0x61, 0x49, 0x69, 0x2E, 0x5C, 0x75, 0x7B, 0x7D, 0x85, 0xA0, 0xAD, 0xB5, 0xC5, 0xDF, 0xE5,
	  0x130, 0x131, 0x17F, 0x1C5, 0x300, 0x301, 0x307, 0x315, 0x323, 0x327, 0x345, 0x34F, 0x390, 0x3A3, 0x3C2, 0x61C, 0x1100, 0x1161, 0x11A8, 0x115F, 0x180B, 0x180E,
	  0x1E9E, 0x1F80, 0x1FB3, 0x200B, 0x200C, 0x200D, 0x202E, 0x2028, 0x2126, 0x212A, 0x2800, 0x3000, 0x3164, 0xAC00, 0xFB01, 0xFE0F, 0xFEFF, 0xFFA0, 0xFFFD,
	  0x10400, 0x1D15E, 0x1F468, 0x1F3FD, 0xE0100, 0xE0020, 0x10FFFF;
	my @texts = map { join '', map { $characters[ rand @characters ] } 1 .. 1 + rand 12 } 1 .. 3000;
	push @texts, map { $characters[ rand @characters ] x (40 + rand 400) } 1 .. 60;
	my $rows = join ",", map { sprintf q{('\\x%s', '\\x%s', '\\x%s')}, map { unpack 'H*', encode_utf8($_) } $_, NFC($_), NFD($_) } @texts;
	my $violations = qq{
		WITH texts AS MATERIALIZED (
		  SELECT convert_from(t::bytea, 'UTF8') AS text, convert_from(c::bytea, 'UTF8') AS composed, convert_from(d::bytea, 'UTF8') AS decomposed FROM (VALUES $rows) AS r (t, c, d)
		), kinds AS (
		  SELECT r.kind FROM learnify_internal.text_rules() AS r WHERE NOT r.is_document AND r.kind <> ALL ('{email,concept_slug,slug,reference_type}')  -- of no use if changed
		), fitted AS MATERIALIZED (
		  SELECT t.text, k.kind, learnify_internal.fit_text(t.text, k.kind) AS fitted, learnify_internal.text_fault(t.text, k.kind) AS fault FROM texts AS t CROSS JOIN kinds AS k
		)
		SELECT 'folded twice', count(*) FROM texts WHERE fold_email(fold_email(text)) <> fold_email(text) COLLATE "C"
		UNION ALL SELECT 'folded composed or decomposed', count(*) FROM texts WHERE fold_email(composed) <> fold_email(text) COLLATE "C" OR fold_email(decomposed) <> fold_email(text) COLLATE "C"
		UNION ALL SELECT 'fitted, but faulty', count(*) FROM fitted WHERE fitted <> '' AND learnify_internal.text_fault(fitted, kind) IS NOT NULL
		UNION ALL SELECT 'fitted twice', count(*) FROM fitted WHERE learnify_internal.fit_text(fitted, kind) <> fitted COLLATE "C"
		UNION ALL SELECT 'right, and required to be otherwise', count(*) FROM fitted WHERE fault IS NULL AND learnify_internal.text_fault(learnify_internal.require_text(text, kind), kind) IS NOT NULL
		ORDER BY 1};
	is(quiet_psql($node, $_, $violations), "fitted twice|0\nfitted, but faulty|0\nfolded composed or decomposed|0\nfolded twice|0\nright, and required to be otherwise|0", $_) foreach @utf8;
};

# Texts that are too long, blank or of several lines, or have invisible characters.
subtest 'what an earlier version has let in' => sub {
	my $database = create_database($node, 'earlier', q{CREATE EXTENSION learnify VERSION '0.5.0'});
	quiet_psql($node, $database, q{
		INSERT INTO users (id, email, password_hash, name, avatar_url) VALUES
		  ('00000000-0000-4000-8000-000000000001', E'zoe\u0308@example.org', '$2a$05$Z17AXnnlpzddNUvnC6cZNOSwMA/8oNiKnHTHTwLlBijfucQQlHjaG', E' Zoe\nz\u202E', repeat('x', 100000)),
		  ('00000000-0000-4000-8000-000000000002', 'ada@example.org', '!', ' ', ''), ('00000000-0000-4000-8000-000000000003', 'bob@example.org', '!', 'Bob', '');
		INSERT INTO user_archetypes (id, user_id, meta_category, domain, skill_level, validation_status, validation_reason) VALUES
		  ('00000000-0000-4000-8000-0000000000a1', '00000000-0000-4000-8000-000000000001', 'Digital', repeat('x', 100000), 'novice', 'pending', repeat('y', 100000)),
		  ('00000000-0000-4000-8000-0000000000a2', '00000000-0000-4000-8000-000000000002', 'Digital', E' \n', 'novice', 'valid', ''),
		  ('00000000-0000-4000-8000-0000000000a3', '00000000-0000-4000-8000-000000000003', 'Digital', 'pottery', 'novice', 'pending', '');
		INSERT INTO user_variables (user_id, variable_key, variable_value) VALUES
		  ('00000000-0000-4000-8000-000000000001', 'ENTITY', repeat('z', 100000)), ('00000000-0000-4000-8000-000000000001', 'STATE', E'wo\nrd'),
		  ('00000000-0000-4000-8000-000000000001', 'FLOW', E'word\n'), ('00000000-0000-4000-8000-000000000002', 'ENTITY', '')}, 'rows');
	my $columns = table_columns($node, $database);
	my $rows = row_digests($node, $database);
	my $dump = "$PostgreSQL::Test::Utils::tmp_check/earlier.sql";
	quietly($node, 'dumped', 'pg_dump', '-f', $dump, '-d', $node->connstr($database));
	restore_with_psql($node, create_database($node, 'earlier_restored'), $dump);
	is_same_text(row_digests($node, 'earlier_restored', $columns), $rows, 'a dump is restored by this version with the same rows');

	quiet_psql($node, $database, 'ALTER EXTENSION learnify UPDATE', 'updated, without a word');
	is_same_text(row_digests($node, $database, $columns), $rows, 'with the same rows');
	quietly($node, 'dumped', 'pg_dump', '-f', $dump, '-d', $node->connstr($database));
	restore_with_psql($node, create_database($node, 'earlier_again'), $dump);
	is_same_text(row_digests($node, 'earlier_again', $columns), $rows, 'as is a dump of that');

	foreach my $of ('earlier', 'earlier_restored', 'earlier_again')
	{
		is(quiet_psql($node, $of, q{SELECT right(authenticate(E'ZOË@example.org', 'táБℓə')::text, 1) AS by_old_hash, (SELECT count(*) FROM users WHERE last_login > created_at)}),
			'1|0', "$of: who was let in so logs in");
		is(quiet_psql($node, $of, q{UPDATE users SET max_visibility = 'friends', name = name; UPDATE user_archetypes SET skill_level = 'analyst', domain = domain;
				SELECT get_variables('00000000-0000-4000-8000-000000000002'), (SELECT string_agg(right(m::text, 3), ' ' ORDER BY m) FROM (SELECT archetype_id FROM claim_domain_validations(10)) AS c (m))}),
			'{}|0a1 0a3', "$of: the rows are updated, what is blank is missing, and what was pending is claimed");
		refused($node, $of, q{SELECT generate_course('00000000-0000-4000-8000-000000000001')}, qr/invalid value of variable: "DOMAIN", "ENTITY", "STATE"\n/, "$of: what breaks a rule is not injected");
		refused($node, $of, q{UPDATE users SET name = name || '!' WHERE name LIKE '%Zoe%'}, qr/has a line break/, "$of: nor changed to the like");
		quiet_psql($node, $of, q{UPDATE users SET name = ' Zoe ' WHERE name LIKE '%Zoe%'}, "$of: but made right");
	}
};

# A name of a variable that 0.5.0 refuses.
subtest 'a downgrade' => sub {
	my $database = create_database($node, 'down', 'CREATE EXTENSION learnify');
	quiet_psql($node, $database, q{SELECT set_variables(register_user('ada@example.org', 'correct horse', 'Ada'), '{"preferred_language": "go", "ENTITY": "x"}')});
	refused($node, $database, q{ALTER EXTENSION learnify UPDATE TO '0.5.0'}, qr/no place for the data in user_variables\n/, 'it would be lost');
	quiet_psql($node, $database, q{SET learnify.allow_data_loss = on; ALTER EXTENSION learnify UPDATE TO '0.5.0'}, 'allowed');
	is(quiet_psql($node, $database, 'SELECT variable_key FROM user_variables'), 'ENTITY', 'the others stay');
};

$node->stop;
is_deeply([ grep { !/_key"|differ in nothing that counts|line break|invalid value|no place|is not supported|unrecognized|locale/ } @{ complaints($node) } ], [], 'the server has nothing else to complain of');
done_testing();
