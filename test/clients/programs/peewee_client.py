"""Peewee: models generated from the catalog, introspection, queries, server-side cursors."""
import os
from urllib.parse import urlparse

import peewee
from playhouse.postgres_ext import PostgresqlExtDatabase
from playhouse.reflection import Introspector

print("version", peewee.__version__)


def check(name, got, want):
    assert got == want, f"{name}: {got!r} is not {want!r}"
    print("ok", name)


url = urlparse(os.environ["CLIENT_URL"])
db = PostgresqlExtDatabase(url.path[1:], user=url.username, host=url.hostname, port=url.port, sslmode="disable",
                           register_hstore=False)
check("tables", "people" in db.get_tables(schema="public"), True)
check("views", "adults" in [v.name for v in db.get_views(schema="public")], True)
check("columns", [(c.name, c.data_type, c.null) for c in db.get_columns("people", "public")][:3],
      [("id", "integer", False), ("name", "text", True), ("born", "date", True)])
check("indexes", [(i.name, i.columns) for i in db.get_indexes("people", "public")], [("people_id", ["id"])])
check("primary keys", db.get_primary_keys("people", "public"), [])
check("foreign keys", db.get_foreign_keys("people", "public"), [])
check("sequence", db.sequence_exists("people_id_seq"), False)
models = Introspector.from_database(db, schema="public").generate_models(table_names=["people"])
people = models["people"]
check("generated", {name: type(field).__name__ for name, field in people._meta.fields.items() if name != "tags"},
      {"id": "IntegerField", "name": "TextField", "born": "DateField", "score": "DecimalField", "seen": "DateTimeField"})
check("select", [row.id for row in people.select(people.id).order_by(people.id)], [1, 2])
check("where", people.select(people.id).where(people.name.contains("nn") | (people.score > 100)).count(), 1)
people.insert(id=80, name="p").execute()
check("update", people.update(name="q").where(people.id == 80).execute(), 1)
check("delete", people.delete().where(people.id == 80).execute(), 1)
with db.atomic():
    check("transaction", people.select(people.id).where(people.id == 1).count(), 1)
