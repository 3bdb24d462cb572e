import aws.sdk.kotlin.services.secretsmanager.cancelRotateSecret
import aws.sdk.kotlin.services.secretsmanager.deleteResourcePolicy
import aws.sdk.kotlin.services.secretsmanager.deleteSecret
import aws.sdk.kotlin.services.secretsmanager.describeSecret
import aws.sdk.kotlin.services.secretsmanager.getRandomPassword
import aws.sdk.kotlin.services.secretsmanager.getResourcePolicy
import aws.sdk.kotlin.services.secretsmanager.getSecretValue
import aws.sdk.kotlin.services.secretsmanager.listSecretVersionIds
import aws.sdk.kotlin.services.secretsmanager.listSecrets
import aws.sdk.kotlin.services.secretsmanager.createSecret
import aws.sdk.kotlin.services.secretsmanager.model.*
import aws.sdk.kotlin.services.secretsmanager.putResourcePolicy
import aws.sdk.kotlin.services.secretsmanager.putSecretValue
import aws.sdk.kotlin.services.secretsmanager.removeRegionsFromReplication
import aws.sdk.kotlin.services.secretsmanager.replicateSecretToRegions
import aws.sdk.kotlin.services.secretsmanager.restoreSecret
import aws.sdk.kotlin.services.secretsmanager.rotateSecret
import aws.sdk.kotlin.services.secretsmanager.stopReplicationToReplica
import aws.sdk.kotlin.services.secretsmanager.validateResourcePolicy
import aws.smithy.kotlin.runtime.time.Instant
import kotlin.time.Duration.Companion.days
import kotlin.time.Duration.Companion.minutes
import kotlinx.coroutines.delay

/** Policies, passwords, replicas, rotation, deletion; errors, signatures and retries. */
private fun statement(principal: String) =
    """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":$principal,""" +
        """"Action":"secretsmanager:GetSecretValue","Resource":"*"}]}"""

suspend fun policy() {
    val id = make("policy").arn
    val document = statement("""{"AWS":"arn:aws:iam::123456789012:root"}""")
    val broad = statement("\"*\"")
    secrets.putResourcePolicy { secretId = id; resourcePolicy = document; blockPublicPolicy = true }
    same("policy", secrets.getResourcePolicy { secretId = id }.resourcePolicy, document)
    same("valid", secrets.validateResourcePolicy { secretId = id; resourcePolicy = document }.policyValidationPassed, true)
    val checked = secrets.validateResourcePolicy { resourcePolicy = broad }
    same("valid", checked.policyValidationPassed, false)
    holds("a check", checked.validationErrors!!.first().checkName != null)
    refused<PublicPolicyException>("You can't attach a resource-based policy that allows broad access to the secret.") {
        secrets.putResourcePolicy { secretId = id; resourcePolicy = broad; blockPublicPolicy = true }
    }
    refused<MalformedPolicyDocumentException>("This resource policy contains a syntax error.") {
        secrets.putResourcePolicy { secretId = id; resourcePolicy = "{" }
    }
    secrets.deleteResourcePolicy { secretId = id }
    same("policy", secrets.getResourcePolicy { secretId = id }.resourcePolicy, null)
}

suspend fun password() {
    val got = secrets.getRandomPassword {
        passwordLength = 64
        excludeCharacters = "abc"
        excludeNumbers = true
        excludePunctuation = true
        excludeUppercase = true
        excludeLowercase = false
        includeSpace = true
        requireEachIncludedType = true
    }.randomPassword!!
    holds(got, Regex("[d-z ]{64}").matches(got))
    refused<InvalidParameterException>("Password length is too short based on the required types.") {
        secrets.getRandomPassword { passwordLength = 3 }
    }
}

suspend fun replication() {
    val made = make("replication")
    val added = secrets.replicateSecretToRegions {
        secretId = made.arn
        forceOverwriteReplicaSecret = true
        addReplicaRegions = listOf("eu-west-1", "eu-west-2").map { ReplicaRegionType { region = it } }
    }
    same("replicas", added.replicationStatus?.size, 2)
    refused<InvalidParameterException>("that still has replica regions") { secrets.deleteSecret { secretId = made.arn } }
    val away = client(home = "eu-west-1")
    val copied = away.getSecretValue { secretId = made.name }.arn
    same("ARN", copied, made.arn?.replace("us-east-1", "eu-west-1"))
    refused<InvalidParameterException>("Operation not permitted on a replica secret.") {
        away.putSecretValue { secretId = made.name; secretString = "y" }
    }
    same("ARN", away.stopReplicationToReplica { secretId = made.name }.arn, copied)
    val left = secrets.removeRegionsFromReplication { secretId = made.arn; removeReplicaRegions = listOf("eu-west-2") }
    same("replicas", left.replicationStatus?.size, 0)
    away.putSecretValue { secretId = made.name; secretString = "y" }
}

