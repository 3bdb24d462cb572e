// pgjdbc: connect, DatabaseMetaData, typed round trips in text and binary, prepared statements, batches, errors.
import java.math.BigDecimal;
import java.sql.*;
import java.util.*;

public class Jdbc {
  static void check(String name, Object got, Object want) {
    if (!Objects.equals(got, want)) throw new AssertionError(name + ": " + got + " is not " + want);
    System.out.println("ok " + name);
  }

  static List<String> column(ResultSet rows, String name) throws SQLException {
    List<String> values = new ArrayList<>();
    while (rows.next()) values.add(rows.getString(name));
    return values;
  }

  static void roundTrips(Connection conn) throws SQLException {
    // More than five runs: the driver turns to a named statement and binary transfer.
    for (int run = 0; run < 8; run++) {
      try (PreparedStatement s = conn.prepareStatement(
          "SELECT ?::int4, ?::int8, ?::text, ?::numeric, ?::bool, ?::float8, ?::date, ?::uuid, ?::bytea, ?::timestamptz")) {
        UUID uuid = new UUID(1, 2);
        s.setInt(1, run);
        s.setLong(2, 1L << 40);
        s.setString(3, "it's ü");
        s.setBigDecimal(4, new BigDecimal("12.340"));
        s.setBoolean(5, true);
        s.setDouble(6, 0.1);
        s.setObject(7, java.time.LocalDate.of(2024, 2, 29));
        s.setObject(8, uuid);
        s.setBytes(9, new byte[] {0, (byte) 255});
        s.setObject(10, java.time.OffsetDateTime.parse("2024-05-06T07:08:09.123456Z"));
        ResultSet r = s.executeQuery();
        r.next();
        if (r.getInt(1) != run || r.getLong(2) != 1L << 40 || !r.getString(3).equals("it's ü")
            || !r.getBigDecimal(4).equals(new BigDecimal("12.340")) || !r.getBoolean(5) || r.getDouble(6) != 0.1
            || !r.getObject(7, java.time.LocalDate.class).equals(java.time.LocalDate.of(2024, 2, 29))
            || !r.getObject(8).equals(uuid) || r.getBytes(9)[1] != -1
            || !r.getObject(10, java.time.OffsetDateTime.class).toInstant().toString().equals("2024-05-06T07:08:09.123456Z"))
          throw new AssertionError("round trip " + run);
      }
    }
    System.out.println("ok round trips");
    Array array = conn.createArrayOf("int4", new Object[] {1, 2, null});
    try (PreparedStatement s = conn.prepareStatement("SELECT ?::int4[]")) {
      s.setArray(1, array);
      ResultSet r = s.executeQuery();
      r.next();
      check("array", Arrays.asList((Object[]) r.getArray(1).getArray()), Arrays.asList(1, 2, null));
    }
  }

