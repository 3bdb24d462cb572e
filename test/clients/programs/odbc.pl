# psqlODBC through DBD::ODBC: connect, catalog functions, typed round trips, errors.
use strict;
use warnings;
use DBI;

sub check {
    my ($name, $got, $want) = @_;
    die "$name: $got is not $want\n" unless $got eq $want;
    print "ok $name\n";
}

my $dbh = DBI->connect("dbi:ODBC:Driver={PostgreSQL Unicode};$ENV{CLIENT_ODBC}", undef, undef, { RaiseError => 1, PrintError => 0 });
print 'version ', $dbh->get_info(7), "\n";
check('round trip', join('|', $dbh->selectrow_array('SELECT CAST(? AS int4), CAST(? AS text)', undef, 7, "it's")), "7|it's");
my $tables = $dbh->table_info(undef, 'public', '%', "TABLE,VIEW")->fetchall_arrayref({});
check('SQLTables', scalar(grep { $_->{TABLE_NAME} eq 'people' } @$tables), 1);
my $columns = $dbh->column_info(undef, 'public', 'people', '%')->fetchall_arrayref({});
check('SQLColumns', join(',', map { $_->{COLUMN_NAME} } @$columns), 'id,name,born,score,tags,seen');
check('SQLPrimaryKeys', scalar(() = $dbh->primary_key(undef, 'public', 'people')), 0);
$dbh->do("INSERT INTO shop.items VALUES ('o1', 1.5)");
check('delete', $dbh->do("DELETE FROM shop.items WHERE sku = 'o1'"), 1);
eval { $dbh->do('SELECT * FROM missing /* fails */') };
check('error', length($dbh->state), 5);
$dbh->disconnect;
