package dev.chagres.gpt2.cluster;

import dev.chagres.cli.Cluster;
import dev.chagres.cli.CommandException;
import dev.chagres.cli.LauncherFlags;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;

/// The settings of Spark: one task at a time in an executor, with all its cores. What the user sets with
/// `--cluster-set`, or has submitted, stands.
final class SparkSettings {
    private static final String CORES = "spark.executor.cores";
    private static final String HEAP = "spark.executor.memory";
    private static final Pattern LOCAL = Pattern.compile("local(\\[(\\d+|\\*)(,\\d+)?])?");
    private static final Pattern LOCAL_CLUSTER =
            Pattern.compile("local-cluster\\[\\s*(\\d+)\\s*,\\s*(\\d+)\\s*,\\s*(\\d+)\\s*]");
    /// Properties of this process that executors have as well.
    private static final List<String> PROPERTIES = List.of("chagres.backend");
    private static final String NATIVE = "chagres.native.path";

    private final SparkConf conf;
    private final String url;
    private final boolean local;
    private final boolean localCluster;
    private final int threads;
    private final int executors;
    private final long heap;
    /// Mebibytes that a worker of a local cluster has for the heap of its executor.
    private final long room;

    /// @throws CommandException if nothing says how many cores an executor has
    SparkSettings(Cluster.Place place) {
        url = place.url();
        conf = new SparkConf();
        place.settings().forEach(conf::set);
        Matcher ofLocal = LOCAL.matcher(url);
        Matcher ofCluster = LOCAL_CLUSTER.matcher(url);
        local = ofLocal.matches();
        localCluster = ofCluster.matches();
        if (local) {
            String count = ofLocal.group(2);
            int slots = count == null ? 1 : count.equals("*") ? Runtime.getRuntime().availableProcessors()
                    : Integer.parseInt(count);
            threads = place.threads().orElse(slots);
            conf.set("spark.task.cpus", Integer.toString(slots));
        } else {
            int cores = localCluster ? Integer.parseInt(ofCluster.group(2)) : conf.getInt(CORES, 0);
            threads = place.threads().orElse(cores);
            if (threads == 0) {
                throw new CommandException("--cluster " + url
                        + ": say with --threads how many cores an executor has");
            }
            setIfMissing(CORES, Integer.toString(cores == 0 ? threads : cores));
            setIfMissing("spark.task.cpus", conf.get(CORES));
        }
        heap = local ? Runtime.getRuntime().maxMemory() : conf.getSizeAsMb(HEAP, "0") << 20;
        room = localCluster ? Long.parseLong(ofCluster.group(3)) : Long.MAX_VALUE;
        executors = local ? 1 : localCluster ? Integer.parseInt(ofCluster.group(1))
                : conf.getInt("spark.executor.instances", conf.getInt("spark.cores.max", 0) / conf.getInt(CORES, 1));
    }

    /// How many executors will come, 0 if nothing says so.
    int executors() {
        return executors;
    }

    /// Bytes of the heap of an executor that somebody has said; 0 if nobody has.
    long heap() {
        return heap;
    }

    /// Threads of an executor.
    int threads() {
        return threads;
    }

    /// Whether proofs are made in this process.
    boolean local() {
        return local;
    }

    /// A batch.
    ///
    /// @throws CommandException if the cluster cannot start here
    SparkConf ofBatch(ExecutorMemory memory) {
        // A cold first proof is not a straggler.
        setIfMissing("spark.speculation", "true");
        setIfMissing("spark.speculation.quantile", "0.9");
        setIfMissing("spark.speculation.multiplier", "2");
        setIfMissing("spark.speculation.minTaskRuntime", "60s");
        setIfMissing("spark.executor.memoryOverhead", memory.overheadMebibytes() + "m");
        return of("chagres batch", memory.heap());
    }

