// pgx and lib/pq: typed round trips in text and binary, prepared statements, batches, COPY, introspection, errors.
package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"reflect"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/lib/pq"
)

func check(name string, got, want any) {
	if !reflect.DeepEqual(got, want) {
		fmt.Printf("%s: %v is not %v\n", name, got, want)
		os.Exit(1)
	}
	fmt.Println("ok", name)
}

func must(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func viaPgx(ctx context.Context, url string) {
	conn, err := pgx.Connect(ctx, url)
	must(err)
	defer conn.Close(ctx)
	for _, mode := range []pgx.QueryExecMode{pgx.QueryExecModeCacheStatement, pgx.QueryExecModeDescribeExec, pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol} {
		var i int32
		var big int64
		var text string
		var yes bool
		var f float64
		var at time.Time
		var list []int32
		when := time.Date(2024, 5, 6, 7, 8, 9, 123456000, time.UTC)
		must(conn.QueryRow(ctx, "SELECT $1::int4, $2::int8, $3::text, $4::bool, $5::float8, $6::timestamptz, $7::int4[]", mode,
			int32(7), int64(1)<<40, "it's ü", true, 0.1, when, []int32{1, 2}).Scan(&i, &big, &text, &yes, &f, &at, &list))
		check(fmt.Sprint("pgx round trip, mode ", mode), []any{i, big, text, yes, f, at.UTC(), list},
			[]any{int32(7), int64(1) << 40, "it's ü", true, 0.1, when, []int32{1, 2}})
	}
	oid, err := conn.LoadType(ctx, "_text")
	must(err)
	check("pgx type", oid.OID, uint32(1009))
	rows, err := conn.Query(ctx, "SELECT id, name, tags FROM people ORDER BY id")
	must(err)
	people, err := pgx.CollectRows(rows, pgx.RowToMap)
	must(err)
	check("pgx rows", people[0]["tags"], []any{"a", "b"})
	batch := &pgx.Batch{}
	batch.Queue("SELECT 1")
	batch.Queue("SELECT $1::text", "two")
	results := conn.SendBatch(ctx, batch)
	var one int
	var two string
	must(results.QueryRow().Scan(&one))
	must(results.QueryRow().Scan(&two))
	must(results.Close())
	check("pgx batch", []any{one, two}, []any{1, "two"})
	data := [][]any{{"g1", 1.5}, {"g2", nil}}
	copied, err := conn.CopyFrom(ctx, pgx.Identifier{"shop", "items"}, []string{"sku", "price"}, pgx.CopyFromRows(data))
	must(err)
	check("pgx binary copy", copied, int64(2))
	text, err := conn.PgConn().CopyFrom(ctx, strings.NewReader("g3\t1.5\ng4\t\\N\n"), "COPY shop.items (sku, price) FROM STDIN")
	must(err)
	check("pgx text copy", text.RowsAffected(), int64(2))
	tag, err := conn.Exec(ctx, "DELETE FROM shop.items WHERE sku LIKE 'g_'")
	must(err)
	check("pgx delete", tag.RowsAffected(), int64(4))
	_, err = conn.Exec(ctx, "SELECT * FROM missing /* fails */")
	var pgErr *pgconn.PgError
	if e, ok := err.(*pgconn.PgError); ok {
		pgErr = e
	}
	check("pgx error", pgErr != nil && len(pgErr.Code) == 5, true)
}

func viaPq(url string) {
	db, err := sql.Open("postgres", url)
	must(err)
	defer db.Close()
	var i int
	var text string
	var list pq.StringArray
	must(db.QueryRow("SELECT $1::int4, $2::text, $3::text[]", 7, "x", pq.Array([]string{"a", "b"})).Scan(&i, &text, &list))
	check("pq round trip", []any{i, text, []string(list)}, []any{7, "x", []string{"a", "b"}})
	statement, err := db.Prepare("SELECT id FROM people WHERE id = $1")
	must(err)
	must(statement.QueryRow(2).Scan(&i))
	check("pq prepared", i, 2)
	must(statement.Close())
	rows, err := db.Query("SELECT id, score, seen FROM people")
	must(err)
	types, err := rows.ColumnTypes()
	must(err)
	check("pq column types", types[1].DatabaseTypeName()+" "+types[2].DatabaseTypeName(), "NUMERIC TIMESTAMPTZ")
	must(rows.Close())
	tx, err := db.Begin()
	must(err)
	copyIn, err := tx.Prepare(pq.CopyInSchema("shop", "items", "sku", "price"))
	must(err)
	_, err = copyIn.Exec("q1", 2.5)
	must(err)
	_, err = copyIn.Exec()
	must(err)
	must(copyIn.Close())
	must(tx.Commit())
	result, err := db.Exec("DELETE FROM shop.items WHERE sku = 'q1'")
	must(err)
	affected, _ := result.RowsAffected()
	check("pq copy and delete", affected, int64(1))
	_, err = db.Exec("SELECT * FROM missing /* fails */")
	_, isPq := err.(*pq.Error)
	check("pq error", isPq, true)
}

func main() {
	url := os.Getenv("CLIENT_URL") + "?sslmode=disable"
	fmt.Println("version pgx 5.7.5, lib/pq 1.10.9")
	viaPgx(context.Background(), url)
	viaPq(url)
}
