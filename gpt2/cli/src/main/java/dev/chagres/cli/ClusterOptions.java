package dev.chagres.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.ServiceLoader;
import picocli.CommandLine.Option;

/// `--cluster` and what goes with it.
final class ClusterOptions {
    @Option(names = "--cluster", paramLabel = "URL", description = {
        "Prove on the executors of an Apache Spark cluster: spark://HOST:7077, k8s://..., local-cluster[N,CORES,MB] or "
            + "local[N].",
        "--threads, --memory, --spill and --device are then those of an executor."})
    private String url;

    @Option(names = "--cluster-set", paramLabel = "NAME=VALUE",
            description = "A setting of Spark, such as spark.cores.max=16; may be repeated.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(names = "--send-key", description = "Send the proving key to the executors; without, they find it as --pk.")
    private boolean sendKey;

    @Option(names = "--return", description = "Have proofs sent back; without, executors see the folder of --out.")
    private boolean returned;

    boolean given() {
        if (url == null && (!settings.isEmpty() || sendKey || returned)) {
            throw new CommandException("--cluster-set, --send-key and --return go with --cluster URL");
        }
        return url != null;
    }

    /// The service that proves.
    ///
    /// @throws CommandException if the module is not on the class path
    static Cluster service() {
        return ServiceLoader.load(Cluster.class, Cluster.class.getClassLoader()).findFirst()
                .orElseThrow(() -> new CommandException("--cluster: the module for clusters is not on this class path;"
                        + " start the launcher, ./chagres batch --cluster URL"));
    }

    String url() {
        return url;
    }

    Map<String, String> settings() {
        return settings;
    }

    boolean sendsKey() {
        return sendKey;
    }

    boolean returns() {
        return returned;
    }
}
