// DatabaseMetaData of the server beside PostgreSQL's, over the same tables: prints every answer that is not the same.
import java.sql.*;
import java.util.*;

public class JdbcMetadata {
  interface Question {
    ResultSet ask(DatabaseMetaData meta) throws SQLException;
  }

  record Answer(List<String> columns, List<String> rows) {}

  /** Names and types of the columns, and the rows as texts in an order of their own. */
  static Answer answer(Connection conn, Question question) throws SQLException {
    try (ResultSet r = question.ask(conn.getMetaData())) {
      ResultSetMetaData shape = r.getMetaData();
      List<String> columns = new ArrayList<>();
      for (int n = 1; n <= shape.getColumnCount(); n++) columns.add(shape.getColumnName(n));
      List<String> rows = new ArrayList<>();
      while (r.next()) {
        List<String> row = new ArrayList<>();
        for (int n = 1; n <= columns.size(); n++) row.add(columns.get(n - 1) + "=" + r.getString(n));
        rows.add(String.join(" ", row));
      }
      Collections.sort(rows);
      return new Answer(columns, rows);
    }
  }

  static final Map<String, Question> QUESTIONS = new LinkedHashMap<>();

  static {
    String[] kinds = {"TABLE", "VIEW", "MATERIALIZED VIEW", "INDEX"};
    for (String schema : List.of("public", "shop")) {
      QUESTIONS.put("getTables " + schema, m -> m.getTables(null, schema, "%", kinds));
      QUESTIONS.put("getColumns " + schema, m -> m.getColumns(null, schema, "%", "%"));
      QUESTIONS.put("getPrimaryKeys " + schema, m -> m.getPrimaryKeys(null, schema, null));
    }
    QUESTIONS.put("getTables pattern", m -> m.getTables("materialize", "pub%", "p_ople", new String[] {"TABLE"}));
    QUESTIONS.put("getTables none", m -> m.getTables(null, "", "%", null));
    QUESTIONS.put("getSuperTables", m -> m.getTables(null, null, "adults", null));
    QUESTIONS.put("getSchemas pattern", m -> m.getSchemas(null, "sh%"));
    QUESTIONS.put("getTableTypes", m -> m.getTableTypes());
    QUESTIONS.put("getIndexInfo", m -> m.getIndexInfo(null, "public", "people", false, false));
    QUESTIONS.put("getIndexInfo unique", m -> m.getIndexInfo(null, "public", "people", true, false));
    QUESTIONS.put("getImportedKeys", m -> m.getImportedKeys(null, "public", "people"));
    QUESTIONS.put("getExportedKeys", m -> m.getExportedKeys(null, "public", "people"));
    QUESTIONS.put("getCrossReference", m -> m.getCrossReference(null, "public", "people", null, "shop", "items"));
    QUESTIONS.put("getBestRowIdentifier", m -> m.getBestRowIdentifier(null, "public", "people", 2, true));
    QUESTIONS.put("getVersionColumns", m -> m.getVersionColumns(null, "public", "people"));
    QUESTIONS.put("getUDTs", m -> m.getUDTs(null, "shop", "%", null));
    QUESTIONS.put("getTypeInfo", m -> m.getTypeInfo());
    QUESTIONS.put("getFunctions", m -> m.getFunctions(null, "pg_catalog", "pg_get_viewdef"));
    QUESTIONS.put("getFunctionColumns", m -> m.getFunctionColumns(null, "pg_catalog", "format_type", "%"));
    QUESTIONS.put("getProcedures", m -> m.getProcedures(null, "public", "%"));
    QUESTIONS.put("getProcedureColumns", m -> m.getProcedureColumns(null, "public", "%", "%"));
    QUESTIONS.put("getTablePrivileges", m -> m.getTablePrivileges(null, "public", "people"));
    QUESTIONS.put("getColumnPrivileges", m -> m.getColumnPrivileges(null, "public", "people", "%"));
    QUESTIONS.put("getClientInfoProperties", m -> m.getClientInfoProperties());
  }

  /** Each server has types of its own; those that both have must be the same. */
  static Answer shared(Answer answer, Answer other) {
    Set<String> known = new HashSet<>();
    for (String row : other.rows) known.add(row.split(" ")[0]);
    return new Answer(answer.columns, answer.rows.stream().filter(row -> known.contains(row.split(" ")[0])).toList());
  }

  public static void main(String[] args) throws Exception {
    TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
    try (Connection here = DriverManager.getConnection(System.getenv("CLIENT_JDBC"));
        Connection there = DriverManager.getConnection(System.getenv("CLIENT_JDBC_POSTGRES"))) {
      for (Map.Entry<String, Question> entry : QUESTIONS.entrySet()) {
        Answer ours = answer(here, entry.getValue());
        Answer theirs = answer(there, entry.getValue());
        if (entry.getKey().equals("getTypeInfo")) {
          Answer all = ours;
          ours = shared(ours, theirs);
          theirs = shared(theirs, all);
        }
        System.out.println("asked " + entry.getKey() + " (" + theirs.rows.size() + " rows)");
        if (!ours.columns.equals(theirs.columns))
          System.out.println("differs " + entry.getKey() + ": columns " + ours.columns + " are not " + theirs.columns);
        for (String row : theirs.rows)
          if (!ours.rows.contains(row)) System.out.println("differs " + entry.getKey() + ": lacks " + row);
        for (String row : ours.rows)
          if (!theirs.rows.contains(row)) System.out.println("differs " + entry.getKey() + ": has " + row);
      }
    }
  }
}
