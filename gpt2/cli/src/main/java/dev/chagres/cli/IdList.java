package dev.chagres.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;

/// Token ids on a command line: a list such as `464,2068`, or the name of a file with such a list.
final class IdList {
    private static final Pattern LIST = Pattern.compile("[\\s,]*\\d+[\\d\\s,]*");

    private IdList() {}

    /// @param option named in errors
    /// @throws CommandException if a number of the list is no id
    static int[] read(String option, String value) throws IOException {
        if (!LIST.matcher(value).matches()) {
            return Texts.readIds(Path.of(value));
        }
        return Arrays.stream(value.split("[\\s,]+")).filter(word -> !word.isEmpty()).mapToInt(word -> {
            try {
                return Integer.parseInt(word);
            } catch (NumberFormatException e) {
                throw new CommandException(option + ": '" + word + "' is not a token id", e);
            }
        }).toArray();
    }
}
