import aws.sdk.kotlin.services.secretsmanager.batchGetSecretValue
import aws.sdk.kotlin.services.secretsmanager.createSecret
import aws.sdk.kotlin.services.secretsmanager.describeSecret
import aws.sdk.kotlin.services.secretsmanager.getSecretValue
import aws.sdk.kotlin.services.secretsmanager.listSecrets
import aws.sdk.kotlin.services.secretsmanager.model.*
import aws.sdk.kotlin.services.secretsmanager.paginators.batchGetSecretValuePaginated
import aws.sdk.kotlin.services.secretsmanager.paginators.listSecretVersionIdsPaginated
import aws.sdk.kotlin.services.secretsmanager.paginators.listSecretsPaginated
import aws.sdk.kotlin.services.secretsmanager.putSecretValue
import aws.sdk.kotlin.services.secretsmanager.tagResource
import aws.sdk.kotlin.services.secretsmanager.untagResource
import aws.sdk.kotlin.services.secretsmanager.updateSecret
import aws.sdk.kotlin.services.secretsmanager.updateSecretVersionStage
import kotlinx.coroutines.flow.toList

/** Secrets, their versions, labels, lists and tags; this SDK knows no `Type` and no `SortBy` yet. */
const val TOKEN = "11111111-2222-3333-4444-555555555555"
const val FULL = PREFIX + "full"

suspend fun make(suffix: String, value: String = "x"): CreateSecretResponse = secrets.createSecret {
    name = PREFIX + suffix
    secretString = value
}

suspend fun value(id: String?): String? = secrets.getSecretValue { secretId = id }.secretString

private suspend fun full(text: String): CreateSecretResponse = secrets.createSecret {
    name = FULL
    clientRequestToken = TOKEN
    description = "Every parameter, häö"
    kmsKeyId = "alias/aws/secretsmanager"
    secretString = text
    tags = listOf(Tag { key = "team"; this.value = "tumbler" })
    addReplicaRegions = listOf(ReplicaRegionType { region = "eu-west-1"; kmsKeyId = "alias/aws/secretsmanager" })
    forceOverwriteReplicaSecret = true
}

suspend fun create() {
    val made = full("first ✓")
    same("version", made.versionId, TOKEN)
    same("replica", made.replicationStatus?.single()?.status, StatusType.InSync)
    val empty = secrets.createSecret { name = PREFIX + "empty" }
    same("version", empty.versionId, null)
    refused<ResourceNotFoundException>("staging label: AWSCURRENT") { value(empty.arn) }
}

suspend fun idempotency() {
    same("version", full("first ✓").versionId, TOKEN)
    refused<ResourceExistsException>("You can't use ClientRequestToken $TOKEN") { full("another") }
    refused<ResourceExistsException>("The operation failed because the secret $FULL already exists.") { make("full") }
}

suspend fun get() {
    val arn = secrets.describeSecret { secretId = FULL }.arn!!
    for (id in listOf(FULL, arn, arn.dropLast(7))) {
        val got = secrets.getSecretValue { secretId = id; versionId = TOKEN; versionStage = "AWSCURRENT" }
        same("value", got.secretString, "first ✓")
        same("stages", got.versionStages, listOf("AWSCURRENT"))
        recent("CreatedDate", got.createdDate)
    }
    refused<InvalidRequestException>("You provided a VersionStage that is not associated to the provided VersionId.") {
        secrets.getSecretValue { secretId = arn; versionId = TOKEN; versionStage = "AWSPREVIOUS" }
    }
}

suspend fun binary() {
    val data = ByteArray(256) { it.toByte() }
    val arn = secrets.createSecret { name = PREFIX + "binary"; secretBinary = data }.arn
    val got = secrets.getSecretValue { secretId = arn }
    holds("bytes", got.secretBinary.contentEquals(data))
    same("text", got.secretString, null)
    val large = "ü".repeat(32768)
    secrets.putSecretValue { secretId = arn; secretString = large }
    same("65,536 bytes", value(arn), large)
    refusedAs("ValidationException", "Member must have length less than or equal to 65536") {
        secrets.putSecretValue { secretId = arn; secretBinary = ByteArray(65537) }
    }
}

