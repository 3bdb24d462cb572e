import aws.sdk.kotlin.services.secretsmanager.SdkVersion
import kotlin.system.exitProcess
import kotlinx.coroutines.runBlocking

/** AWS SDK for Kotlin: every operation with every parameter, pages, typed errors, retries, signatures. */
private val steps: Map<String, suspend () -> Unit> = linkedMapOf(
    "create" to ::create,
    "idempotency" to ::idempotency,
    "get" to ::get,
    "binary" to ::binary,
    "put" to ::put,
    "update" to ::update,
    "stages" to ::stages,
    "describe" to ::describe,
    "list" to ::list,
    "versions" to ::versions,
    "batch" to ::batch,
    "tags" to ::tags,
    "policy" to ::policy,
    "password" to ::password,
    "replication" to ::replication,
    "rotation" to ::rotation,
    "deletion" to ::deletion,
    "errors" to ::errors,
    "wrong keys" to ::wrongKeys,
    "clock skew" to ::clockSkew,
    "retries" to ::retries,
)

fun main(): Unit = runBlocking {
    println("version $SdkVersion")
    for ((name, step) in steps) {
        step()
        println("ok $name")
    }
    // Its pool of connections would keep the process for a minute.
    exitProcess(0)
}
