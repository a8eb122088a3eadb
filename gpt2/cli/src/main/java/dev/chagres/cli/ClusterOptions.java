package dev.chagres.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.ServiceLoader;
import picocli.CommandLine.Option;

/// `--cluster` and `--cluster-set`: executors that do the work.
public final class ClusterOptions {
    @Option(names = "--cluster", paramLabel = "URL", description = {
        "Work on the executors of an Apache Spark cluster: spark://HOST:7077, k8s://..., local-cluster[N,CORES,MB] or "
            + "local[N].",
        "--threads, --memory, --spill and --device are then those of an executor."})
    private String url;

    @Option(names = "--cluster-set", paramLabel = "NAME=VALUE",
            description = "A setting of Spark, such as spark.cores.max=16; may be repeated.")
    private Map<String, String> settings = new LinkedHashMap<>();

    /// Whether there is a cluster.
    ///
    /// @param others whether options are given that need one
    /// @param names  of all that need one
    boolean given(boolean others, String names) {
        if (url == null && (!settings.isEmpty() || others)) {
            throw new CommandException(names + " with --cluster URL");
        }
        return url != null;
    }

    /// Where the work is done.
    ///
    /// @param threads of an executor, if said
    Cluster.Place place(OptionalInt threads) {
        return new Cluster.Place(url, settings, threads);
    }

    /// The service that works there.
    ///
    /// @param command as a user types it
    /// @throws CommandException if the module is not on the class path
    public static Cluster service(String command) {
        return ServiceLoader.load(Cluster.class, Cluster.class.getClassLoader()).findFirst()
                .orElseThrow(() -> new CommandException("--cluster: the module for clusters is not on this class path;"
                        + " start the launcher, ./chagres " + command));
    }
}