suspend fun put() {
    val id = make("put", "one").arn
    val staged = secrets.putSecretValue {
        secretId = id
        clientRequestToken = "22222222-2222-3333-4444-555555555555"
        secretString = "two"
        versionStages = listOf("TESTING", "AWSPENDING")
        rotationToken = "33333333-2222-3333-4444-555555555555"
    }
    same("stages", staged.versionStages?.sorted(), listOf("AWSPENDING", "TESTING"))
    same("current", value(id), "one")
    val binary = secrets.putSecretValue { secretId = id; secretBinary = byteArrayOf(0, -1) }
    same("stages", binary.versionStages, listOf("AWSCURRENT"))
    refused<InvalidRequestException>("You must provide either SecretString or SecretBinary.") {
        secrets.putSecretValue { secretId = id }
    }
    refused<InvalidParameterException>("You can't specify both") {
        secrets.putSecretValue { secretId = id; secretString = "a"; secretBinary = byteArrayOf(1) }
    }
}

suspend fun update() {
    val id = make("update", "one").name
    val changed = secrets.updateSecret {
        secretId = id
        clientRequestToken = "44444444-2222-3333-4444-555555555555"
        description = "changed"
        kmsKeyId = "alias/aws/secretsmanager"
        secretString = "two"
    }
    same("version", changed.versionId, "44444444-2222-3333-4444-555555555555")
    val binary = secrets.updateSecret { secretId = id; secretBinary = byteArrayOf(1) }
    holds("a new version", binary.versionId != changed.versionId)
    same("version", secrets.updateSecret { secretId = id; description = "" }.versionId, null)
    val described = secrets.describeSecret { secretId = id }
    same("description", described.description, null)
    same("key", described.kmsKeyId, "alias/aws/secretsmanager")
    refused<ResourceNotFoundException>("Secrets Manager can't find the specified secret.") {
        secrets.updateSecret { secretId = PREFIX + "none"; secretString = "x" }
    }
}

suspend fun stages() {
    val made = make("stages", "one")
    val second = secrets.putSecretValue { secretId = made.arn; secretString = "two" }.versionId!!
    val current: UpdateSecretVersionStageRequest.Builder.() -> Unit = { secretId = made.arn; versionStage = "AWSCURRENT" }
    secrets.updateSecretVersionStage { current(); moveToVersionId = made.versionId; removeFromVersionId = second }
    same(
        "labels",
        secrets.describeSecret { secretId = made.arn }.versionIdsToStages,
        mapOf(made.versionId!! to listOf("AWSCURRENT"), second to listOf("AWSPREVIOUS")),
    )
    refused<InvalidParameterException>("The parameter RemoveFromVersionId can't be empty.") {
        secrets.updateSecretVersionStage { current(); moveToVersionId = second }
    }
    refused<InvalidParameterException>("You can only move staging label AWSCURRENT") {
        secrets.updateSecretVersionStage { current(); removeFromVersionId = made.versionId }
    }
}

suspend fun describe() {
    value(FULL)
    val got = secrets.describeSecret { secretId = FULL }
    same("description", got.description, "Every parameter, häö")
    same("tags", got.tags?.map { it.key to it.value }, listOf("team" to "tumbler"))
    same("versions", got.versionIdsToStages, mapOf(TOKEN to listOf("AWSCURRENT")))
    same("primary", got.primaryRegion, "us-east-1")
    same("replica", got.replicationStatus?.single()?.region, "eu-west-1")
    recent("CreatedDate", got.createdDate)
    recent("LastChangedDate", got.lastChangedDate)
    same("LastAccessedDate", got.lastAccessedDate!!.epochSeconds % 86400, 0L)
    same("deletion", got.deletedDate, null)
    same("rotation", got.rotationEnabled, null)
}

