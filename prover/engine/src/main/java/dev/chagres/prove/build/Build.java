package dev.chagres.prove.build;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/// What the build wrote down about itself: all parts of the program are of one build.
///
/// @param version of the project
/// @param commit that was built, empty where the build did not know
public record Build(String version, String commit) {
    private static final String RESOURCE = "build.properties";

    /// The build of the classes that run here.
    public static final Build HERE = read();

    private static Build read() {
        Properties facts = new Properties();
        try (InputStream in = Build.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is missing beside " + Build.class.getName()
                        + "; build again");
            }
            facts.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(RESOURCE + ": cannot be read", e);
        }
        return new Build(facts.getProperty("version"), facts.getProperty("commit"));
    }

    /// Version, and commit where it is known: `1.2 (commit 0123456789ab)`.
    public String name() {
        return version + (commit.isEmpty() ? "" : " (commit " + commit + ")");
    }
}
