package dev.chagres.prove.remote;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/// What the build wrote down about itself.
final class Build {
    private static final String RESOURCE = "build.properties";

    private Build() {}

    /// Version, and commit where the build knew it.
    static String name() {
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
        String commit = facts.getProperty("commit");
        return facts.getProperty("version") + (commit.isEmpty() ? "" : " (commit " + commit + ")");
    }
}
