package dev.chagres.cli;

import dev.chagres.prove.build.Build;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine;

/// What the build wrote down about the commands, besides [Build].
///
/// @param jdk least version of the JDK
public record BuildFacts(Runtime.Version jdk) {
    private static final String RESOURCE = "build.properties";

    /// The facts of this class's own build.
    public static BuildFacts read() {
        Properties facts = new Properties();
        try (InputStream in = BuildFacts.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is missing beside the commands; build again");
            }
            facts.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(RESOURCE + ": cannot be read", e);
        }
        return new BuildFacts(Runtime.Version.parse(facts.getProperty("jdk")));
    }

    /// Whether this JDK is new enough.
    public boolean runsOn(Runtime.Version version) {
        return version.compareToIgnoreOptional(jdk) >= 0;
    }

    /// For `--version`.
    public static final class Provider implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {
                "chagres " + Build.HERE.name(),
                "JDK " + Runtime.version() + ", " + System.getProperty("java.vm.vendor")
            };
        }
    }
}
