<?php
// PDO: connect, typed round trips, column metadata, prepared statements, COPY, errors.
function check(string $name, mixed $got, mixed $want): void {
    if ($got !== $want) {
        echo "$name: ", json_encode($got), ' is not ', json_encode($want), "\n";
        exit(1);
    }
    echo "ok $name\n";
}

echo 'version ', phpversion(), "\n";
$db = new PDO('pgsql:' . getenv('CLIENT_PDO'), 'materialize', null, [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
check('server version', $db->getAttribute(PDO::ATTR_SERVER_VERSION), '9.5.0');
$statement = $db->prepare('SELECT ?::int4 AS i, ?::text AS t, ?::bool AS b, ?::numeric AS n');
$statement->execute([7, "it's", 'true', '1.10']);
check('round trip', $statement->fetch(PDO::FETCH_ASSOC), ['i' => 7, 't' => "it's", 'b' => true, 'n' => '1.10']);
$statement = $db->prepare('SELECT id, name, score FROM people WHERE id = :id');
$statement->execute(['id' => 1]);
check('named parameters', $statement->fetch(PDO::FETCH_NUM), [1, 'Ann', '12.50']);
$meta = $statement->getColumnMeta(2);
check('column meta', [$meta['native_type'], $meta['pgsql:oid']], ['numeric', 1700]);
$db->pgsqlCopyFromArray('shop.items', ["h1\t1.5", "h2\t\\N"]);
check('copy', $db->query("SELECT count(*) FROM shop.items WHERE sku LIKE 'h_'")->fetchColumn(), 2);
check('delete', $db->exec("DELETE FROM shop.items WHERE sku LIKE 'h_'"), 2);
$db->beginTransaction();
$db->exec("INSERT INTO shop.items VALUES ('h3', 1)");
$db->rollBack();
check('rollback', $db->query("SELECT count(*) FROM shop.items WHERE sku = 'h3'")->fetchColumn(), 0);
try {
    $db->query('SELECT * FROM missing /* fails */');
    exit(1);
} catch (PDOException $error) {
    check('error', strlen((string) $error->getCode()), 5);
}