  static void metadata(Connection conn) throws SQLException {
    DatabaseMetaData meta = conn.getMetaData();
    check("product", meta.getDatabaseProductName(), "PostgreSQL");
    check("version", meta.getDatabaseProductVersion(), "9.5.0");
    check("getSchemas", new HashSet<>(column(meta.getSchemas(), "TABLE_SCHEM")).containsAll(List.of("public", "shop", "pg_catalog")), true);
    check("getCatalogs", column(meta.getCatalogs(), "TABLE_CAT").contains("materialize"), true);
    check("getTables", column(meta.getTables(null, "public", "%", new String[] {"TABLE", "VIEW", "MATERIALIZED VIEW"}), "TABLE_NAME"),
        List.of("names", "people", "adults"));
    check("remarks", column(meta.getTables(null, "public", "people", null), "REMARKS"), List.of("Everybody"));
    ResultSet columns = meta.getColumns(null, "public", "people", "%");
    List<String> found = new ArrayList<>();
    while (columns.next()) found.add(columns.getString("COLUMN_NAME") + " " + columns.getString("TYPE_NAME") + " " + columns.getInt("DATA_TYPE")
        + " " + columns.getString("IS_NULLABLE") + " " + columns.getString("REMARKS"));
    check("getColumns", found, List.of("id int4 4 NO null", "name text 12 YES Full name", "born date 91 YES null",
        "score numeric 2 YES null", "tags _text 2003 YES null", "seen timestamptz 93 YES null"));
    check("all columns", column(meta.getColumns(null, null, "%", "%"), "COLUMN_NAME").size() > 1000, true);
    check("getPrimaryKeys", column(meta.getPrimaryKeys(null, "public", "people"), "COLUMN_NAME"), List.of());
    check("getImportedKeys", column(meta.getImportedKeys(null, "public", "people"), "FKCOLUMN_NAME"), List.of());
    check("getExportedKeys", column(meta.getExportedKeys(null, "public", "people"), "FKCOLUMN_NAME"), List.of());
    check("getIndexInfo", column(meta.getIndexInfo(null, "public", "people", false, false), "COLUMN_NAME"), List.of("id"));
    check("getTypeInfo", column(meta.getTypeInfo(), "TYPE_NAME").containsAll(List.of("int4", "text", "numeric", "timestamptz")), true);
    check("getFunctions", column(meta.getFunctions(null, "pg_catalog", "pg_get%def"), "FUNCTION_NAME").contains("pg_get_viewdef"), true);
    check("getFunctionColumns", column(meta.getFunctionColumns(null, "pg_catalog", "format_type", "%"), "COLUMN_NAME").size(), 3);
    check("getProcedures", column(meta.getProcedures(null, "public", "%"), "PROCEDURE_NAME"), List.of());
    check("getTablePrivileges", column(meta.getTablePrivileges(null, "public", "people"), "PRIVILEGE").contains("SELECT"), true);
    check("getColumnPrivileges", column(meta.getColumnPrivileges(null, "public", "people", "name"), "PRIVILEGE").contains("SELECT"), true);
    check("getBestRowIdentifier", column(meta.getBestRowIdentifier(null, "public", "people", 0, true), "COLUMN_NAME"), List.of());
    check("getUDTs", column(meta.getUDTs(null, "public", "%", null), "TYPE_NAME") != null, true);
    check("getClientInfoProperties", column(meta.getClientInfoProperties(), "NAME").contains("ApplicationName"), true);
    check("getMaxIndexKeys", meta.getMaxColumnsInIndex(), 1000);
    check("getSQLKeywords", meta.getSQLKeywords().length() > 0, true);
  }

  /** Every type as text and as binary, plain and in arrays: -1 asks for binary from the first run, 0 never. */
  static void transfer(int threshold) throws Exception {
    String[][] values = {
      {"bool", "t"}, {"int2", "-7"}, {"int4", "2147483647"}, {"int8", "-9223372036854775808"}, {"float4", "1.5"},
      {"float8", "-0.25"}, {"numeric", "12345678901234567890.0100"}, {"text", "x\\ \"y\" ü"}, {"varchar", "v"}, {"bytea", "\\x00ff"},
      {"date", "2024-02-29"}, {"time", "07:08:09.5"}, {"timestamp", "2024-05-06 07:08:09.123456"},
      {"timestamptz", "2024-05-06 07:08:09.123456+00"}, {"interval", "1 mon 2 days 03:04:05"},
      {"uuid", "01234567-89ab-cdef-0123-456789abcdef"}, {"jsonb", "{\"a\":[1,null]}"}, {"oid", "4294967295"},
    };
    Properties properties = new Properties();
    properties.setProperty("prepareThreshold", String.valueOf(threshold));
    try (Connection conn = DriverManager.getConnection(System.getenv("CLIENT_JDBC"), properties)) {
      for (String[] value : values) {
        String sql = "SELECT ?::text::" + value[0] + " AS plain, ARRAY[?::text::" + value[0] + ", NULL] AS array, ?::text::" + value[0] + "::text AS text";
        try (PreparedStatement s = conn.prepareStatement(sql)) {
          for (int run = 0; run < 2; run++) {
            for (int n = 1; n <= 3; n++) s.setString(n, value[1]);
            ResultSet r = s.executeQuery();
            r.next();
            Object plain = r.getObject(1);
            Object[] array = (Object[]) r.getArray(2).getArray();
            if (array.length != 2 || array[1] != null
                || !(Objects.deepEquals(plain, array[0]) || String.valueOf(plain).equals(String.valueOf(array[0]))))
              throw new AssertionError(value[0] + ": " + plain + " in an array is " + Arrays.toString(array));
            if (value[0].equals("numeric") || value[0].equals("text") || value[0].equals("uuid") || value[0].equals("int8"))
              check(value[0] + " " + threshold + " " + run, r.getString(1), r.getString(3));
          }
        }
      }
    }
    System.out.println("ok every type, prepareThreshold " + threshold);
  }