suspend fun rotation() {
    val id = make("rotation", "old").arn
    val function = environment("LAMBDA_ARN")
    refused<InvalidRequestException>("No Lambda rotation function ARN is associated with this secret.") {
        secrets.rotateSecret { secretId = id }
    }
    val token = "55555555-2222-3333-4444-555555555555"
    val started = secrets.rotateSecret {
        secretId = id
        clientRequestToken = token
        rotationLambdaArn = function
        rotationRules = RotationRulesType { scheduleExpression = "rate(10 days)"; duration = "3h" }
        rotateImmediately = true
    }
    same("version", started.versionId, token)
    var described = secrets.describeSecret { secretId = id }
    for (attempt in 1..200) {
        if (described.lastRotatedDate != null) break
        delay(50)
        described = secrets.describeSecret { secretId = id }
    }
    recent("LastRotatedDate", described.lastRotatedDate)
    same("enabled", described.rotationEnabled, true)
    same("function", described.rotationLambdaArn, function)
    same("schedule", described.rotationRules?.scheduleExpression, "rate(10 days)")
    holds("next", described.nextRotationDate!! > Instant.now())
    holds("a new value", value(id) != "old")
    refused<InvalidParameterException>("You cannot specify both rotation frequency and schedule expression together.") {
        secrets.rotateSecret {
            secretId = id
            rotateImmediately = false
            rotationRules = RotationRulesType { scheduleExpression = "rate(1 day)"; automaticallyAfterDays = 3 }
        }
    }
    secrets.cancelRotateSecret { secretId = id }
    same("enabled", secrets.describeSecret { secretId = id }.rotationEnabled, false)
}

suspend fun deletion() {
    val made = make("deletion")
    refused<InvalidParameterException>("The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).") {
        secrets.deleteSecret { secretId = made.arn; recoveryWindowInDays = 6 }
    }
    val date = secrets.deleteSecret { secretId = made.arn; recoveryWindowInDays = 7 }.deletionDate!!
    holds("$date", date > Instant.now() + 7.days - 1.minutes && date < Instant.now() + 7.days + 1.minutes)
    refused<InvalidRequestException>("because it was marked for deletion.") { value(made.arn) }
    refused<InvalidRequestException>("a secret with this name is already scheduled for deletion.") { make("deletion") }
    same("name", secrets.restoreSecret { secretId = made.arn }.name, made.name)
    same("value", value(made.arn), "x")
    secrets.deleteSecret { secretId = made.arn; forceDeleteWithoutRecovery = true }
    refused<ResourceNotFoundException>("Secrets Manager can't find the specified secret.") {
        secrets.describeSecret { secretId = made.arn }
    }
}

suspend fun errors() {
    refused<ResourceNotFoundException>("Secrets Manager can't find the specified secret.") { value(PREFIX + "none") }
    refusedAs("ValidationException", "Invalid name. Must be a valid name containing alphanumeric characters") {
        secrets.describeSecret { secretId = "no spaces" }
    }
}

suspend fun wrongKeys() {
    refusedAs("InvalidSignatureException", "The request signature we calculated does not match") {
        client(secret = "another").listSecrets { }
    }
    refusedAs("UnrecognizedClientException", "The security token included in the request is invalid.") {
        client(key = "AKIANOBODY").listSecrets { }
    }
}

/** The other server's clock is an hour ahead: the SDK sets its own right by the answer. */
suspend fun clockSkew() {
    val ahead = client(url = environment("SKEWED_ENDPOINT"))
    ahead.listSecrets { }
    ahead.getRandomPassword { }
}

/** The first answer is lost, the second request throttled: one version comes of it. */
suspend fun retries() {
    val faulty = client(url = environment("FAULTY_ENDPOINT"))
    val id = faulty.createSecret { name = PREFIX + "retries"; secretString = "x" }.arn
    same("versions", faulty.listSecretVersionIds { secretId = id; includeDeprecated = true }.versions?.size, 1)
}
