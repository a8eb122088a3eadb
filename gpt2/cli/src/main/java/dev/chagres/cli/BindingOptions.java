package dev.chagres.cli;

import dev.chagres.statement.Binding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import picocli.CommandLine.Option;

/// The two ways to give public bytes that a proof is bound to; at most one of them.
final class BindingOptions {
    @Option(names = "--bind", paramLabel = "FILE",
            description = "Public bytes that the proof is bound to: the content of this file, at most 65536 bytes.")
    private Path file;

    @Option(names = "--bind-hex", paramLabel = "HEX",
            description = "Public bytes that the proof is bound to, in hexadecimal: a nonce, the digest of a request.")
    private String hex;

    /// @param options null where none is given
    /// @return the bytes, [Binding#NONE] where none are given
    static Binding read(BindingOptions options) throws IOException {
        if (options == null) {
            return Binding.NONE;
        }
        return options.hex != null ? ofHex("--bind-hex", options.hex) : ofFile(options.file);
    }

    private static Binding ofFile(Path file) throws IOException {
        Inputs.regular(file);
        if (Files.size(file) > Binding.MAX_BYTES) {
            throw new CommandException("--bind " + file + ": " + Files.size(file) + " bytes, more than "
                    + Binding.MAX_BYTES + "; bind the proof to their digest");
        }
        return Binding.of(Files.readAllBytes(file));
    }

    /// @param where names the option or field in messages
    static Binding ofHex(String where, String hex) {
        try {
            return Binding.of(HexFormat.of().parseHex(hex));
        } catch (IllegalArgumentException e) {
            throw new CommandException(where + ": not bytes in hexadecimal, two digits each: " + e.getMessage(), e);
        }
    }
}
