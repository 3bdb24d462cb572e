"""pgcli: what its completer loads in the background, its special commands, and results."""
import os

import pgcli
from pgcli.completion_refresher import CompletionRefresher
from pgcli.main import PGCli
from pgcli.pgexecute import PGExecute
from pgspecial.main import PGSpecial
from prompt_toolkit.document import Document

print("version", pgcli.__version__)


def check(name, got, want):
    assert got == want, f"{name}: {got!r} is not {want!r}"
    print("ok", name)


executor = PGExecute(dsn=os.environ["CLIENT_DSN"])
check("search_path", "public" in executor.search_path(), True)
check("schemas", {"public", "shop", "pg_catalog"} <= set(executor.schemata()), True)
check("tables", ("public", "people") in list(executor.tables()), True)
check("views", {("public", "adults"), ("public", "names")} <= set(executor.views()), True)
columns = [c for c in executor.table_columns() if c[:2] == ("public", "people")]
check("columns", [(c[2], c[3]) for c in columns][:3], [("id", "integer"), ("name", "text"), ("born", "date")])
check("foreign keys", list(executor.foreignkeys()), [])
check("databases", "materialize" in list(executor.databases()), True)
functions = {f.func_name for f in executor.functions()}
check("functions", {"format_type", "mz_version"} <= functions, True)
check("types", isinstance(list(executor.datatypes()), list), True)
check("casing", isinstance(list(executor.casing()), list), True)
check("is superuser", bool(executor.superuser), False)

completer = PGCli(pgclirc_file=os.devnull).completer
special = PGSpecial()
for refresh in CompletionRefresher.refreshers.values():
    refresh(completer, executor)


def completions(text):
    return {c.text for c in completer.get_completions(Document(text, len(text)), None)}


check("completes tables", "people" in completions("SELECT * FROM peo"), True)
check("completes columns", "born" in completions("SELECT * FROM people WHERE bo"), True)
for command in ("\\d", "\\d people", "\\d+ people", "\\dt", "\\dv", "\\dm", "\\di", "\\dn", "\\dT", "\\df pg_get*", "\\du", "\\l",
                "\\dp", "\\ddp", "\\dx", "\\db", "\\d adults", "\\d people_id"):
    for _, rows, headers, status, sql, success, *_ in executor.run(command, pgspecial=special):
        if not success:
            raise AssertionError(f"{command}: {status}")
    print("ok", command)
result = list(executor.run("SELECT id, tags FROM people ORDER BY id", pgspecial=special))
check("result", list(result[0][1])[0][0], 1)
