"""psycopg 2: connect, typed round trips, server-side cursor, COPY, errors, transactions."""
import datetime
import decimal
import os

import psycopg2
import psycopg2.extras

print("version", psycopg2.__version__.split()[0])
conn = psycopg2.connect(os.environ["CLIENT_DSN"])
cur = conn.cursor()


def check(name, got, want):
    assert got == want, f"{name}: {got!r} is not {want!r}"
    print("ok", name)


cur.execute("SELECT %s::int4, %s::text, %s::numeric, %s::date, %s::bool, %s::float8, %s::bytea", (
    7, "it's \\ ü", decimal.Decimal("1.10"), datetime.date(2024, 2, 29), True, 0.5, psycopg2.Binary(b"\x00\xff")))
row = cur.fetchone()
check("round trip", (row[:6], bytes(row[6])), (
    (7, "it's \\ ü", decimal.Decimal("1.10"), datetime.date(2024, 2, 29), True, 0.5), b"\x00\xff"))
cur.execute("SELECT %s::int4[], %s::timestamptz, %s::interval", (
    [1, 2], datetime.datetime(2024, 5, 6, tzinfo=datetime.timezone.utc), datetime.timedelta(days=1, hours=2)))
check("arrays and times", cur.fetchone(), (
    [1, 2], datetime.datetime(2024, 5, 6, tzinfo=datetime.timezone.utc), datetime.timedelta(days=1, hours=2)))
cur.execute("SELECT id, name, score FROM people ORDER BY id")
check("description", [(c.name, c.type_code) for c in cur.description], [("id", 23), ("name", 25), ("score", 1700)])
check("rows", cur.fetchall(), [(1, "Ann", decimal.Decimal("12.50")), (2, None, None)])
conn.commit()
named = conn.cursor("walker")
named.itersize = 2
named.execute("SELECT generate_series(1, 5)")
check("named cursor", [n for (n,) in named], [1, 2, 3, 4, 5])
named.close()
conn.commit()
psycopg2.extras.execute_values(cur, "INSERT INTO shop.items (sku, price) VALUES %s", [("p1", 1.5), ("p2", None)])
conn.commit()
cur.execute("SELECT sku, price FROM shop.items WHERE sku LIKE %s ORDER BY sku", ("p_",))
check("execute_values", cur.fetchall(), [("p1", 1.5), ("p2", None)])
conn.commit()
# DELETE and UPDATE that read a table run outside transactions, as in Materialize.
conn.autocommit = True
cur.execute("DELETE FROM shop.items WHERE sku LIKE 'p_'")
check("delete", cur.rowcount, 2)
conn.autocommit = False
try:
    cur.execute("SELECT 1/0 /* fails */")
    raise SystemExit("no error")
except psycopg2.Error as error:
    check("error", bool(error.pgcode), True)
conn.rollback()
cur.execute("SELECT 1")
check("after an error", cur.fetchone(), (1,))
conn.rollback()
dict_cur = conn.cursor(cursor_factory=psycopg2.extras.RealDictCursor)
dict_cur.execute("SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1")
check("introspection", [dict(r)["table_name"] for r in dict_cur], ["adults", "names", "people"])
conn.close()
