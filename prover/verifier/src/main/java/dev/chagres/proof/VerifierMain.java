package dev.chagres.proof;

import java.io.IOException;
import java.nio.file.Path;

/// `java -jar chagres-verifier-...-standalone.jar KEY PROOF...`: checks proofs with nothing but the verifier.
///
/// Exit codes: 0 all are accepted, 1 one is rejected, 2 wrong use or a file that cannot be read.
public final class VerifierMain {
    private VerifierMain() {}

    /// @param args a verifying key, then proofs
    public static void main(String[] args) {
        System.exit(run(args));
    }

    private static int run(String[] args) {
        if (args.length < 2) {
            System.err.println("usage: java -jar chagres-verifier-standalone.jar KEY.vk PROOF.proof...");
            return 2;
        }
        int code = 0;
        try {
            VerifyingKey key = VerifyingKey.open(Path.of(args[0]));
            for (int i = 1; i < args.length; i++) {
                Verdict verdict = key.verify(Path.of(args[i]));
                System.out.println(args.length == 2 ? verdict : args[i] + ": " + verdict);
                code = verdict.accepted() ? code : 1;
            }
        } catch (IOException e) {
            System.err.println(e.getMessage());
            return 2;
        }
        return System.out.checkError() ? 2 : code;
    }
}
