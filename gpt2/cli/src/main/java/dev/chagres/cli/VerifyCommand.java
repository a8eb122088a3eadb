package dev.chagres.cli;

import dev.chagres.commit.SecurityAccount;
import dev.chagres.proof.ProofSecurity;
import dev.chagres.proof.Verdict;
import dev.chagres.proof.Verifier;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.file.FileFormatException;
import dev.chagres.statement.TokenSequence;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/// `verify`: checks a proof and prints what it proves.
@CommandLine.Command(name = "verify", description = "Checks a proof and prints the statement that it proves.")
final class VerifyCommand extends Command {
    /// No proof comes near this size.
    private static final int MAX_PROOF_BYTES = 1 << 28;
    private static final int MAX_KEY_BYTES = VerifyingKey.MAX_BYTES;

    @Option(names = "--vk", required = true, paramLabel = "FILE", description = "The verifying key of the model you trust.")
    private Path vk;

    @Option(names = "--proof", required = true, paramLabel = "FILE", description = "The proof.")
    private Path proof;

    @Option(names = "--prompt", paramLabel = "TEXT", description = "Also require this prompt.")
    private String prompt;

    @Option(names = "--output", paramLabel = "TEXT", description = "Also require this output.")
    private String output;

    @Option(names = "--security",
            description = "Also print what every step of the proof is worth. With --json this is always there.")
    private boolean security;

    static VerifyingKey readKey(Path file) throws IOException {
        try {
            return VerifyingKey.decode(Inputs.read(file, MAX_KEY_BYTES));
        } catch (IllegalArgumentException e) {
            throw new FileFormatException(file, "cannot be read as a verifying key: " + e.getMessage(), e);
        }
    }

    /// The bytes of a proof file.
    static byte[] readProof(Path file) throws IOException {
        return Inputs.read(file, MAX_PROOF_BYTES);
    }

    @Override
    int run() throws IOException {
        VerifyingKey key = readKey(vk);
        byte[] bytes = readProof(proof);
        long start = System.nanoTime();
        Verdict verdict = new Verifier(key).verify(bytes);
        double seconds = (System.nanoTime() - start) / 1e9;
        if (verdict instanceof Verdict.Accepted accepted) {
            verdict = expected(key, accepted);
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("accepted", verdict.accepted());
        result.put("model", key.name());
        result.put("digest", HexFormat.of().formatHex(key.digest()));
        switch (verdict) {
            case Verdict.Rejected r -> {
                result.put("check", r.check());
                result.put("reason", r.reason());
            }
            case Verdict.Accepted a -> {
                TokenSequence s = a.sequence();
                SecurityAccount account = ProofSecurity.of(key, s);
                result.put("prompt", Texts.decode(key.tokenizer(), s.prompt()));
                result.put("output", Texts.decode(key.tokenizer(), s.generated()));
                result.put("promptIds", s.prompt());
                result.put("outputIds", s.generated());
                result.put("securityBits", account.minimum());
                result.put("securityBitsSum", account.sum());
                result.put("securitySteps", account.steps());
            }
        }
        result.put("seconds", seconds);
        result.put("proofBytes", bytes.length);
        result.put("note", "the tokenizer is outside the proof: what is proved is about token ids");
        show(result);
        return verdict.accepted() ? OK : REJECTED;
    }

    /// Compares with the texts that the user expects.
    private Verdict expected(VerifyingKey key, Verdict.Accepted accepted) {
        TokenSequence s = accepted.sequence();
        if (prompt != null && !Arrays.equals(Texts.encode(key.tokenizer(), prompt), s.prompt())) {
            return new Verdict.Rejected("statement/prompt", "the proof is about another prompt");
        }
        if (output != null && !(output.equals(Texts.decode(key.tokenizer(), s.generated())) && hasText(key, s.generated()))) {
            return new Verdict.Rejected("statement/output", "the proof is about another output");
        }
        return accepted;
    }

    /// Whether no id is shown as a number, which a text could imitate.
    private static boolean hasText(VerifyingKey key, int[] ids) {
        return key.tokenizer().tokenizer().map(t -> Arrays.stream(ids).allMatch(t::isToken)).orElse(true);
    }

    private void show(Map<String, Object> result) {
        if (json()) {
            printJson(result);
            return;
        }
        boolean accepted = (boolean) result.get("accepted");
        if (!accepted) {
            out().println("REJECTED  " + result.get("check") + ": " + result.get("reason"));
            out().println("model     " + Texts.indented((String) result.get("model"), 10) + " " + result.get("digest"));
            return;
        }
        out().println("ACCEPTED  this model, run greedily on this prompt, gives this output");
        out().println("model     " + Texts.indented((String) result.get("model"), 10) + " " + result.get("digest"));
        out().println("prompt    " + Texts.indented((String) result.get("prompt"), 10));
        out().println("output    " + Texts.indented((String) result.get("output"), 10));
        out().println("ids       " + Arrays.toString((int[]) result.get("promptIds")) + " -> "
                + Arrays.toString((int[]) result.get("outputIds")));
        out().println(String.format(Locale.ROOT, "security  %.1f bits (weakest step), %.1f bits (sum of all steps)",
                (double) result.get("securityBits"), (double) result.get("securityBitsSum")));
        if (security) {
            for (Object step : (List<?>) result.get("securitySteps")) {
                SecurityAccount.Step s = (SecurityAccount.Step) step;
                out().println(String.format(Locale.ROOT, "  %-38s %6.1f bits, %d times", s.name(), s.bits(), s.count()));
            }
        }
        out().println(String.format(Locale.ROOT, "took      %.3f s for %d bytes", (double) result.get("seconds"),
                (int) result.get("proofBytes")));
        out().println("note      " + result.get("note"));
    }
}
