package dev.chagres.cli;

import java.util.Optional;

/// What the launcher script and this process agree on: `-Dchagres.launcher` is the launcher's process number.
///
/// A virtual machine that cannot start exits with 1, and 1 means "rejected". Under a launcher a command therefore says
/// [#VERDICT] for 1, and the launcher turns every other 1 into an internal failure. Without one, as with `java -jar`,
/// only exit code 0 is unambiguous.
final class LauncherLink {
    /// Known to the launcher script.
    static final int VERDICT = 81;

    private static final String PROPERTY = "chagres.launcher";
    private static final int KILLED = 137;

    private LauncherLink() {}

    /// The exit code of this process for that of a command.
    static int exitCode(int code) {
        return System.getProperty(PROPERTY) != null && code == CommandBase.REJECTED ? VERDICT : code;
    }

    /// Ends this process when its launcher is killed, which cannot pass that signal on.
    static void followLauncher() {
        Long launcher = Long.getLong(PROPERTY);
        if (launcher == null) {
            return;
        }
        Optional<ProcessHandle> parent = ProcessHandle.current().parent();
        if (parent.isPresent() && parent.get().pid() == launcher) {
            parent.get().onExit().thenRun(() -> Runtime.getRuntime().halt(KILLED));
        }
    }
}
