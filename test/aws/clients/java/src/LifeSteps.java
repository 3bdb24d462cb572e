import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.model.DataKeySpec;
import software.amazon.awssdk.services.kms.model.InvalidCiphertextException;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.KeyState;
import software.amazon.awssdk.services.kms.model.NotFoundException;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.*;

/** Policies, passwords, replicas, rotation, deletion and keys. */
final class LifeSteps extends Support {
  private static String statement(String principal) {
    return "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":" + principal
        + ",\"Action\":\"secretsmanager:GetSecretValue\",\"Resource\":\"*\"}]}";
  }

  static void policy() {
    String arn = SecretSteps.make("policy", "x").arn();
    String document = statement("{\"AWS\":\"arn:aws:iam::123456789012:root\"}");
    String broad = statement("\"*\"");
    SECRETS.putResourcePolicy(r -> r.secretId(arn).resourcePolicy(document).blockPublicPolicy(true));
    same("policy", SECRETS.getResourcePolicy(r -> r.secretId(arn)).resourcePolicy(), document);
    same("valid", SECRETS.validateResourcePolicy(r -> r.secretId(arn).resourcePolicy(document)).policyValidationPassed(), true);
    ValidateResourcePolicyResponse checked = SECRETS.validateResourcePolicy(r -> r.resourcePolicy(broad));
    same("valid", checked.policyValidationPassed(), false);
    holds("a check", !checked.validationErrors().get(0).checkName().isEmpty());
    refused(PublicPolicyException.class, "You can't attach a resource-based policy that allows broad access to the secret.",
        () -> SECRETS.putResourcePolicy(r -> r.secretId(arn).resourcePolicy(broad).blockPublicPolicy(true)));
    refused(MalformedPolicyDocumentException.class, "This resource policy contains a syntax error.",
        () -> SECRETS.putResourcePolicy(r -> r.secretId(arn).resourcePolicy("{")));
    SECRETS.deleteResourcePolicy(r -> r.secretId(arn));
    same("policy", SECRETS.getResourcePolicy(r -> r.secretId(arn)).resourcePolicy(), null);
  }

  static void password() {
    String got = SECRETS.getRandomPassword(r -> r
        .passwordLength(64L).excludeCharacters("abc").excludeNumbers(true).excludePunctuation(true).excludeUppercase(true)
        .excludeLowercase(false).includeSpace(true).requireEachIncludedType(true)).randomPassword();
    holds(got, got.matches("[d-z ]{64}"));
    refused(InvalidParameterException.class, "Password length is too short based on the required types.",
        () -> SECRETS.getRandomPassword(r -> r.passwordLength(3L)));
  }

  static void replication() {
    CreateSecretResponse made = SecretSteps.make("replication", "x");
    same("replicas", SECRETS.replicateSecretToRegions(r -> r
        .secretId(made.arn()).forceOverwriteReplicaSecret(true)
        .addReplicaRegions(x -> x.region("eu-west-1"), x -> x.region("eu-west-2"))).replicationStatus().size(), 2);
    refused(InvalidParameterException.class, "that still has replica regions",
        () -> SECRETS.deleteSecret(r -> r.secretId(made.arn())));
    SecretsManagerClient away = in("eu-west-1");
    String copied = away.getSecretValue(r -> r.secretId(made.name())).arn();
    same("ARN", copied, made.arn().replace("us-east-1", "eu-west-1"));
    refused(InvalidParameterException.class, "Operation not permitted on a replica secret.",
        () -> away.putSecretValue(r -> r.secretId(made.name()).secretString("y")));
    same("ARN", away.stopReplicationToReplica(r -> r.secretId(made.name())).arn(), copied);
    same("replicas", SECRETS.removeRegionsFromReplication(
        r -> r.secretId(made.arn()).removeReplicaRegions("eu-west-2")).replicationStatus(), List.of());
    away.putSecretValue(r -> r.secretId(made.name()).secretString("y"));
  }

