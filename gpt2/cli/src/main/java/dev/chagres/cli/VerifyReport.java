package dev.chagres.cli;

import dev.chagres.commit.SecurityAccount;
import dev.chagres.proof.Ending;
import dev.chagres.proof.Verdict;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.statement.Binding;
import dev.chagres.statement.TokenSequence;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What `verify` says about one proof, as lines for people and as an object for programs.
///
/// @param proof   its file
/// @param verdict requirements of the reader included
/// @param seconds that reading and verifying took
/// @param bytes   read: the size of the proof unless it is rejected before its end
/// @param account of the proof; null if it was rejected before that was known
record VerifyReport(Path proof, Verdict verdict, double seconds, long bytes, SecurityAccount account) {
    private static final int INDENT = 10;
    private static final int SHOWN_BYTES = 64;

    /// Which lines are wanted besides those that are always there.
    ///
    /// @param ids      token ids beside the texts
    /// @param security what every step is worth
    /// @param pinned   the key has the digest that was required
    record Detail(boolean ids, boolean security, boolean pinned) {}

    /// @param steps whether the account of security is part of it
    Map<String, Object> toMap(VerifyingKey key, KeyTexts texts, boolean steps) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("proof", proof.toString());
        map.put("accepted", verdict.accepted());
        map.put("model", key.name());
        map.put("digest", digest(key));
        switch (verdict) {
            case Verdict.Rejected r -> {
                map.put("check", r.check());
                map.put("reason", r.reason());
            }
            case Verdict.Accepted a -> {
                TokenSequence s = a.sequence();
                map.put("ending", ending(a.ending()));
                map.put("complete", a.ending().complete());
                map.put("binding", a.binding().isNone() ? null : a.binding().toString());
                map.put("prompt", texts.text(s.prompt()).orElse(null));
                map.put("output", texts.text(s.generated()).orElse(null));
                map.put("promptCanonical", texts.canonical(s.prompt()).orElse(null));
                map.put("outputCanonical", texts.canonical(s.generated()).orElse(null));
                map.put("promptIds", s.prompt());
                map.put("outputIds", s.generated());
                map.putAll(SecurityFacts.of(account));
                if (steps) {
                    map.put("securitySteps", SecurityFacts.steps(account));
                }
            }
        }
        map.put("seconds", seconds);
        map.put("proofBytes", bytes);
        return map;
    }

    private static String ending(Ending ending) {
        return switch (ending) {
            case END_OF_TEXT -> "endOfText";
            case CONTEXT_FULL -> "contextFull";
            case CUT -> "cut";
        };
    }

    /// One line of a list of proofs.
    String line() {
        String file = Texts.indented(proof.toString(), INDENT);
        return switch (verdict) {
            case Verdict.Rejected r -> "REJECTED  " + file + ": " + r.check() + ": " + r.reason();
            case Verdict.Accepted a -> "ACCEPTED  " + file + ": prompt of " + a.sequence().promptLength() + " tokens, "
                    + ended(a);
        };
    }

    private static String ended(Verdict.Accepted a) {
        int tokens = a.sequence().generatedLength();
        String count = tokens + (tokens == 1 ? " token" : " tokens");
        return switch (a.ending()) {
            case END_OF_TEXT -> "end of text after " + count;
            case CONTEXT_FULL -> "the context is full after " + count;
            case CUT -> "cut after " + count + ", the model goes on";
        };
    }

    /// All lines about a single proof.
    List<String> lines(VerifyingKey key, KeyTexts texts, Detail detail) {
        List<String> lines = new ArrayList<>();
        switch (verdict) {
            case Verdict.Rejected r -> {
                lines.add("REJECTED  " + r.check() + ": " + r.reason());
                lines.add(model(key));
            }
            case Verdict.Accepted a -> {
                lines.add("ACCEPTED  this model, run greedily on this prompt, gives this output");
                lines.add(model(key));
                statement(a, texts, detail.ids(), lines);
                lines.add("security  " + a.securityBits() + " bits each step (docs/soundness.md)");
                if (detail.security()) {
                    lines.addAll(steps(account));
                }
                lines.add(String.format(Locale.ROOT, "took      %.3f s for %d bytes", seconds, bytes));
                lines.add(trust(detail.pinned()));
                lines.add("note      the tokenizer is outside the proof: what is proved is about token ids");
            }
        }
        return lines;
    }

    private static void statement(Verdict.Accepted a, KeyTexts texts, boolean ids, List<String> lines) {
        int[] prompt = a.sequence().prompt();
        int[] output = a.sequence().generated();
        lines.add("prompt    " + shown(texts, prompt));
        lines.add("output    " + shown(texts, output));
        lines.add("ending    " + ended(a));
        if (!a.binding().isNone()) {
            lines.add("bound to  " + bound(a.binding()));
        }
        encoding(texts.canonical(prompt), texts.canonical(output)).ifPresent(lines::add);
        if (ids) {
            lines.add("ids       " + Arrays.toString(prompt) + " -> " + Arrays.toString(output));
        }
    }

    /// The bytes in hexadecimal; of many only the first, since `--json` has them all.
    private static String bound(Binding binding) {
        byte[] bytes = binding.bytes();
        return bytes.length <= SHOWN_BYTES ? binding.toString()
                : HexFormat.of().formatHex(bytes, 0, SHOWN_BYTES) + "... (" + bytes.length + " bytes)";
    }

    /// The line that says whether the texts shown stand for the ids; none without a tokenizer.
    private static Optional<String> encoding(Optional<Boolean> prompt, Optional<Boolean> output) {
        if (prompt.isEmpty() || output.isEmpty()) {
            return Optional.empty();
        }
        if (prompt.get() && output.get()) {
            return Optional.of("encoding  the ids are the tokenizer's own encoding of these texts");
        }
        String parts = prompt.get() ? "output ids" : output.get() ? "prompt ids" : "prompt and output ids";
        return Optional.of("encoding  CAUTION: the " + parts
                + " are not the tokenizer's own encoding of the text shown; see --ids");
    }

    private static String shown(KeyTexts texts, int[] ids) {
        return texts.text(ids).map(text -> Texts.indented(text, INDENT)).orElseGet(() -> "ids " + Arrays.toString(ids));
    }

    /// The account of security, a line for each step, then what all of them are worth together.
    static List<String> steps(SecurityAccount account) {
        List<String> lines = new ArrayList<>();
        for (SecurityAccount.Step s : account.steps()) {
            lines.add(String.format(Locale.ROOT, "  %-38s %7.2f bits, %d times", s.name(),
                    SecurityFacts.down(s.bits()), s.count())
                    + (s.workBits() > 0 ? ", " + s.workBits() + " of them work" : ""));
        }
        lines.add(String.format(Locale.ROOT, "  %-38s %7.2f bits", "sum of all costs, work counted",
                SecurityFacts.down(account.sumOfCosts())));
        lines.add(String.format(Locale.ROOT, "  %-38s %7.2f bits", "error of the interactive protocol",
                SecurityFacts.down(account.interactive())));
        return lines;
    }

    /// The line that says which model a key names.
    static String model(VerifyingKey key) {
        return "model     " + Texts.indented(key.name(), INDENT) + " " + digest(key);
    }

    /// The line that says what the verdict rests on.
    static String trust(boolean pinned) {
        return pinned ? "trust     the digest of the key file matches --key-digest"
                : "trust     this key file says which model; compare its digest with the one its maker published";
    }

    private static String digest(VerifyingKey key) {
        return HexFormat.of().formatHex(key.digest());
    }
}
