package dev.chagres.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The words of a `verify` that anyone can read: each option at most once, its value in the next word or after `=`.
///
/// Loading the parser of the command line takes longer than verifying a proof; so these words do without it, and the
/// parser gets all others, wrong use and help included. What is plain means the same to both.
///
/// @param values of options that have one
/// @param flags options without a value
/// @param proofs all other words
record VerifyWords(Map<String, String> values, Set<String> flags, List<String> proofs) {
    private static final Set<String> VALUES = Set.of("--vk", "--proof", "--prompt", "--prompt-file", "--prompt-ids",
            "--output", "--output-ids", "--key-digest");
    private static final Set<String> FLAGS = Set.of("--json", "--ids", "--security", "--complete");

    /// @param words of the whole command line, `verify` first
    /// @return empty if the parser has to look at them
    static Optional<VerifyWords> of(String[] words) {
        if (words.length == 0 || !words[0].equals("verify")) {
            return Optional.empty();
        }
        VerifyWords plain = new VerifyWords(new HashMap<>(), new HashSet<>(), new ArrayList<>());
        for (int i = 1; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            String name = words[i].startsWith("--") && equals > 0 ? words[i].substring(0, equals) : words[i];
            boolean good;
            if (VALUES.contains(name)) {
                String value = equals > 0 ? words[i].substring(equals + 1) : ++i < words.length ? words[i] : "";
                good = isPlain(value) && plain.values.put(name, value) == null;
            } else if (FLAGS.contains(words[i])) {
                good = plain.flags.add(words[i]);
            } else {
                good = isPlain(words[i]) && plain.proofs.add(words[i]);
            }
            if (!good) {
                return Optional.empty();
            }
        }
        return plain.values.containsKey("--vk") ? Optional.of(plain) : Optional.empty();
    }

    /// A word that is neither an option nor the name of a file with options, nor one that stands for no file.
    private static boolean isPlain(String word) {
        return !word.isEmpty() && word.indexOf('\0') < 0 && word.charAt(0) != '-' && word.charAt(0) != '@';
    }

    /// The value of an option, null if it is not given.
    String value(String option) {
        return values.get(option);
    }

    /// Whether an option without a value is given.
    boolean has(String option) {
        return flags.contains(option);
    }
}