private suspend fun names(request: ListSecretsRequest.Builder.() -> Unit): List<String> =
    secrets.listSecretsPaginated(request).toList().flatMap { page -> page.secretList.orEmpty() }.map { entry ->
        recent("CreatedDate", entry.createdDate)
        same("versions", entry.secretVersionsToStages?.size, 1)
        entry.name!!.takeLast(1)
    }

suspend fun list() {
    for (suffix in listOf("list/b", "list/a", "list/c")) {
        secrets.createSecret {
            name = PREFIX + suffix
            secretString = "x"
            description = "listed here"
            tags = listOf(Tag { key = "kotlin-list"; this.value = suffix })
        }
    }
    val byName = Filter { key = FilterNameStringType.Name; values = listOf(PREFIX + "list/") }
    val byTag = Filter { key = FilterNameStringType.TagValue; values = listOf("list/a") }
    same(
        "newest first",
        names {
            filters = listOf(byName)
            maxResults = 2
            sortOrder = SortOrderType.Desc
            includePlannedDeletion = true
        },
        listOf("c", "a", "b"),
    )
    same(
        "oldest first",
        names { filters = listOf(byName); maxResults = 1; sortOrder = SortOrderType.Asc },
        listOf("b", "a", "c"),
    )
    same("by tag", names { filters = listOf(byName, byTag) }, listOf("a"))
    refused<InvalidNextTokenException>("") { secrets.listSecrets { nextToken = "nonsense" } }
    refusedAs("ValidationException", "Member must have value less than or equal to 100") {
        secrets.listSecrets { maxResults = 101 }
    }
    refusedAs("ValidationException", "Member must satisfy enum value set") {
        val colour = Filter { key = FilterNameStringType.SdkUnknown("colour"); values = listOf("red") }
        secrets.listSecrets { filters = listOf(colour) }
    }
}

suspend fun versions() {
    val id = make("versions", "1").arn
    for (text in listOf("2", "3", "4")) secrets.putSecretValue { secretId = id; secretString = text }
    val labelled = secrets.listSecretVersionIdsPaginated { secretId = id; maxResults = 1 }.toList()
        .flatMap { it.versions.orEmpty() }
    same("labelled", labelled.size, 2)
    same("keys", labelled[0].kmsKeyIds, listOf("DefaultEncryptionKey"))
    recent("CreatedDate", labelled[0].createdDate)
    val all = secrets.listSecretVersionIdsPaginated { secretId = id; maxResults = 3; includeDeprecated = true }.toList()
    same("all", all.flatMap { it.versions.orEmpty() }.size, 4)
}

suspend fun batch() {
    val got = secrets.batchGetSecretValue { secretIdList = listOf(FULL, PREFIX + "none", PREFIX + "empty") }
    same("values", got.secretValues?.map { it.secretString }, listOf("first ✓"))
    same("errors", got.errors?.map { it.errorCode }, listOf("ResourceNotFoundException", "ResourceNotFoundException"))
    val listed = Filter { key = FilterNameStringType.Name; values = listOf(PREFIX + "list/") }
    val pages = secrets.batchGetSecretValuePaginated { filters = listOf(listed); maxResults = 2 }.toList()
    same("by filter", pages.flatMap { it.secretValues.orEmpty() }.size, 3)
    refused<InvalidParameterException>("Either 'SecretIdList' or 'Filters' must be provided") {
        secrets.batchGetSecretValue { }
    }
}

suspend fun tags() {
    val id = make("tags").arn
    val wanted = listOf(Tag { key = "a"; value = "1" }, Tag { key = "b"; value = "" })
    secrets.tagResource { secretId = id; tags = wanted }
    secrets.untagResource { secretId = id; tagKeys = listOf("b", "never") }
    same("tags", secrets.describeSecret { secretId = id }.tags, wanted.take(1))
}
