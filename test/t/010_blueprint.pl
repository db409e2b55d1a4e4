# Checks the blueprint that ships: the shape of its modules, templates that read well with
# any words, and exercises whose solutions pass their test cases.
use strict;
use warnings FATAL => 'all';
use File::Basename qw(dirname);
use JSON::PP;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my @MODULES = (
	{ slug => 'atom', hours => 2, difficulty => 'beginner', required => [qw(ENTITY STATE)] },
	{ slug => 'standard', hours => 3, difficulty => 'beginner', required => [qw(ENTITY LOGIC)] },
	{ slug => 'workflow', hours => 4, difficulty => 'intermediate', required => [qw(ENTITY FLOW CONTAINER)] },
	{ slug => 'decision-tree', hours => 4, difficulty => 'intermediate', required => [qw(LOGIC EDGE_CASE)] },
	{ slug => 'archetype', hours => 5, difficulty => 'advanced', required => [qw(ENTITY INTERFACE VARIANT)] },
	{ slug => 'flow-state', hours => 5, difficulty => 'advanced', required => [qw(FLOW EVENT)] },
	{ slug => 'capstone', hours => 10, difficulty => 'advanced', required => [qw(DOMAIN CAPSTONE_GOAL)] },
);

my %LEARNERS = (
	'stock trading' => {
		ENTITY => 'limit order', STATE => 'filled quantity', LOGIC => 'price-limit check',
		FLOW => 'order matching', CONTAINER => 'order book', EDGE_CASE => 'partial fill',
		INTERFACE => 'execution venue', VARIANT => 'dark pool', EVENT => 'market tick',
		CAPSTONE_GOAL => 'a paper-trading simulator',
	},
	'sneaker collecting' => {
		ENTITY => 'sneaker', STATE => 'condition grade', LOGIC => 'authentication rule',
		FLOW => 'resale listing', CONTAINER => 'collection', EDGE_CASE => 'replica pair',
		INTERFACE => 'marketplace', VARIANT => 'consignment shop', EVENT => 'release drop',
		CAPSTONE_GOAL => 'a portfolio tracker',
	},
	'sourdough' => {
		ENTITY => 'starter', STATE => 'activity level', LOGIC => 'readiness test',
		FLOW => 'bulk fermentation', CONTAINER => 'bakery schedule', EDGE_CASE => 'overproofed dough',
		INTERFACE => 'oven', VARIANT => 'Dutch oven', EVENT => 'fold timer',
		CAPSTONE_GOAL => 'a bake planner',
	},
);

