import static java.util.stream.Collectors.toList;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.secretsmanager.model.*;

/** Secrets, their versions, labels, lists and tags. */
final class SecretSteps extends Support {
  static final String TOKEN = "11111111-2222-3333-4444-555555555555";
  static final String FULL = PREFIX + "full";

  static CreateSecretResponse make(String name, String value) {
    return SECRETS.createSecret(r -> r.name(PREFIX + name).secretString(value));
  }

  static String value(String id) {
    return SECRETS.getSecretValue(r -> r.secretId(id)).secretString();
  }

  static CreateSecretResponse full(String text) {
    return SECRETS.createSecret(r -> r
        .name(FULL)
        .clientRequestToken(TOKEN)
        .description("Every parameter, häö")
        .kmsKeyId("alias/aws/secretsmanager")
        .secretString(text)
        .type("JavaClient")
        .tags(Tag.builder().key("team").value("tumbler").build())
        .addReplicaRegions(x -> x.region("eu-west-1").kmsKeyId("alias/aws/secretsmanager"))
        .forceOverwriteReplicaSecret(true));
  }

  static void create() {
    CreateSecretResponse made = full("first ✓");
    same("version", made.versionId(), TOKEN);
    same("replica", made.replicationStatus().get(0).status(), StatusType.IN_SYNC);
    CreateSecretResponse empty = SECRETS.createSecret(r -> r.name(PREFIX + "empty"));
    same("version", empty.versionId(), null);
    refused(ResourceNotFoundException.class, "staging label: AWSCURRENT", () -> value(empty.arn()));
  }

  static void idempotency() {
    same("version", full("first ✓").versionId(), TOKEN);
    refused(ResourceExistsException.class, "You can't use ClientRequestToken " + TOKEN, () -> full("another"));
    refused(ResourceExistsException.class, "The operation failed because the secret " + FULL + " already exists.",
        () -> make("full", "x"));
  }

  static void get() {
    String arn = SECRETS.describeSecret(r -> r.secretId(FULL)).arn();
    for (String id : List.of(FULL, arn, arn.substring(0, arn.length() - 7))) {
      GetSecretValueResponse got =
          SECRETS.getSecretValue(r -> r.secretId(id).versionId(TOKEN).versionStage("AWSCURRENT"));
      same("value", got.secretString(), "first ✓");
      same("stages", got.versionStages(), List.of("AWSCURRENT"));
      recent("CreatedDate", got.createdDate());
    }
    refused(InvalidRequestException.class,
        "You provided a VersionStage that is not associated to the provided VersionId.",
        () -> SECRETS.getSecretValue(r -> r.secretId(arn).versionId(TOKEN).versionStage("AWSPREVIOUS")));
  }

  static void binary() {
    byte[] data = new byte[256];
    for (int i = 0; i < data.length; i++) data[i] = (byte) i;
    SdkBytes bytes = SdkBytes.fromByteArray(data);
    String arn = SECRETS.createSecret(r -> r.name(PREFIX + "binary").secretBinary(bytes)).arn();
    GetSecretValueResponse got = SECRETS.getSecretValue(r -> r.secretId(arn));
    same("bytes", got.secretBinary(), bytes);
    same("text", got.secretString(), null);
    String large = "ü".repeat(32768);
    SECRETS.putSecretValue(r -> r.secretId(arn).secretString(large));
    same("65,536 bytes", value(arn), large);
    refusedAs("ValidationException", "Member must have length less than or equal to 65536",
        () -> SECRETS.putSecretValue(r -> r.secretId(arn).secretBinary(SdkBytes.fromByteArray(new byte[65537]))));
  }

