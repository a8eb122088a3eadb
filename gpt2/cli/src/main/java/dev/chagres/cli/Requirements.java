package dev.chagres.cli;

import dev.chagres.proof.Verdict;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.statement.Binding;
import dev.chagres.statement.TokenSequence;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/// What a reader requires of a statement besides its proof. All that is given must hold.
final class Requirements {
    @Option(names = "--prompt", paramLabel = "TEXT", description = "Require this prompt.")
    private String prompt;

    @Option(names = "--prompt-file", paramLabel = "FILE", description = "Require the prompt in this UTF-8 file.")
    private Path promptFile;

    @Option(names = "--prompt-ids", paramLabel = "FILE|LIST",
            description = "Require these token ids as the prompt: a list such as 464,2068 or a file with one.")
    private String promptIds;

    @Option(names = "--output", paramLabel = "TEXT", description = "Require this output.")
    private String output;

    @Option(names = "--output-ids", paramLabel = "FILE|LIST", description = "Require these token ids as the output.")
    private String outputIds;

    @Option(names = "--key-digest", paramLabel = "HEX",
            description = "Require that the key has this digest, all 64 digits: the one that its maker published.")
    private String keyDigest;

    @Option(names = "--complete",
            description = "Require that nothing can follow the output: the end of text, or the context is full.")
    private boolean complete;

    @ArgGroup(exclusive = true)
    private BindingOptions binding;

    /// Nothing is required, until the parser sets an option.
    Requirements() {}

    /// What plain words require.
    Requirements(VerifyWords words) {
        prompt = words.value("--prompt");
        promptFile = words.value("--prompt-file") == null ? null : Path.of(words.value("--prompt-file"));
        promptIds = words.value("--prompt-ids");
        output = words.value("--output");
        outputIds = words.value("--output-ids");
        keyDigest = words.value("--key-digest");
        complete = words.has("--complete");
    }

    /// Requirements whose texts have become ids of one key.
    final class Ready {
        private final KeyTexts texts;
        private final String digest;
        private final int[] wantedPrompt;
        private final int[] wantedFilePrompt;
        private final int[] wantedPromptIds;
        private final int[] wantedOutputIds;
        private final Binding wantedBinding;

        private Ready(VerifyingKey key, KeyTexts texts) throws IOException {
            this.texts = texts;
            this.digest = HexFormat.of().formatHex(key.digest());
            this.wantedPrompt = prompt == null ? null : texts.encode(prompt, "--prompt-ids");
            this.wantedFilePrompt = promptFile == null ? null : texts.encode(TextFile.read(promptFile), "--prompt-ids");
            this.wantedPromptIds = promptIds == null ? null : IdList.read("--prompt-ids", promptIds);
            this.wantedOutputIds = outputIds == null ? null : IdList.read("--output-ids", outputIds);
            this.wantedBinding = binding == null ? null : BindingOptions.read(binding);
        }

        /// Whether a digest is required and the key has it.
        boolean digestMatches() {
            return keyDigest != null && digest.equals(keyDigest.toLowerCase(Locale.ROOT));
        }

        /// The verdict, or a rejection that says what of an accepted statement is not as required.
        Verdict check(Verdict verdict) {
            if (keyDigest != null && !digestMatches()) {
                return new Verdict.Rejected("statement/key-digest",
                        "the key file does not have the digest " + keyDigest.toLowerCase(Locale.ROOT));
            }
            return switch (verdict) {
                case Verdict.Rejected r -> r;
                case Verdict.Accepted a -> check(a);
            };
        }

        private Verdict check(Verdict.Accepted a) {
            TokenSequence s = a.sequence();
            if (differs(wantedPrompt, s.prompt()) || differs(wantedFilePrompt, s.prompt())
                    || differs(wantedPromptIds, s.prompt())) {
                return new Verdict.Rejected("statement/prompt", "the proof is about another prompt");
            }
            String wrongOutput = wrongOutput(s.generated());
            if (wrongOutput != null) {
                return new Verdict.Rejected("statement/output", wrongOutput);
            }
            if (wantedBinding != null && !wantedBinding.equals(a.binding())) {
                return new Verdict.Rejected("statement/binding", a.binding().isNone()
                        ? "the proof is bound to nothing" : "the proof is bound to other bytes");
            }
            if (complete && !a.ending().complete()) {
                return new Verdict.Rejected("statement/incomplete",
                        "the output was cut after " + s.generatedLength() + " tokens, the model goes on");
            }
            return a;
        }

        /// What is wrong with an output, null if nothing is.
        private String wrongOutput(int[] ids) {
            if (differs(wantedOutputIds, ids)) {
                return "the proof is about another output";
            }
            if (output == null) {
                return null;
            }
            if (!texts.areText(ids)) {
                return "the output has ids that are no text; require it with --output-ids";
            }
            return texts.text(ids).equals(Optional.of(output)) ? null : "the proof is about another output";
        }

        private static boolean differs(int[] wanted, int[] ids) {
            return wanted != null && !Arrays.equals(wanted, ids);
        }
    }

    /// @throws CommandException if a requirement makes no sense for this key
    Ready of(VerifyingKey key, KeyTexts texts) throws IOException {
        if (keyDigest != null && !keyDigest.matches("[0-9a-fA-F]{64}")) {
            throw new CommandException(
                    "--key-digest: a digest has 64 hexadecimal digits; a part of one is not compared");
        }
        if (output != null) {
            texts.encode("", "--output-ids");
        }
        return new Ready(key, texts);
    }
}