    /// One proof over all executors, as jobs that prefer the executor with the tensors.
    ///
    /// @throws CommandException if the cluster cannot start here
    SparkConf ofProof(ExecutorMemory memory) {
        setIfMissing("spark.locality.wait", "1s");
        setIfMissing("spark.executor.memoryOverhead", memory.overheadMebibytes() + "m");
        return of("chagres prove", memory.heap());
    }

    /// A look at every executor, which does nothing large.
    ///
    /// @throws CommandException if the cluster cannot start here
    SparkConf ofLook() {
        setIfMissing("spark.locality.wait", ClusterLook.LOCALITY_WAIT);
        return of("chagres doctor", ExecutorMemory.HEAP_BYTES);
    }

    private SparkConf of(String name, long heapBytes) {
        conf.setMaster(url);
        setIfMissing("spark.app.name", name);
        setIfMissing("spark.ui.enabled", "false");
        if (local || localCluster) {
            setIfMissing("spark.driver.bindAddress", "127.0.0.1");
            setIfMissing("spark.driver.host", "127.0.0.1");
        }
        if (localCluster) {
            installed();
            setIfMissing("spark.executorEnv.SPARK_SCALA_VERSION", "2.13"); // which Spark's own scripts would say
        }
        setIfMissing("spark.task.maxFailures", "4");
        setIfMissing("spark.driver.maxResultSize", "0"); // results are taken one by one and kept nowhere
        long mebibytes = heapBytes + (1 << 20) - 1 >> 20;
        setIfMissing(HEAP, mebibytes + "m");
        long asked = conf.getSizeAsMb(HEAP);
        if (asked > room) {
            throw new CommandException("--cluster " + url + ": an executor needs a heap of " + asked
                    + " MiB; say local-cluster[" + executors + "," + conf.get(CORES) + "," + asked + "]");
        }
        conf.set("spark.executor.extraJavaOptions", options());
        if (localCluster) {
            conf.set("spark.executor.extraClassPath", System.getProperty("java.class.path"));
        } else if (!local && !conf.contains("spark.jars")) {
            conf.set("spark.jars", String.join(",", jars(System.getProperty("java.class.path"))));
        }
        return conf;
    }

    private void setIfMissing(String name, String value) {
        if (!conf.contains(name)) {
            conf.set(name, value);
        }
    }

    private static void installed() {
        String home = System.getenv("SPARK_HOME");
        if (home == null || !Files.exists(Path.of(home, "RELEASE")) || !Files.isDirectory(Path.of(home, "jars"))) {
            throw new CommandException("--cluster: a local cluster starts processes from SPARK_HOME, which is "
                    + (home == null ? "not set" : home + ", without a file RELEASE and a folder jars")
                    + "; start the launcher, ./chagres COMMAND --cluster URL");
        }
    }

    /// Options of an executor's virtual machine: those of the launcher, without a heap, which Spark sets.
    private String options() {
        List<String> words = new ArrayList<>(LauncherFlags.working());
        words.add("--sun-misc-unsafe-memory-access=allow");
        for (String name : PROPERTIES) {
            property(words, name);
        }
        if (localCluster) {
            property(words, NATIVE);
        }
        String more = conf.get("spark.executor.extraJavaOptions", "");
        return (String.join(" ", words) + " " + more).strip();
    }

    private static void property(List<String> words, String name) {
        String value = System.getProperty(name);
        if (value != null) {
            words.add("\"-D" + name + "=" + value + "\"");
        }
    }

    /// The jars of a class path that executors need: all but Spark's own, which every executor has.
    static List<String> jars(String classPath) {
        return Arrays.stream(classPath.split(File.pathSeparator)).map(Path::of)
                .filter(p -> p.toString().endsWith(".jar") && !inSpark(p)).map(Path::toString).toList();
    }

    private static boolean inSpark(Path jar) {
        Path folder = jar.toAbsolutePath().getParent();
        return folder.endsWith("jars") && Files.exists(folder.resolveSibling("RELEASE"));
    }
}
