# META.json is what PGXN and the control file expect of it.
use strict;
use warnings FATAL => 'all';
use JSON::PP;
use PostgreSQL::Test::Utils;
use Test::More;
use Learnify;

my $meta = decode_json(slurp_file("$TREE/META.json"));
my %control;
foreach (split /\n/, slurp_file("$TREE/learnify.control"))
{
	$control{$1} = $2 // $3 if /^(\w+)\s*=\s*(?:'(.*)'|(\S+))\s*$/;
}

# The PGXN Meta Spec 1.0.0: the keys that it requires, each of the form it asks for.
my $VERSION = qr/^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/;
my $TERM = qr/^[^\s\/\\\p{Cntrl}]{2,}$/;
like($meta->{name}, $TERM, 'name is a term');
like($meta->{version}, $VERSION, 'version is a semantic version');
like($meta->{abstract}, qr/\S/, 'abstract');
foreach my $maintainer (ref $meta->{maintainer} ? @{ $meta->{maintainer} } : $meta->{maintainer})
{
	like($maintainer, qr/\S/, 'maintainer');
}
is($meta->{license}, 'postgresql', 'license');
is_deeply([ $meta->{'meta-spec'}{version}, $meta->{'meta-spec'}{url} ], [ '1.0.0', 'https://pgxn.org/meta/spec.txt' ], 'meta-spec');
is(ref $meta->{provides}, 'HASH', 'provides');
foreach my $extension (sort keys %{ $meta->{provides} })
{
	my $provided = $meta->{provides}{$extension};
	like($extension, $TERM, "$extension is a term");
	like($provided->{version}, $VERSION, "$extension: version");
	ok(-f "$TREE/$provided->{$_}", "$extension: $_ is there") foreach grep { exists $provided->{$_} } qw(file docfile);
	ok(exists $provided->{file}, "$extension: has a file");
}

# The optional keys that are used, and no key of our own invention.
my %OPTIONAL = map { $_ => 1 } qw(description generated_by tags no_index prereqs release_status resources);
my %REQUIRED = map { $_ => 1 } qw(name version abstract maintainer license provides meta-spec);
is_deeply([ grep { !$OPTIONAL{$_} && !$REQUIRED{$_} && !/^x_/i } sort keys %$meta ], [], 'no unknown key');
like($meta->{release_status}, qr/^(stable|testing|unstable)$/, 'release_status');
is_deeply([ grep { ref || !/\S/ || length > 255 } @{ $meta->{tags} } ], [], 'tags');
foreach my $phase (sort keys %{ $meta->{prereqs} })
{
	like($phase, qr/^(configure|build|test|runtime|develop)$/, "prereqs: $phase is a phase");
	foreach my $relation (sort keys %{ $meta->{prereqs}{$phase} })
	{
		like($relation, qr/^(requires|recommends|suggests|conflicts)$/, "prereqs: $relation is a relationship");
		like($_, qr/^(0|(==|!=|[<>]=?)?\s*\d+\.\d+\.\d+)$/, 'prereqs: version range') foreach values %{ $meta->{prereqs}{$phase}{$relation} };
	}
}

# What the control file says.
is($meta->{version}, $control{default_version}, 'the version is the default version');
is($meta->{provides}{learnify}{version}, $control{default_version}, 'so is that of the extension provided');
is($VERSIONS[-1], $control{default_version}, 'and it is the last one of the chain');
is_deeply(
	{ map { $_ => $control{$_} } qw(module_pathname relocatable superuser trusted) },
	{ module_pathname => '$libdir/learnify', relocatable => 'false', superuser => 'true', trusted => 'false' },
	'control file: module, relocatable, superuser, trusted');
like($control{comment}, qr/\S/, 'control file: comment');
is_deeply([ grep { exists $control{$_} } qw(requires schema) ], [], 'control file: no other extension, no fixed schema');

done_testing();
