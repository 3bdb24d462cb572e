"""asyncpg: binary round trips, prepared statements with their types, introspection of types, cursors, errors."""
import asyncio
import datetime
import decimal
import os
import uuid

import asyncpg

print("version", asyncpg.__version__)


def check(name, got, want):
    assert got == want, f"{name}: {got!r} is not {want!r}"
    print("ok", name)


VALUES = [
    ("int2", 3), ("int4", 7), ("int8", 2**40), ("text", "ü\\'"), ("numeric", decimal.Decimal("12.340")),
    ("bool", False), ("float4", 0.5), ("float8", 0.1), ("bytea", b"\x00\xff"), ("date", datetime.date(1999, 12, 31)),
    ("time", datetime.time(1, 2, 3, 4)), ("timestamp", datetime.datetime(2024, 1, 2, 3, 4, 5, 678)),
    ("uuid", uuid.UUID(int=5)), ("timestamptz", datetime.datetime(2024, 1, 2, tzinfo=datetime.timezone.utc)),
    ("interval", datetime.timedelta(days=3, seconds=4)), ("int4[]", [1, 2, None]), ("text[]", ["a", "b,"]),
    ("jsonb", '{"a": [1]}'),
]


async def main():
    conn = await asyncpg.connect(os.environ["CLIENT_URL"])
    for name, value in VALUES:
        got = await conn.fetchval(f"SELECT $1::{name}", value)
        if name == "jsonb":
            got = got.replace('":', '": ').replace(":  ", ": ")
        assert got == value, f"{name}: {got!r} is not {value!r}"
    print("ok binary round trips")
    statement = await conn.prepare("SELECT id, tags FROM people WHERE id = $1")
    check("parameters", [t.name for t in statement.get_parameters()], ["int4"])
    check("attributes", [(a.name, a.type.name) for a in statement.get_attributes()], [("id", "int4"), ("tags", "text[]")])
    check("prepared", [tuple(r) for r in await statement.fetch(1)], [(1, ["a", "b"])])
    # A type that asyncpg does not know by heart: it asks the catalog for it with its introspection query.
    row = await conn.fetchrow("SELECT privileges FROM mz_catalog.mz_secrets LIMIT 1")
    check("introspected type", isinstance(row[0], list), True)
    check("list type", await conn.fetchval("SELECT LIST[1, 2]::text"), "{1,2}")
    async with conn.transaction():
        seen = [r[0] async for r in conn.cursor("SELECT generate_series(1, 5)", prefetch=2)]
    check("cursor", seen, [1, 2, 3, 4, 5])
    await conn.executemany("INSERT INTO shop.items VALUES ($1, $2)", [("a1", 1.0), ("a2", None)])
    check("executemany", await conn.fetchval("SELECT count(*) FROM shop.items WHERE sku LIKE 'a_'"), 2)
    check("status", await conn.execute("DELETE FROM shop.items WHERE sku LIKE 'a_'"), "DELETE 2")
    records = [("b1", 1.25), ("b2", None), ("b3", float("inf"))]
    check("binary copy", await conn.copy_records_to_table("items", schema_name="shop", records=records), "COPY 3")
    got = await conn.fetch("SELECT sku, price FROM shop.items WHERE sku LIKE 'b_' ORDER BY sku")
    check("binary copy read back", [tuple(r) for r in got], records)
    await conn.execute("DELETE FROM shop.items WHERE sku LIKE 'b_'")
    try:
        await conn.fetch("SELECT * FROM missing /* fails */")
        raise SystemExit("no error")
    except asyncpg.PostgresError as error:
        check("error", bool(error.sqlstate), True)
    await conn.reset()
    check("after reset", await conn.fetchval("SELECT 1"), 1)
    await conn.close()


asyncio.run(main())
