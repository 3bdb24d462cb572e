import java.util.LinkedHashMap;
import java.util.Map;
import software.amazon.awssdk.core.util.VersionInfo;

/** AWS SDK for Java 2: every operation with every parameter, pages, typed errors, retries, signatures. */
public final class Main {
  interface Step {
    void run() throws Exception;
  }

  private static Map<String, Step> steps() {
    Map<String, Step> steps = new LinkedHashMap<>();
    steps.put("create", SecretSteps::create);
    steps.put("idempotency", SecretSteps::idempotency);
    steps.put("get", SecretSteps::get);
    steps.put("binary", SecretSteps::binary);
    steps.put("put", SecretSteps::put);
    steps.put("update", SecretSteps::update);
    steps.put("stages", SecretSteps::stages);
    steps.put("describe", SecretSteps::describe);
    steps.put("list", SecretSteps::list);
    steps.put("versions", SecretSteps::versions);
    steps.put("batch", SecretSteps::batch);
    steps.put("tags", SecretSteps::tags);
    steps.put("policy", LifeSteps::policy);
    steps.put("password", LifeSteps::password);
    steps.put("replication", LifeSteps::replication);
    steps.put("rotation", LifeSteps::rotation);
    steps.put("deletion", LifeSteps::deletion);
    steps.put("keys", LifeSteps::keys);
    steps.put("errors", ProtocolSteps::errors);
    steps.put("wrong keys", ProtocolSteps::wrongKeys);
    steps.put("clock skew", ProtocolSteps::clockSkew);
    steps.put("retries", ProtocolSteps::retries);
    steps.put("query signature", ProtocolSteps::querySignature);
    return steps;
  }

  public static void main(String[] args) throws Exception {
    System.out.println("version " + VersionInfo.SDK_VERSION);
    for (Map.Entry<String, Step> step : steps().entrySet()) {
      step.getValue().run();
      System.out.println("ok " + step.getKey());
    }
  }
}