  static void put() {
    String arn = make("put", "one").arn();
    PutSecretValueResponse staged = SECRETS.putSecretValue(r -> r
        .secretId(arn)
        .clientRequestToken("22222222-2222-3333-4444-555555555555")
        .secretString("two")
        .versionStages("TESTING", "AWSPENDING")
        .rotationToken("33333333-2222-3333-4444-555555555555"));
    same("stages", staged.versionStages().stream().sorted().collect(toList()), List.of("AWSPENDING", "TESTING"));
    same("current", value(arn), "one");
    same("stages", SECRETS.putSecretValue(r -> r.secretId(arn).secretBinary(bytes(0, 255))).versionStages(),
        List.of("AWSCURRENT"));
    refused(InvalidRequestException.class, "You must provide either SecretString or SecretBinary.",
        () -> SECRETS.putSecretValue(r -> r.secretId(arn)));
    refused(InvalidParameterException.class, "You can't specify both",
        () -> SECRETS.putSecretValue(r -> r.secretId(arn).secretString("a").secretBinary(bytes(1))));
  }

  static void update() {
    String name = make("update", "one").name();
    UpdateSecretResponse changed = SECRETS.updateSecret(r -> r
        .secretId(name)
        .clientRequestToken("44444444-2222-3333-4444-555555555555")
        .description("changed")
        .kmsKeyId("alias/aws/secretsmanager")
        .secretString("two")
        .type("JavaClient"));
    same("version", changed.versionId(), "44444444-2222-3333-4444-555555555555");
    holds("a new version", !SECRETS.updateSecret(r -> r.secretId(name).secretBinary(bytes(1))).versionId().equals(changed.versionId()));
    same("version", SECRETS.updateSecret(r -> r.secretId(name).description("")).versionId(), null);
    DescribeSecretResponse described = SECRETS.describeSecret(r -> r.secretId(name));
    same("description", described.description(), null);
    same("key", described.kmsKeyId(), "alias/aws/secretsmanager");
    refused(ResourceNotFoundException.class, "Secrets Manager can't find the specified secret.",
        () -> SECRETS.updateSecret(r -> r.secretId(PREFIX + "none").secretString("x")));
  }

  static void stages() {
    CreateSecretResponse made = make("stages", "one");
    String second = SECRETS.putSecretValue(r -> r.secretId(made.arn()).secretString("two")).versionId();
    SECRETS.updateSecretVersionStage(r -> r
        .secretId(made.arn()).versionStage("AWSCURRENT").moveToVersionId(made.versionId()).removeFromVersionId(second));
    same("labels", SECRETS.describeSecret(r -> r.secretId(made.arn())).versionIdsToStages(),
        Map.of(made.versionId(), List.of("AWSCURRENT"), second, List.of("AWSPREVIOUS")));
    refused(InvalidParameterException.class, "The parameter RemoveFromVersionId can't be empty.",
        () -> SECRETS.updateSecretVersionStage(
            r -> r.secretId(made.arn()).versionStage("AWSCURRENT").moveToVersionId(second)));
    refused(InvalidParameterException.class, "You can only move staging label AWSCURRENT",
        () -> SECRETS.updateSecretVersionStage(
            r -> r.secretId(made.arn()).versionStage("AWSCURRENT").removeFromVersionId(made.versionId())));
  }

  static void describe() {
    value(FULL);
    DescribeSecretResponse got = SECRETS.describeSecret(r -> r.secretId(FULL));
    same("description", got.description(), "Every parameter, häö");
    same("type", got.type(), "JavaClient");
    same("tags", got.tags(), List.of(Tag.builder().key("team").value("tumbler").build()));
    same("versions", got.versionIdsToStages(), Map.of(TOKEN, List.of("AWSCURRENT")));
    same("primary", got.primaryRegion(), "us-east-1");
    same("replica", got.replicationStatus().get(0).region(), "eu-west-1");
    recent("CreatedDate", got.createdDate());
    recent("LastChangedDate", got.lastChangedDate());
    same("LastAccessedDate", got.lastAccessedDate().getEpochSecond() % 86400, 0L);
    same("deletion", got.deletedDate(), null);
    same("rotation", got.rotationEnabled(), null);
  }

  private static List<String> names(Consumer<ListSecretsRequest.Builder> request) {
    List<String> names = new ArrayList<>();
    for (ListSecretsResponse page : SECRETS.listSecretsPaginator(request)) {
      for (SecretListEntry entry : page.secretList()) {
        recent("CreatedDate", entry.createdDate());
        same("versions", entry.secretVersionsToStages().size(), 1);
        names.add(entry.name().substring(entry.name().length() - 1));
      }
    }
    return names;
  }

