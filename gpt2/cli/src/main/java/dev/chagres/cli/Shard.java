package dev.chagres.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Which lines of the prompts one of several processes takes: those with (number - 1) mod `count` = `index`.
///
/// @param index from 0 to `count - 1`, as job arrays count
/// @param count of shards, at least 1
record Shard(int index, int count) {
    /// All lines.
    static final Shard ALL = new Shard(0, 1);

    private static final Pattern FORM = Pattern.compile("(\\d{1,9})/(\\d{1,9})");

    /// The value of `--shard`.
    ///
    /// @param text `I/N`
    /// @throws CommandException if it is not of that form, or `I` is none of `0` to `N - 1`
    static Shard of(String text) {
        Matcher m = FORM.matcher(text);
        if (!m.matches()) {
            throw new CommandException("--shard " + text + ": is not I/N; give two numbers, such as 0/4 for the first of"
                    + " four");
        }
        int index = Integer.parseInt(m.group(1));
        int count = Integer.parseInt(m.group(2));
        if (count < 1) {
            throw new CommandException("--shard " + text + ": there must be at least one shard");
        }
        if (index >= count) {
            throw new CommandException("--shard " + text + ": shards count from 0; the last of " + count + " is "
                    + (count - 1) + "/" + count);
        }
        return new Shard(index, count);
    }

    /// @param number of a line, from 1
    boolean has(int number) {
        return (number - 1) % count == index;
    }
}
