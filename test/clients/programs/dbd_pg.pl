# DBD::Pg: connect, typed round trips, table_info and column_info, prepared statements, errors.
use strict;
use warnings;
use DBI;

sub check {
    my ($name, $got, $want) = @_;
    die "$name: $got is not $want\n" unless $got eq $want;
    print "ok $name\n";
}

print "version ", do { require DBD::Pg; $DBD::Pg::VERSION }, "\n";
my $dbh = DBI->connect("dbi:Pg:$ENV{CLIENT_DBI}", 'materialize', '', { RaiseError => 1, PrintError => 0, PrintWarn => 0 });
check('round trip', join('|', $dbh->selectrow_array('SELECT ?::int4, ?::text, ?::numeric, ?::bool', undef, 7, "it's", '1.10', 1)), "7|it's|1.10|1");
check('arrays', join(',', @{ $dbh->selectrow_array("SELECT '{1,2}'::int4[]") }), '1,2');
my $sth = $dbh->prepare('SELECT id, name, score FROM people WHERE id = ?');
$sth->execute(1);
check('prepared', join('|', $sth->fetchrow_array), '1|Ann|12.50');
check('types', join(',', @{ $sth->{pg_type} }), 'int4,text,numeric');
my $tables = $dbh->table_info(undef, 'public', '%', undef)->fetchall_hashref('TABLE_NAME');
check('table_info', join(',', sort keys %$tables), 'adults,names,people');
my $columns = $dbh->column_info(undef, 'public', 'people', '%')->fetchall_arrayref({});
check('column_info', join(',', map { "$_->{COLUMN_NAME} $_->{pg_type}" } @$columns), 'id integer,name text,born date,score numeric(10,2),tags text[],seen timestamp with time zone');
check('primary_key', scalar(() = $dbh->primary_key(undef, 'public', 'people')), 0);
my $types = $dbh->type_info_all;
check('type_info_all', @$types > 10 ? 1 : 0, 1);
$dbh->do("INSERT INTO shop.items VALUES ('d1', 1.5)");
check('delete', $dbh->do("DELETE FROM shop.items WHERE sku = 'd1'"), 1);
eval { $dbh->do('SELECT * FROM missing /* fails */') };
check('error', length($dbh->state), 5);
check('ping', $dbh->ping > 0 ? 1 : 0, 1);
$sth->finish;
$dbh->disconnect;
