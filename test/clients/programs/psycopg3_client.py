"""psycopg 3: connect, text and binary round trips, prepared statements, type information, COPY, pipeline, errors."""
import datetime
import decimal
import os
import uuid

import psycopg
from psycopg.types import TypeInfo

print("version", psycopg.__version__)


def check(name, got, want):
    assert got == want, f"{name}: {got!r} is not {want!r}"
    print("ok", name)


VALUES = [
    ("int4", 7), ("int8", 2**40), ("text", "ü\\'"), ("numeric", decimal.Decimal("12.340")), ("bool", False),
    ("float8", 0.1), ("bytea", b"\x00\xff"), ("date", datetime.date(1999, 12, 31)), ("time", datetime.time(1, 2, 3, 4)),
    ("timestamp", datetime.datetime(2024, 1, 2, 3, 4, 5, 678)), ("uuid", uuid.UUID(int=5)),
    ("timestamptz", datetime.datetime(2024, 1, 2, tzinfo=datetime.timezone.utc)),
    ("interval", datetime.timedelta(days=3, seconds=4)), ("int4[]", [1, 2, None]), ("text[]", ["a", "b,"]),
]
with psycopg.connect(os.environ["CLIENT_DSN"]) as conn:
    with conn.cursor(name="read along") as cursor:
        cursor.execute("SELECT n, 'row ' || n FROM generate_series(1, 5) n")
        check("server-side cursor", [cursor.fetchone(), *cursor.fetchmany(2), *cursor],
              [(n, f"row {n}") for n in range(1, 6)])
with psycopg.connect(os.environ["CLIENT_DSN"]) as conn:
    for binary in (False, True):
        for name, value in VALUES:
            cur = conn.execute(f"SELECT %{'b' if binary else 't'}::{name}", [value], binary=binary)
            (got,) = cur.fetchone()
            assert got == value, f"{name}: {got!r} is not {value!r}"
        print("ok", "binary round trips" if binary else "text round trips")
    for n in range(8):
        (got,) = conn.execute("SELECT %s::int4 + 1", [n], prepare=True).fetchone()
        assert got == n + 1
    print("ok prepared statements")
    conn.commit()
    info = TypeInfo.fetch(conn, "int4")
    check("type info", (info.oid, info.array_oid), (23, 1007))
    conn.commit()
    with conn.cursor() as cur:
        with cur.copy("COPY shop.items (sku, price) FROM STDIN") as copy:
            copy.write_row(("c1", 1.25))
            copy.write_row(("c2", None))
    conn.commit()
    check("copy from", conn.execute("SELECT sku, price FROM shop.items WHERE sku LIKE 'c_' ORDER BY sku").fetchall(),
          [("c1", 1.25), ("c2", None)])
    conn.commit()
    with conn.cursor().copy("COPY (SELECT sku FROM shop.items WHERE sku LIKE 'c_' ORDER BY sku) TO STDOUT") as copy:
        check("copy to", list(copy.rows()), [("c1",), ("c2",)])
    conn.commit()
    born = datetime.date(1999, 12, 31)
    with conn.cursor() as cur:
        with cur.copy("COPY people (id, name, born, tags) FROM STDIN (FORMAT binary)") as copy:
            copy.set_types(["int4", "text", "date", "text[]"])
            copy.write_row((90, "Zoë", born, ["x", None]))
            copy.write_row((91, None, None, []))
    conn.commit()
    check("binary copy", conn.execute("SELECT id, name, born, tags FROM people WHERE id >= 90 ORDER BY id").fetchall(),
          [(90, "Zoë", born, ["x", None]), (91, None, None, [])])
    conn.commit()
    # DELETE and UPDATE that read a table run outside transactions, as in Materialize.
    conn.autocommit = True
    check("delete", conn.execute("DELETE FROM shop.items WHERE sku LIKE 'c_'").rowcount, 2)
    check("delete of binary copy", conn.execute("DELETE FROM people WHERE id >= 90").rowcount, 2)
    conn.autocommit = False
    with conn.pipeline():
        first, second = conn.execute("SELECT 1"), conn.execute("SELECT 2")
        check("pipeline", (first.fetchone(), second.fetchone()), ((1,), (2,)))
    conn.commit()
    try:
        conn.execute("SELECT * FROM missing /* fails */")
        raise SystemExit("no error")
    except psycopg.Error as error:
        check("error", bool(error.sqlstate), True)
    conn.rollback()
    check("after an error", conn.execute("SELECT 1").fetchone(), (1,))
