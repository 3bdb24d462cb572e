import aws.sdk.kotlin.runtime.auth.credentials.StaticCredentialsProvider
import aws.sdk.kotlin.services.secretsmanager.SecretsManagerClient
import aws.smithy.kotlin.runtime.ServiceException
import aws.smithy.kotlin.runtime.auth.awscredentials.Credentials
import aws.smithy.kotlin.runtime.net.url.Url
import aws.smithy.kotlin.runtime.time.Instant
import kotlin.time.Duration.Companion.minutes

/** What the steps share: clients, and what is held of answers and errors. */
const val PREFIX = "kotlin/"

fun environment(name: String): String = System.getenv(name) ?: error("$name is not set")

fun client(
    home: String = environment("AWS_REGION"),
    url: String = environment("AWS_ENDPOINT_URL"),
    secret: String = environment("AWS_SECRET_ACCESS_KEY"),
    key: String = environment("AWS_ACCESS_KEY_ID"),
) = SecretsManagerClient {
    region = home
    endpointUrl = Url.parse(url)
    credentialsProvider = StaticCredentialsProvider(Credentials(key, secret))
}

val secrets = client()

fun holds(what: String, condition: Boolean) {
    if (!condition) throw AssertionError(what)
}

fun same(what: String, got: Any?, want: Any?) = holds("$what: $got is not $want", got == want)

/** Holds that a time of the server was read as a time of the last minutes. */
fun recent(what: String, at: Instant?) {
    val now = Instant.now()
    holds("$what is $at", at != null && at > now - 10.minutes && at < now + 1.minutes)
}

/** Holds the class of an error and its text. */
suspend inline fun <reified E : ServiceException> refused(text: String, crossinline call: suspend () -> Unit): E {
    try {
        call()
    } catch (error: ServiceException) {
        holds("$error is a ${E::class}", error is E)
        holds("$error holds $text", text in error.message)
        return error as E
    }
    throw AssertionError("${E::class} is wanted")
}

/** Holds the code and text of an error that the SDK has no class for. */
suspend fun refusedAs(code: String, text: String, call: suspend () -> Unit) {
    val error = refused<ServiceException>(text, call)
    same("code", error.sdkErrorMetadata.errorCode, code)
}