  static void rotation() throws InterruptedException {
    String arn = SecretSteps.make("rotation", "old").arn();
    String function = environment("LAMBDA_ARN");
    refused(InvalidRequestException.class, "No Lambda rotation function ARN is associated with this secret.",
        () -> SECRETS.rotateSecret(r -> r.secretId(arn)));
    String token = "55555555-2222-3333-4444-555555555555";
    same("version", SECRETS.rotateSecret(r -> r
        .secretId(arn).clientRequestToken(token).rotationLambdaARN(function).rotateImmediately(true)
        .rotationRules(x -> x.scheduleExpression("rate(10 days)").duration("3h"))).versionId(), token);
    DescribeSecretResponse described = SECRETS.describeSecret(r -> r.secretId(arn));
    for (int i = 0; i < 200 && described.lastRotatedDate() == null; i++) {
      Thread.sleep(50);
      described = SECRETS.describeSecret(r -> r.secretId(arn));
    }
    recent("LastRotatedDate", described.lastRotatedDate());
    same("enabled", described.rotationEnabled(), true);
    same("function", described.rotationLambdaARN(), function);
    same("schedule", described.rotationRules().scheduleExpression() + described.rotationRules().duration(), "rate(10 days)3h");
    holds("next", described.nextRotationDate().isAfter(Instant.now()));
    holds("a new value", !SecretSteps.value(arn).equals("old"));
    refused(InvalidParameterException.class, "You cannot specify both rotation frequency and schedule expression together.",
        () -> SECRETS.rotateSecret(r -> r.secretId(arn).rotateImmediately(false)
            .rotationRules(x -> x.scheduleExpression("rate(1 day)").automaticallyAfterDays(3L))));
    SECRETS.cancelRotateSecret(r -> r.secretId(arn));
    same("enabled", SECRETS.describeSecret(r -> r.secretId(arn)).rotationEnabled(), false);
  }

  static void deletion() {
    CreateSecretResponse made = SecretSteps.make("deletion", "x");
    refused(InvalidParameterException.class, "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).",
        () -> SECRETS.deleteSecret(r -> r.secretId(made.arn()).recoveryWindowInDays(6L)));
    Instant date = SECRETS.deleteSecret(r -> r.secretId(made.arn()).recoveryWindowInDays(7L)).deletionDate();
    same("window", Duration.between(Instant.now(), date.plusSeconds(60)).toDays(), 7L);
    refused(InvalidRequestException.class, "because it was marked for deletion.", () -> SecretSteps.value(made.arn()));
    refused(InvalidRequestException.class, "a secret with this name is already scheduled for deletion.",
        () -> SecretSteps.make("deletion", "y"));
    same("name", SECRETS.restoreSecret(r -> r.secretId(made.arn())).name(), made.name());
    same("value", SecretSteps.value(made.arn()), "x");
    SECRETS.deleteSecret(r -> r.secretId(made.arn()).forceDeleteWithoutRecovery(true));
    refused(ResourceNotFoundException.class, "Secrets Manager can't find the specified secret.",
        () -> SECRETS.describeSecret(r -> r.secretId(made.arn())));
  }

  static void keys() {
    KeyMetadata made = KMS.createKey(r -> r.description("java")).keyMetadata();
    String id = made.keyId();
    recent("CreationDate", made.creationDate());
    KMS.createAlias(r -> r.aliasName("alias/java").targetKeyId(id));
    String arn = SECRETS.createSecret(r -> r.name(PREFIX + "keys").kmsKeyId("alias/java").secretString("x")).arn();
    SdkBytes text = SdkBytes.fromUtf8String("text");
    Map<String, String> context = Map.of("a", "1", "b", "2");
    SdkBytes sealed = KMS.encrypt(r -> r.keyId(made.arn()).plaintext(text).encryptionContext(context)).ciphertextBlob();
    same("text", KMS.decrypt(r -> r.ciphertextBlob(sealed).encryptionContext(context)).plaintext(), text);
    refused(InvalidCiphertextException.class, "", () -> KMS.decrypt(r -> r.ciphertextBlob(sealed)));
    same("length", KMS.generateDataKey(r -> r.keyId(id).keySpec(DataKeySpec.AES_256)).plaintext().asByteArray().length, 32);
    KMS.disableKey(r -> r.keyId(id));
    refused(DecryptionFailureException.class,
        "Secrets Manager can't decrypt the protected secret text using the provided KMS key.", () -> SecretSteps.value(arn));
    refused(EncryptionFailureException.class, "Secrets Manager can't encrypt the protected secret text",
        () -> SECRETS.putSecretValue(r -> r.secretId(arn).secretString("y")));
    KMS.enableKey(r -> r.keyId(id));
    same("value", SecretSteps.value(arn), "x");
    KMS.scheduleKeyDeletion(r -> r.keyId(id).pendingWindowInDays(7));
    same("state", KMS.describeKey(r -> r.keyId("alias/java")).keyMetadata().keyState(), KeyState.PENDING_DELETION);
    KMS.cancelKeyDeletion(r -> r.keyId(id));
    holds("listed", KMS.listKeysPaginator(r -> r.limit(1)).keys().stream().anyMatch(key -> key.keyId().equals(id)));
    same("aliases", KMS.listAliases(r -> r.keyId(id)).aliases().size(), 1);
    KMS.deleteAlias(r -> r.aliasName("alias/java"));
    refused(NotFoundException.class, "", () -> KMS.describeKey(r -> r.keyId("alias/java")));
  }
}
