package dev.chagres.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// Runs the verifier of docs/verifier on many pairs of a key and a proof at once, and compares it with the one in Java.
public final class SecondVerifier {
    private static final Path SCRIPT = Path.of("../../docs/verifier/chagres_verify.py");
    private static final long MINUTES = 10;

    private SecondVerifier() {}

    /// Any bytes as key and proof.
    ///
    /// @param name what was done to them, for messages
    public record Case(String name, byte[] key, byte[] proof) {}

    /// Requires that both verifiers say the same of every case: `accepted`, `key` if the key is refused, or the id of
    /// the check.
    ///
    /// @param folder an existing folder for keys and proofs
    /// @return the names of the cases by verdict
    public static Map<String, List<String>> requireAgreement(Path folder, List<Case> cases) {
        List<String> second = second(folder, cases);
        assertThat(second).as("verdicts").hasSameSizeAs(cases);
        Map<String, List<String>> byVerdict = new TreeMap<>();
        List<String> differences = new ArrayList<>();
        for (int i = 0; i < cases.size(); i++) {
            String first = first(cases.get(i));
            byVerdict.computeIfAbsent(first, _ -> new ArrayList<>()).add(cases.get(i).name());
            if (!first.equals(second.get(i))) {
                differences.add(cases.get(i).name() + ": " + first + " in Java, " + second.get(i) + " in Python");
            }
        }
        assertThat(differences).as("cases with two verdicts").isEmpty();
        return byVerdict;
    }

    private static String first(Case c) {
        VerifyingKey key;
        try {
            key = VerifyingKey.decode(c.key());
        } catch (IllegalArgumentException refused) {
            return "key";
        }
        return switch (new Verifier(key).verify(c.proof())) {
            case Verdict.Accepted _ -> "accepted";
            case Verdict.Rejected(String check, _) -> check;
        };
    }

    private static List<String> second(Path folder, List<Case> cases) {
        try {
            Map<ByteBuffer, Path> keys = new HashMap<>();
            List<String> lines = new ArrayList<>();
            for (int i = 0; i < cases.size(); i++) {
                ByteBuffer content = ByteBuffer.wrap(cases.get(i).key());
                Path key = keys.get(content);
                if (key == null) {
                    key = Files.write(folder.resolve(i + ".vk"), cases.get(i).key());
                    keys.put(content, key);
                }
                lines.add(key + "\t" + Files.write(folder.resolve(i + ".proof"), cases.get(i).proof()));
            }
            Path input = Files.write(folder.resolve("cases"), lines);
            Path output = folder.resolve("verdicts");
            Process python = python(input, output);
            if (!python.waitFor(MINUTES, TimeUnit.MINUTES)) {
                python.destroyForcibly();
                throw new AssertionError(SCRIPT + " took more than " + MINUTES + " minutes");
            }
            assertThat(python.exitValue()).as("exit code of %s", SCRIPT).isZero();
            return Files.readAllLines(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static Process python(Path input, Path output) {
        int jobs = Runtime.getRuntime().availableProcessors();
        try {
            return new ProcessBuilder("python3", SCRIPT.toString(), "--batch", "--jobs", Integer.toString(jobs))
                    .redirectInput(input.toFile())
                    .redirectOutput(output.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new AssertionError("the second verifier needs Python 3.9 or newer as python3; install it", e);
        }
    }
}
