import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;

/** Errors, signatures and retries. */
final class ProtocolSteps extends Support {
  static void errors() {
    ResourceNotFoundException error = refused(ResourceNotFoundException.class,
        "Secrets Manager can't find the specified secret.", () -> SecretSteps.value(PREFIX + "none"));
    same("status", error.statusCode(), 400);
    same("request id", error.requestId().length(), 36);
    refusedAs("ValidationException", "Invalid name. Must be a valid name containing alphanumeric characters",
        () -> SECRETS.describeSecret(r -> r.secretId("no spaces")));
    refusedAs("ValidationException", "Value null at 'secretId' failed to satisfy constraint: Member must not be null",
        () -> SECRETS.describeSecret(r -> {}));
  }

  static void wrongKeys() {
    SecretsManagerClient wrong = with(environment("AWS_ACCESS_KEY_ID"), "another");
    refusedAs("InvalidSignatureException", "The request signature we calculated does not match", () -> wrong.listSecrets());
    SecretsManagerClient nobody = with("AKIANOBODY", "another");
    refusedAs("UnrecognizedClientException", "The security token included in the request is invalid.",
        () -> nobody.listSecrets());
  }

  /** The other server's clock is an hour ahead: the SDK sets its own right by the answer. */
  static void clockSkew() {
    SecretsManagerClient ahead = at(environment("SKEWED_ENDPOINT"));
    ahead.listSecrets();
    ahead.getRandomPassword();
  }

  /** The first answer is lost, the second request throttled: one version comes of it. */
  static void retries() {
    SecretsManagerClient faulty = at(environment("FAULTY_ENDPOINT"));
    String arn = faulty.createSecret(r -> r.name(PREFIX + "retries").secretString("x")).arn();
    same("versions", faulty.listSecretVersionIds(r -> r.secretId(arn).includeDeprecated(true)).versions().size(), 1);
  }

  private static String send(Instant at) throws IOException {
    byte[] body = ("{\"SecretId\":\"" + SecretSteps.FULL + "\"}").getBytes(StandardCharsets.UTF_8);
    SdkHttpRequest plain = SdkHttpRequest.builder()
        .uri(URI.create(environment("AWS_ENDPOINT_URL") + "/")).method(SdkHttpMethod.POST)
        .putHeader("Content-Type", "application/x-amz-json-1.1")
        .putHeader("X-Amz-Target", "secretsmanager.GetSecretValue").build();
    AwsBasicCredentials key =
        AwsBasicCredentials.create(environment("AWS_ACCESS_KEY_ID"), environment("AWS_SECRET_ACCESS_KEY"));
    SdkHttpRequest signed = AwsV4HttpSigner.create().sign(r -> r
        .identity(key).request(plain).payload(ContentStreamProvider.fromByteArray(body))
        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "secretsmanager")
        .putProperty(AwsV4HttpSigner.REGION_NAME, "us-east-1")
        .putProperty(AwsV4HttpSigner.AUTH_LOCATION, AwsV4HttpSigner.AuthLocation.QUERY_STRING)
        .putProperty(HttpSigner.SIGNING_CLOCK, Clock.fixed(at, ZoneOffset.UTC))).request();
    HttpURLConnection connection = (HttpURLConnection) signed.getUri().toURL().openConnection();
    connection.setRequestMethod("POST");
    connection.setDoOutput(true);
    signed.forEachHeader((name, values) -> connection.setRequestProperty(name, values.get(0)));
    connection.getOutputStream().write(body);
    try (InputStream answer = connection.getResponseCode() == 200 ? connection.getInputStream() : connection.getErrorStream()) {
      return connection.getResponseCode() + new String(answer.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  static void querySignature() throws IOException {
    String got = send(Instant.now());
    holds(got, got.startsWith("200") && got.contains("\"SecretString\":\"first ✓\""));
    String late = send(Instant.now().minus(Duration.ofHours(1)));
    holds(late, late.startsWith("400") && late.contains("InvalidSignatureException"));
  }
}