  static void copies(Connection conn) throws Exception {
    org.postgresql.copy.CopyManager copy = conn.unwrap(org.postgresql.PGConnection.class).getCopyAPI();
    check("CopyManager in", copy.copyIn("COPY shop.items FROM STDIN WITH (FORMAT csv)", new java.io.StringReader("c1,1.5\nc2,\n")), 2L);
    java.io.StringWriter out = new java.io.StringWriter();
    copy.copyOut("COPY (SELECT sku, price FROM shop.items WHERE sku LIKE 'c_' ORDER BY sku) TO STDOUT", out);
    check("CopyManager out", out.toString(), "c1\t1.5\nc2\t\\N\n");
    try (Statement s = conn.createStatement()) {
      s.executeUpdate("DELETE FROM shop.items WHERE sku LIKE 'c_'");
    }
  }

  static void fails(Connection conn, String name, String state, String sql) throws SQLException {
    try (Statement s = conn.createStatement()) {
      s.execute(sql + " /* fails */");
      throw new AssertionError(name + ": no error");
    } catch (SQLException error) {
      check(name, error.getSQLState(), state);
    }
  }

  static final String ENDLESS = "SELECT count(*) FROM generate_series(1, 100000) a, generate_series(1, 100000) b /* fails */";

  static void interruptions(Connection conn) throws Exception {
    try (Statement s = conn.createStatement()) {
      s.setQueryTimeout(1);
      s.executeQuery(ENDLESS);
      throw new AssertionError("no time-out");
    } catch (SQLException error) {
      check("setQueryTimeout", error.getSQLState(), "57014");
    }
    try (Statement s = conn.createStatement()) {
      Thread canceller = new Thread(() -> {
        try {
          Thread.sleep(300);
          s.cancel();
        } catch (Exception ignored) {
          // The statement then runs into the test's own limit.
        }
      });
      canceller.start();
      s.executeQuery(ENDLESS);
      throw new AssertionError("not cancelled");
    } catch (SQLException error) {
      check("cancel", error.getSQLState(), "57014");
    }
    try (Statement s = conn.createStatement()) {
      ResultSet r = s.executeQuery("SELECT 1");
      check("afterwards", r.next(), true);
    }
  }

  public static void main(String[] args) throws Exception {
    TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
    System.out.println("version " + new org.postgresql.Driver().getMajorVersion() + "." + new org.postgresql.Driver().getMinorVersion());
    try (Connection conn = DriverManager.getConnection(System.getenv("CLIENT_JDBC"))) {
      check("isValid", conn.isValid(5), true);
      metadata(conn);
      roundTrips(conn);
      conn.setAutoCommit(false);
      try (PreparedStatement s = conn.prepareStatement("INSERT INTO shop.items VALUES (?, ?)")) {
        for (int n = 0; n < 3; n++) {
          s.setString(1, "j" + n);
          s.setDouble(2, n);
          s.addBatch();
        }
        check("batch", s.executeBatch().length, 3);
      }
      conn.commit();
      conn.setAutoCommit(true);
      try (Statement s = conn.createStatement()) {
        check("delete", s.executeUpdate("DELETE FROM shop.items WHERE sku LIKE 'j_'"), 3);
        try {
          s.execute("SELECT * FROM missing /* fails */");
          throw new AssertionError("no error");
        } catch (SQLException error) {
          check("error", error.getSQLState() != null, true);
        }
        ResultSet r = s.executeQuery("SELECT id, tags, score FROM people ORDER BY id");
        check("column types", r.getMetaData().getColumnTypeName(3) + r.getMetaData().getPrecision(3) + r.getMetaData().isNullable(1), "numeric102");
        check("table name", r.getMetaData().getTableName(1), "");
      }
      conn.setAutoCommit(false);
      try (Statement s = conn.createStatement()) {
        s.setFetchSize(2);
        ResultSet r = s.executeQuery("SELECT generate_series(1, 5) AS n");
        check("fetch size", column(r, "n"), List.of("1", "2", "3", "4", "5"));
      }
      conn.commit();
      conn.setAutoCommit(true);
      copies(conn);
      fails(conn, "syntax error", "42601", "SELEC 1");
      // Materialize has this code for almost every error of planning and evaluation.
      fails(conn, "wrong number", "XX000", "SELECT 1 / 0");
      conn.setAutoCommit(false);
      fails(conn, "error in a transaction", "XX000", "SELECT 1 / 0");
      fails(conn, "failed transaction", "25P02", "SELECT 1");
      conn.rollback();
      conn.setAutoCommit(true);
      interruptions(conn);
    }
    transfer(-1);
    transfer(0);
  }
}