  static void list() {
    for (String name : List.of("list/b", "list/a", "list/c")) {
      SECRETS.createSecret(r -> r.name(PREFIX + name).secretString("x").description("listed here")
          .tags(Tag.builder().key("java-list").value(name).build()));
    }
    Filter byName = Filter.builder().key(FilterNameStringType.NAME).values(PREFIX + "list/").build();
    Filter byTag = Filter.builder().key(FilterNameStringType.TAG_VALUE).values("list/a").build();
    same("by name", names(r -> r.filters(byName).maxResults(2).sortBy(SortByType.NAME)
        .sortOrder(SortOrderType.DESC).includePlannedDeletion(true)), List.of("c", "b", "a"));
    same("oldest first", names(r -> r.filters(byName).maxResults(1).sortBy(SortByType.CREATED_DATE)
        .sortOrder(SortOrderType.ASC)), List.of("b", "a", "c"));
    same("by tag", names(r -> r.filters(byName, byTag)), List.of("a"));
    refused(InvalidNextTokenException.class, "", () -> SECRETS.listSecrets(r -> r.nextToken("nonsense")));
    refusedAs("ValidationException", "Member must have value less than or equal to 100",
        () -> SECRETS.listSecrets(r -> r.maxResults(101)));
    refusedAs("ValidationException", "Member must satisfy enum value set",
        () -> SECRETS.listSecrets(r -> r.filters(Filter.builder().key("colour").values("red").build())));
  }

  static void versions() {
    String arn = make("versions", "1").arn();
    for (String text : List.of("2", "3", "4")) SECRETS.putSecretValue(r -> r.secretId(arn).secretString(text));
    List<SecretVersionsListEntry> labelled = new ArrayList<>();
    SECRETS.listSecretVersionIdsPaginator(r -> r.secretId(arn).maxResults(1))
        .forEach(page -> labelled.addAll(page.versions()));
    same("labelled", labelled.size(), 2);
    same("keys", labelled.get(0).kmsKeyIds(), List.of("DefaultEncryptionKey"));
    recent("CreatedDate", labelled.get(0).createdDate());
    List<SecretVersionsListEntry> all = new ArrayList<>();
    SECRETS.listSecretVersionIdsPaginator(r -> r.secretId(arn).maxResults(3).includeDeprecated(true))
        .forEach(page -> all.addAll(page.versions()));
    same("all", all.size(), 4);
  }

  static void batch() {
    BatchGetSecretValueResponse got = SECRETS.batchGetSecretValue(
        r -> r.secretIdList(FULL, PREFIX + "none", PREFIX + "empty"));
    same("values", got.secretValues().stream().map(SecretValueEntry::secretString).collect(toList()), List.of("first ✓"));
    same("errors", got.errors().stream().map(APIErrorType::errorCode).distinct().collect(toList()),
        List.of("ResourceNotFoundException"));
    List<SecretValueEntry> found = new ArrayList<>();
    SECRETS.batchGetSecretValuePaginator(
        r -> r.filters(f -> f.key("name").values(PREFIX + "list/")).maxResults(2))
        .forEach(page -> found.addAll(page.secretValues()));
    same("by filter", found.size(), 3);
    refused(InvalidParameterException.class, "Either 'SecretIdList' or 'Filters' must be provided",
        () -> SECRETS.batchGetSecretValue(r -> {}));
  }

  static void tags() {
    String arn = make("tags", "x").arn();
    Tag a = Tag.builder().key("a").value("1").build();
    SECRETS.tagResource(r -> r.secretId(arn).tags(a, Tag.builder().key("b").value("").build()));
    SECRETS.untagResource(r -> r.secretId(arn).tagKeys("b", "never"));
    same("tags", SECRETS.describeSecret(r -> r.secretId(arn)).tags(), List.of(a));
  }
}
