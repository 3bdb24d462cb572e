"""Django: inspectdb, introspection, the ORM on tables that it does not manage, aggregates, transactions, errors."""
import contextlib
import io
import os
from urllib.parse import urlparse

import django
from django.conf import settings

url = urlparse(os.environ["CLIENT_URL"])
settings.configure(
    DATABASES={"default": {
        "ENGINE": "django.db.backends.postgresql", "NAME": url.path[1:], "USER": url.username,
        "HOST": url.hostname, "PORT": url.port, "OPTIONS": {"sslmode": "disable"},
    }},
    USE_TZ=True,
)
# The server says that it is PostgreSQL 9.5, as Materialize does; Django asks for a newer one.
from django.db.backends.postgresql.base import DatabaseWrapper  # noqa: E402

DatabaseWrapper.check_database_version_supported = lambda self: None
django.setup()
from django.core.management import call_command  # noqa: E402
from django.db import connection, models, transaction  # noqa: E402
from django.db.models import Avg, Count, F, Q  # noqa: E402

print("version", django.get_version())


def check(name, got, want):
    assert got == want, f"{name}: {got!r} is not {want!r}"
    print("ok", name)


class Person(models.Model):
    id = models.IntegerField(primary_key=True)
    name = models.TextField(null=True)
    born = models.DateField(null=True)
    score = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    seen = models.DateTimeField(null=True)

    class Meta:
        app_label = "clients"
        managed = False
        db_table = "people"


out = io.StringIO()
with contextlib.redirect_stderr(io.StringIO()):
    call_command("inspectdb", "people", "adults", stdout=out)
text = out.getvalue()
check("inspectdb", all(part in text for part in (
    "class People(", "class Adults(", "id = models.IntegerField()", "score = models.DecimalField(max_digits=10, decimal_places=2",
    "seen = models.DateTimeField(", "born = models.DateField(")), True)
with connection.cursor() as cursor:
    introspection = connection.introspection
    check("tables", "people" in introspection.table_names(cursor), True)
    check("types", {table.name: table.type for table in introspection.get_table_list(cursor)}["adults"], "v")
    check("columns", [c.name for c in introspection.get_table_description(cursor, "people")],
          ["id", "name", "born", "score", "tags", "seen"])
    check("constraints", introspection.get_constraints(cursor, "people")["people_id"]["columns"], ["id"])
    check("sequences", introspection.get_sequences(cursor, "people"), [])
check("get", Person.objects.get(pk=1).name, "Ann")
check("filter", list(Person.objects.filter(Q(name__icontains="an") | Q(score__gt=100)).values_list("id", flat=True)), [1])
check("order", list(Person.objects.order_by(F("score").desc(nulls_last=True)).values_list("id", flat=True)), [1, 2])
check("aggregate", Person.objects.aggregate(n=Count("*"), mean=Avg("id"))["n"], 2)
check("dates", [d.year for d in Person.objects.dates("born", "year")], [1990])
check("in", Person.objects.filter(id__in=[1, 2, 3]).count(), 2)
check("exists", Person.objects.filter(name="nobody").exists(), False)
Person.objects.bulk_create([Person(id=70, name="d1"), Person(id=71, name="d2")])
check("update", Person.objects.filter(id__gte=70).update(name="changed"), 2)
# delete() opens a transaction, and Materialize has DELETE that reads a table only outside of one.
check("delete", Person.objects.filter(id__gte=70)._raw_delete("default"), 2)
with transaction.atomic():
    check("atomic", Person.objects.filter(id=1).count(), 1)
    # Outside of a transaction it would take a cursor WITH HOLD.
    check("server-side cursor", len(list(Person.objects.all().iterator(chunk_size=1))), 2)
