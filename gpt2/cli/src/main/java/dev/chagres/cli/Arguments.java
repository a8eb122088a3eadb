package dev.chagres.cli;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Finds arguments that are not what the user typed: Java decodes their bytes as the locale says and puts other
/// characters where it cannot.
final class Arguments {
    private static final Path BYTES = Path.of("/proc/self/cmdline");
    private static final char REPLACEMENT = '\uFFFD';
    private static final String ADVICE =
            "; give a prompt with --prompt-file, or set LC_ALL=C.UTF-8";

    private Arguments() {}

    /// Checks the arguments of this process.
    ///
    /// @throws CommandException if one may have been changed
    static void check(String[] arguments) throws IOException {
        byte[] bytes = Files.isReadable(BYTES) ? Files.readAllBytes(BYTES) : null;
        check(arguments, System.getProperty("sun.jnu.encoding", "UTF-8"), bytes);
    }

    /// @param encoding by which Java decoded them
    /// @param bytes of the whole command line, null if they are not known
    static void check(String[] arguments, String encoding, byte[] bytes) {
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i];
            if (argument.indexOf(REPLACEMENT) >= 0 || hasHalfPair(argument)) {
                throw new CommandException("argument " + (i + 1) + " is not valid UTF-8" + ADVICE);
            }
            // Java's decoder of ASCII writes a question mark for every other byte.
            if (isAscii(encoding) && argument.indexOf('?') >= 0 && (bytes == null || hasOtherBytes(bytes))) {
                throw new CommandException("argument " + (i + 1) + " was read as ASCII and may have lost letters"
                        + ADVICE);
            }
        }
    }

    private static boolean isAscii(String encoding) {
        return !Charset.isSupported(encoding) || Charset.forName(encoding).equals(StandardCharsets.US_ASCII);
    }

    private static boolean hasOtherBytes(byte[] bytes) {
        for (byte b : bytes) {
            if (b < 0) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasHalfPair(String text) {
        return text.codePoints().anyMatch(c -> c <= Character.MAX_VALUE && Character.isSurrogate((char) c));
    }
}