# Words that would break the code of an exercise if they were injected into it.
my %AWKWARD = map { $_ => qq('''it''' "$_" \\x {OTHER} {{ %s # ``` \xe9) } keys %{ $LEARNERS{sourdough} };

my $PLACEHOLDER = qr/(?<!\{)\{([A-Z][A-Z0-9_]*)(?:\|([^{}]*))?\}/;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION learnify');

sub query_json
{
	my ($query) = @_;
	return decode_json($node->safe_psql('postgres', $query));
}

sub quote_literal
{
	my ($text) = @_;
	return "'" . $text =~ s/'/''/gr . "'";
}

# Returns all strings in a decoded JSON value.
sub leaves
{
	my ($value) = @_;
	return map { leaves($_) } @$value if ref $value eq 'ARRAY';
	return map { leaves($_) } values %$value if ref $value eq 'HASH';
	return ref $value || !defined $value ? () : ("$value");
}

sub templates
{
	my ($module) = @_;
	return leaves([ @$module{qw(title_template description_template learning_objectives content_template)} ]);
}

sub placeholders
{
	return map { /$PLACEHOLDER/ ? $_ : () } @_;
}

sub check_shape
{
	my ($module, $expected) = @_;
	my $content = $module->{content_template};

	is($module->{concept_slug}, $expected->{slug}, "concept_slug is $expected->{slug}");
	is($module->{estimated_hours}, $expected->{hours}, "estimated_hours is $expected->{hours}");
	is($module->{difficulty}, $expected->{difficulty}, "difficulty is $expected->{difficulty}");
	is_deeply($module->{variable_schema}{required}, $expected->{required}, "required variables are @{ $expected->{required} }");
	is(scalar @{ $module->{learning_objectives} }, 3, 'three learning objectives');
	cmp_ok(scalar @{ $content->{lessons} }, '>=', 2, 'at least two lessons');
	cmp_ok(scalar @{ $content->{exercises} }, '>=', $expected->{slug} eq 'capstone' ? 3 : 2, 'enough exercises');
	ok($module->{builtin}, 'builtin is set');
}

sub check_templates
{
	my ($module) = @_;
	my $schema = $module->{variable_schema};
	my %required = map { $_ => 1 } @{ $schema->{required} };
	my %used;
	my @wrong;

	foreach my $text (templates($module))
	{
		while ($text =~ /$PLACEHOLDER/g)
		{
			my ($name, $default) = ($1, $2);
			$used{$name} = 1;
			my $fits = $required{$name} ? !defined $default
			  : defined $default && ($schema->{defaults}{$name} // '') eq $default;
			push @wrong, $& unless $fits;
		}
	}
	is_deeply(\@wrong, [], 'placeholders of required variables have no default, others have the default of the schema');
	is_deeply([ sort keys %used ], [ sort keys %required, keys %{ $schema->{defaults} } ],
		'the schema names exactly the variables used');

	my @texts = templates($module);
	is_deeply([ grep { /\b[Aa]n? \{[A-Z]/ } @texts ], [], 'no placeholder follows "a" or "an", of which only one fits a word');
	is_deeply([ grep { /(?:\A|\.\s+)\{[A-Z]/ } @texts ], [], 'no sentence begins with a placeholder, whose case may be wrong');
	is_deeply([ grep { /[^\x00-\x7F]/ } @texts ], [], 'the texts are ASCII, which every server encoding has');
}

sub check_exercise
{
	my ($exercise) = @_;
	my @cases = @{ $exercise->{test_cases} };
	my @hints = @{ $exercise->{hints} };
	my $penalties = 0;
	$penalties += $_->{penalty_points} foreach @hints;
	my ($description, $starter) = @$exercise{qw(description starter_code)};

	is_deeply([ sort keys %$exercise ],
		[qw(description difficulty hints language points solution_code starter_code test_cases title)], 'the exercise has all fields');
	cmp_ok(scalar @cases, '>=', 4, 'at least four test cases');
	ok((grep { $_->{is_hidden} } @cases) && (grep { !$_->{is_hidden} } @cases), 'some test cases are hidden, some are not');
	ok(@hints >= 1 && @hints <= 3, 'one to three hints');
	cmp_ok($penalties, '<', $exercise->{points}, 'hints cost less than the exercise is worth');
	like($description, qr/\*\*Input\.\*\*.*\*\*Output\.\*\*/s, 'the description has Input and Output');
	is_deeply([ placeholders(leaves([ @$exercise{qw(solution_code test_cases)} ])) ], [],
		'the solution and the test cases have no placeholders');
	is_deeply([ placeholders(grep { !/^\s*#/ } split /\n/, $starter) ], [],
		'the starter has placeholders in comments only');
}

# Generates a course for a new learner, and returns its id.
sub course_for
{
	my ($name, $domain, $variables) = @_;
	my $json = quote_literal(encode_json($variables));
	$domain = quote_literal($domain);
	return $node->safe_psql('postgres', <<~SQL);
		CREATE TEMP TABLE learner AS SELECT register_user('$name\@example.org', 'correct horse', '$name') AS id;
		SELECT FROM learner, choose_archetype(id, 'Cognitive', $domain, 'novice');
		SELECT FROM learner, set_variables(id, $json);
		SELECT generate_course(id) FROM learner;
		SQL
}

# Returns the lessons and exercises of a course as input for prove_solutions.py.
sub lessons_and_exercises
{
	my ($course) = @_;
	return query_json(<<~SQL);
		SELECT json_agg(element ORDER BY module_number, kind DESC, number)
		FROM (
		  SELECT m.module_number, 'lesson' AS kind, l.number,
		         l.lesson || jsonb_build_object('module_number', m.module_number, 'name', 'lesson ' || l.number) AS element
		  FROM generated_modules AS m,
		       jsonb_array_elements(m.content -> 'lessons') WITH ORDINALITY AS l (lesson, number)
		  WHERE m.course_id = '$course'
		  UNION ALL
		  SELECT m.module_number, 'exercise', e.exercise_number,
		         to_jsonb(e) || jsonb_build_object('module_number', m.module_number, 'name', 'exercise ' || e.exercise_number)
		  FROM generated_modules AS m JOIN exercises AS e ON e.module_id = m.id
		  WHERE m.course_id = '$course'
		) AS parts
		SQL
}

# Runs prove_solutions.py and reports its results as results of this test. Titles contain
# the learner's words, so numbers are used instead.
sub prove
{
	my ($elements) = @_;
	my $script = dirname(__FILE__) . '/../blueprint/prove_solutions.py';
	my $input = encode_json([ map { { %$_, title => $_->{name} } } @$elements ]);
	my ($output, $errors) = ('', '');
	my $finished = IPC::Run::run([ 'python3', $script ], '<', \$input, '>', \$output, '2>', \$errors);
	foreach my $line (split /\n/, $output)
	{
		if ($line =~ /^(not )?ok \d+ - (.*)/) { ok(!$1, $2) }
		elsif ($line =~ /^# (.*)/) { diag($1) }
	}
	is($errors, '', 'prove_solutions.py prints no errors');
	ok($finished, 'prove_solutions.py succeeds');
}

my $blueprint = query_json('SELECT json_agg(b ORDER BY module_number) FROM blueprint_modules AS b');
is(scalar @$blueprint, scalar @MODULES, 'seven modules ship');
foreach my $number (1 .. @MODULES)
{
	my $module = $blueprint->[ $number - 1 ];
	subtest "module $number: its shape" => sub { check_shape($module, $MODULES[ $number - 1 ]) };
	subtest "module $number: its templates" => sub { check_templates($module) };
	subtest "module $number: $_->{title}" => sub { check_exercise($_) }
	  foreach @{ $module->{content_template}{exercises} };
}

is_deeply(
	query_json(q{SELECT json_agg(json_build_array(module_number, missing) ORDER BY module_number)
	             FROM learnify_internal.blueprint_missing_variables('{}')}),
	[ map { [ $_, [ sort @{ $MODULES[ $_ - 1 ]{required} } ] ] } 1 .. @MODULES ],
	'without variables, each module misses exactly those that it requires');

foreach my $domain (sort keys %LEARNERS)
{
	my $course = course_for($domain =~ s/ /-/r, $domain, $LEARNERS{$domain});
	my $texts = join("\n", leaves(lessons_and_exercises($course)));
	is_deeply([ $texts =~ /$PLACEHOLDER/g ], [], "$domain: no placeholder is left in the course");
	is_deeply([ grep { index($texts, $_) < 0 } values %{ $LEARNERS{$domain} } ], [],
		"$domain: the course uses every word of the learner");
}

prove(lessons_and_exercises(course_for('awkward', 'a "field" of \'quotes\'', \%AWKWARD)));

done_testing();
