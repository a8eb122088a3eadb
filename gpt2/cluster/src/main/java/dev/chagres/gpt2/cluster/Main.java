package dev.chagres.gpt2.cluster;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/// The command line with clusters, for `spark-submit`: commands that work on a cluster take the master of the
/// submission unless the words name one.
public final class Main {
    private static final String MASTER = "spark.master";
    private static final Set<String> COMMANDS = Set.of("batch", "doctor", "prove");

    private Main() {}

    public static void main(String[] words) {
        System.exit(dev.chagres.cli.Main.run(new dev.chagres.cli.Main(), withMaster(words, System.getProperty(MASTER))));
    }

    /// @param master null if this process was not submitted
    static String[] withMaster(String[] words, String master) {
        boolean named = Arrays.stream(words).anyMatch(w -> w.equals("--cluster") || w.startsWith("--cluster="));
        if (master == null || named || words.length == 0 || !COMMANDS.contains(words[0])) {
            return words;
        }
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(1, List.of("--cluster", master));
        return all.toArray(String[]::new);
    }
}
