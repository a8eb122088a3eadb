package dev.chagres.cli;

import java.util.ArrayList;
import java.util.List;

/// A table for a terminal: columns as wide as their widest cell, numbers to the right.
public final class TextTable {
    private static final String GAP = "  ";

    private final List<String> heads;
    private final int leftColumns;
    private final List<List<String>> rows = new ArrayList<>();

    /// @param leftColumns number of first columns that are aligned to the left
    public TextTable(int leftColumns, String... heads) {
        this.leftColumns = leftColumns;
        this.heads = List.of(heads);
    }

    /// @throws IllegalArgumentException if the number of cells is not the number of columns
    public void row(String... cells) {
        if (cells.length != heads.size()) {
            throw new IllegalArgumentException(cells.length + " cells in a table of " + heads.size() + " columns");
        }
        rows.add(List.of(cells));
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(line(heads));
        rows.forEach(r -> text.append(line(r)));
        return text.toString();
    }

    private String line(List<String> cells) {
        StringBuilder line = new StringBuilder();
        for (int c = 0; c < cells.size(); c++) {
            String padding = " ".repeat(width(c) - cells.get(c).length());
            line.append(c == 0 ? "" : GAP);
            line.append(c < leftColumns ? cells.get(c) + padding : padding + cells.get(c));
        }
        return line.toString().stripTrailing() + "\n";
    }

    private int width(int column) {
        return Math.max(heads.get(column).length(), rows.stream().mapToInt(r -> r.get(column).length()).max()
                .orElse(0));
    }
}
