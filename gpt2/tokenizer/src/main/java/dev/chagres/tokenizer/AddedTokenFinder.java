package dev.chagres.tokenizer;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Finds tokens in a text from left to right, the longest of those that begin at a place.
final class AddedTokenFinder {
    private static final int ROOT = 0;
    private static final int NONE = -1;

    /// A trie: node << 16 | char to node; and the token that ends at a node.
    private final Map<Long, Integer> children = new HashMap<>();
    private final Map<Integer, Integer> idAtNode = new HashMap<>();

    /// Takes what lies between tokens, `[start, end)` in chars, or a token's id.
    interface Parts {
        void text(int start, int end);

        void token(int id);
    }

    /// @param content the text to seek for each token
    AddedTokenFinder(List<AddedToken> tokens, Function<AddedToken, String> content) {
        int nodes = 1;
        for (AddedToken token : tokens) {
            int node = ROOT;
            for (char c : content.apply(token).toCharArray()) {
                Integer child = children.putIfAbsent(key(node, c), nodes);
                node = child == null ? nodes++ : child;
            }
            idAtNode.putIfAbsent(node, token.id());
        }
    }

    /// @param plain chars that are only text: no token that has one of them is found
    void split(String text, BitSet plain, Parts parts) {
        int start = 0;
        for (int i = 0; i < text.length();) {
            int end = NONE;
            int id = NONE;
            Integer node = ROOT;
            for (int j = i; j < text.length() && !plain.get(j)
                    && (node = children.get(key(node, text.charAt(j)))) != null; j++) {
                Integer here = idAtNode.get(node);
                if (here != null) {
                    end = j + 1;
                    id = here;
                }
            }
            if (end == NONE) {
                i++;
            } else {
                parts.text(start, i);
                parts.token(id);
                start = end;
                i = end;
            }
        }
        parts.text(start, text.length());
    }

    private static long key(int node, char c) {
        return (long) node << 16 | c;
    }
}
