import com.amazonaws.secretsmanager.caching.SecretCache;
import com.amazonaws.secretsmanager.caching.SecretCacheConfiguration;
import com.amazonaws.secretsmanager.sql.AWSSecretsManagerPostgreSQLDriver;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import software.amazon.awssdk.core.util.VersionInfo;

/** What applications read secrets through: AWS's caching client, and its JDBC driver, which logs in by a secret's name. */
public final class Caching extends Support {
  private static final String SECRET = PREFIX + "login";

  private static String login(String password) {
    return "{\"username\":\"" + environment("ROLE") + "\",\"password\":\"" + password + "\"}";
  }

  private static void cache() {
    SecretCacheConfiguration configuration = new SecretCacheConfiguration().withClient(SECRETS);
    try (SecretCache cache = new SecretCache(configuration)) {
      same("value", cache.getSecretString(SECRET), login(environment("PASSWORD")));
      SECRETS.updateSecret(r -> r.secretId(SECRET).description("changed").secretString(login("wrong")));
      same("cached", cache.getSecretString(SECRET), login(environment("PASSWORD")));
      holds("refreshed", refresh(cache));
      same("fresh", cache.getSecretString(SECRET), login("wrong"));
    }
  }

  private static boolean refresh(SecretCache cache) {
    try {
      return cache.refreshNow(SECRET);
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }

  private static void query(String sql, String want) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", SECRET);
    try (Connection connection = DriverManager.getConnection("jdbc-secretsmanager:" + environment("DATABASE"), properties);
        Statement statement = connection.createStatement()) {
      if (!statement.execute(sql)) return;
      ResultSet rows = statement.getResultSet();
      rows.next();
      same(sql, rows.getString(1), want);
    }
  }

  /** The driver keeps the secret it read; when the database refuses that, it reads again. */
  private static void driver() throws SQLException {
    DriverManager.registerDriver(new AWSSecretsManagerPostgreSQLDriver());
    SECRETS.putSecretValue(r -> r.secretId(SECRET).secretString(login(environment("PASSWORD"))));
    query("SELECT current_user", environment("ROLE"));
    System.out.println("ok login by a secret");
    query("ALTER ROLE " + environment("ROLE") + " PASSWORD 'rotated'", null);
    SECRETS.putSecretValue(r -> r.secretId(SECRET).secretString(login("rotated")));
    query("SELECT current_user", environment("ROLE"));
    System.out.println("ok login after a rotation");
  }

  public static void main(String[] args) throws Exception {
    System.out.println("version " + VersionInfo.SDK_VERSION);
    SECRETS.createSecret(r -> r.name(SECRET).secretString(login(environment("PASSWORD"))));
    cache();
    System.out.println("ok cache");
    driver();
  }
}
