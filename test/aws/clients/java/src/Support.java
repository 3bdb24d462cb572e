import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClientBuilder;

/** What the steps share: clients, and what is held of answers and errors. */
class Support {
  static final String PREFIX = "java/";
  static final SecretsManagerClient SECRETS = SecretsManagerClient.create();
  static final KmsClient KMS = KmsClient.create();

  static String environment(String name) {
    return Objects.requireNonNull(System.getenv(name), name);
  }

  static SecretsManagerClient at(String endpoint) {
    return SecretsManagerClient.builder().endpointOverride(URI.create(endpoint)).build();
  }

  static SecretsManagerClient in(String region) {
    return SecretsManagerClient.builder().region(Region.of(region)).build();
  }

  static SecretsManagerClient with(String key, String secret) {
    SecretsManagerClientBuilder builder = SecretsManagerClient.builder();
    return builder.credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(key, secret))).build();
  }

  static void holds(String what, boolean condition) {
    if (!condition) throw new AssertionError(what);
  }

  static void same(String what, Object got, Object want) {
    if (!Objects.equals(got, want)) throw new AssertionError(what + ": " + got + " is not " + want);
  }

  static SdkBytes bytes(int... values) {
    byte[] array = new byte[values.length];
    for (int i = 0; i < values.length; i++) array[i] = (byte) values[i];
    return SdkBytes.fromByteArray(array);
  }

  /** Holds that a time of the server was read as a time of the last minutes. */
  static void recent(String what, Instant at) {
    Duration age = Duration.between(at, Instant.now());
    holds(what + " is " + at, age.toSeconds() > -60 && age.toMinutes() < 10);
  }

  /** KMS leaves the text of some errors out. */
  private static String textOf(AwsServiceException error) {
    return Objects.toString(error.awsErrorDetails().errorMessage(), "");
  }

  /** Holds the class of an error and its text. */
  static <E extends AwsServiceException> E refused(Class<E> type, String text, Runnable call) {
    try {
      call.run();
    } catch (AwsServiceException error) {
      same("class of " + error, error.getClass(), type);
      holds(error + " holds " + text, textOf(error).contains(text));
      return type.cast(error);
    }
    throw new AssertionError(type + " is wanted");
  }

  /** Holds the code and text of an error that the SDK has no class for. */
  static void refusedAs(String code, String text, Runnable call) {
    try {
      call.run();
    } catch (AwsServiceException error) {
      same("code of " + error, error.awsErrorDetails().errorCode(), code);
      holds(error + " holds " + text, textOf(error).contains(text));
      return;
    }
    throw new AssertionError(code + " is wanted");
  }
}
