package dev.chagres.cli;

/// One line that says how far a command is, cut to the width of the terminal: a line that wraps cannot be redrawn.
///
/// @param head time and phase
/// @param filled share of the bar, from 0 to 1; NaN for no bar
/// @param count steps done and to do, or empty
/// @param left remaining time, or empty
/// @param detail what happens inside the step, or empty; the first to go
record StatusLine(String head, double filled, String count, String left, String detail) {
    private static final int BAR = 24;
    private static final int LEAST_BAR = 6;
    private static final int FRAME = 3;

    /// The line in at most `columns` - 1 characters; terminals wrap at the last column.
    String fit(int columns) {
        int room = Math.max(1, columns - 1);
        for (String tail : new String[] {count + left + detail, count + left, count}) {
            int bar = room - head.length() - tail.length() - FRAME;
            int least = tail.equals(count) ? LEAST_BAR : BAR;
            if (Double.isNaN(filled) ? head.length() + tail.length() <= room : bar >= least) {
                return head + bar(Math.min(BAR, bar)) + tail;
            }
        }
        String line = head + count;
        if (line.length() > room) {
            line = line.replaceAll(" {2,}", " ").stripLeading();
        }
        return line.substring(0, Math.min(room, line.length()));
    }

    private String bar(int width) {
        if (Double.isNaN(filled)) {
            return "";
        }
        int full = (int) (width * Math.min(1, filled));
        return " [" + "#".repeat(full) + ".".repeat(width - full) + "]";
    }
}
