"""SQLAlchemy on psycopg 2 and 3: the inspector, reflected tables, sessions."""
import os

import sqlalchemy
from sqlalchemy import MetaData, Table, create_engine, inspect, select, text

print("version", sqlalchemy.__version__)


def check(name, got, want):
    assert got == want, f"{name}: {got!r} is not {want!r}"
    print("ok", name)


for driver in ("psycopg2", "psycopg"):
    url = os.environ["CLIENT_URL"].replace("postgres:", f"postgresql+{driver}:")
    # Its look-up of hstore with psycopg 3 uses SAVEPOINT, which the language does not have.
    options = {"use_native_hstore": False}
    engine = create_engine(url, **options)
    inspector = inspect(engine)
    check(f"{driver}: schemas", {"public", "shop"} <= set(inspector.get_schema_names()), True)
    check(f"{driver}: tables", inspector.get_table_names(schema="public"), ["people"])
    check(f"{driver}: views", inspector.get_view_names(schema="public"), ["adults"])
    check(f"{driver}: materialized views", inspector.get_materialized_view_names(schema="public"), ["names"])
    columns = inspector.get_columns("people")
    check(f"{driver}: columns", [(c["name"], str(c["type"]), c["nullable"]) for c in columns], [
        ("id", "INTEGER", False), ("name", "TEXT", True), ("born", "DATE", True), ("score", "NUMERIC(10, 2)", True),
        ("tags", "ARRAY" if str(columns[4]["type"]) == "ARRAY" else "TEXT[]", True), ("seen", "TIMESTAMP", True)])
    check(f"{driver}: comment", inspector.get_table_comment("people"), {"text": "Everybody"})
    check(f"{driver}: primary key", inspector.get_pk_constraint("people")["constrained_columns"], [])
    check(f"{driver}: foreign keys", inspector.get_foreign_keys("people"), [])
    check(f"{driver}: unique constraints", inspector.get_unique_constraints("people"), [])
    check(f"{driver}: check constraints", inspector.get_check_constraints("people"), [])
    check(f"{driver}: indexes", [i["name"] for i in inspector.get_indexes("people")], ["people_id"])
    check(f"{driver}: view definition", "born" in inspector.get_view_definition("adults"), True)
    check(f"{driver}: sequences", inspector.get_sequence_names(), [])
    check(f"{driver}: enums", inspector.get_enums(), [])
    check(f"{driver}: domains", inspector.get_domains(), [])
    check(f"{driver}: has table", (inspector.has_table("people"), inspector.has_table("nobody")), (True, False))
    people = Table("people", MetaData(), autoload_with=engine)
    with engine.begin() as conn:
        check(f"{driver}: select", conn.execute(select(people.c.id).order_by(people.c.id)).scalars().all(), [1, 2])
        conn.execute(text("SELECT 1"))
    metadata = MetaData()
    metadata.reflect(engine, views=True)
    check(f"{driver}: reflect", {"people", "adults"} <= set(metadata.tables), True)
    with engine.begin() as conn:
        conn.execute(people.insert(), [{"id": 50, "name": "x"}, {"id": 51, "name": "y"}])
    # DELETE and UPDATE that read a table run outside transactions, as in Materialize.
    with create_engine(url, isolation_level="AUTOCOMMIT", **options).connect() as conn:
        check(f"{driver}: delete", conn.execute(people.delete().where(people.c.id >= 50)).rowcount, 2)
    engine.dispose()
