# META.json must conform to the PGXN Meta Spec and agree with the control file. Every file of
# sql/ must be part of a script.
use strict;
use warnings FATAL => 'all';
use File::Basename qw(basename);
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

# The keys that the PGXN Meta Spec 1.0.0 requires, in the form that it specifies.
my $VERSION = qr/^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/;
my $TERM = qr/^[^\s\/\\\p{Cntrl}]{2,}$/;
like($meta->{name}, $TERM, 'name is a term');
like($meta->{version}, $VERSION, 'version is a semantic version');
like($meta->{abstract}, qr/\S/, 'abstract is not empty');
foreach my $maintainer (ref $meta->{maintainer} ? @{ $meta->{maintainer} } : $meta->{maintainer})
{
	like($maintainer, qr/\S/, 'maintainer is not empty');
}
is($meta->{license}, 'postgresql', 'license is postgresql');
is_deeply([ $meta->{'meta-spec'}{version}, $meta->{'meta-spec'}{url} ], [ '1.0.0', 'https://pgxn.org/meta/spec.txt' ], 'meta-spec is 1.0.0');
is(ref $meta->{provides}, 'HASH', 'provides is an object');
foreach my $extension (sort keys %{ $meta->{provides} })
{
	my $provided = $meta->{provides}{$extension};
	like($extension, $TERM, "$extension is a term");
	like($provided->{version}, $VERSION, "$extension: version is a semantic version");
	ok(-f "$TREE/$provided->{$_}", "$extension: $_ exists") foreach grep { exists $provided->{$_} } qw(file docfile);
	ok(exists $provided->{file}, "$extension: file is given");
}

# The optional keys. Keys that the specification does not know must begin with x_.
my %OPTIONAL = map { $_ => 1 } qw(description generated_by tags no_index prereqs release_status resources);
my %REQUIRED = map { $_ => 1 } qw(name version abstract maintainer license provides meta-spec);
is_deeply([ grep { !$OPTIONAL{$_} && !$REQUIRED{$_} && !/^x_/i } sort keys %$meta ], [], 'no unknown key');
like($meta->{release_status}, qr/^(stable|testing|unstable)$/, 'release_status is valid');
is_deeply([ grep { ref || !/\S/ || length > 255 } @{ $meta->{tags} } ], [], 'tags are valid');
my $resources = $meta->{resources} // {};
is_deeply([ grep { !/^(homepage|bugtracker|repository|x_.*)$/i } sort keys %$resources ], [], 'resources: no unknown key');
like($_, qr{^https://[\w.-]+/\S*$}, 'resources: an address is valid')
  foreach grep { defined } $resources->{homepage}, $resources->{bugtracker}{web}, @{ $resources->{repository} // {} }{qw(url web)};
foreach my $phase (sort keys %{ $meta->{prereqs} })
{
	like($phase, qr/^(configure|build|test|runtime|develop)$/, "prereqs: $phase is a phase");
	foreach my $relation (sort keys %{ $meta->{prereqs}{$phase} })
	{
		like($relation, qr/^(requires|recommends|suggests|conflicts)$/, "prereqs: $relation is a relationship");
		like($_, qr/^(0|(==|!=|[<>]=?)?\s*\d+\.\d+\.\d+)$/, 'prereqs: version range is valid') foreach values %{ $meta->{prereqs}{$phase}{$relation} };
	}
}

# META.json and the control file must agree.
is($meta->{version}, $control{default_version}, 'version is default_version');
is($meta->{provides}{learnify}{version}, $control{default_version}, 'provides: version is default_version');
is($VERSIONS[-1], $control{default_version}, 'default_version is the newest version');
is_deeply(
	{ map { $_ => $control{$_} } qw(module_pathname relocatable superuser trusted) },
	{ module_pathname => '$libdir/learnify', relocatable => 'false', superuser => 'true', trusted => 'false' },
	'control file: module_pathname, relocatable, superuser and trusted');
like($control{comment}, qr/\S/, 'control file: comment is not empty');
is_deeply([ grep { exists $control{$_} } qw(requires schema) ], [], 'control file: no required extension and no fixed schema');

# The modules of the blueprint are found by their folder.
my $makefile = slurp_file("$TREE/sql/scripts.mk") . slurp_file("$TREE/sql/update/migration.sql");
my @sources = grep { !/^(releases|curriculum\/blueprint)\// } map { s/^\Q$TREE\E\/sql\///r } glob "$TREE/sql/*.sql $TREE/sql/*/*.sql $TREE/sql/*/*/*.sql";
cmp_ok(scalar(@sources), '>', 50, 'the files of sql/ are found');
is_deeply([ grep { my $name = basename($_); $makefile !~ /\b\Q$name\E/ } @sources ], [], 'every file of sql/ is part of a script');

done_testing();
