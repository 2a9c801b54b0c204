package dev.embedding.tokenize;

import java.util.ArrayList;
import java.util.List;

/** Collects the token ids of a text's pieces, and copies them once, when all are complete. */
final class IdCollector {

    private final List<int[]> pieces = new ArrayList<>();
    private int size;

    /** @throws ArithmeticException beyond what an array can hold */
    void add(int[] ids) {
        size = Math.addExact(size, ids.length);
        pieces.add(ids);
    }

    int size() {
        return size;
    }

    int[] inOrder() {
        int[] ids = new int[size];
        int at = 0;
        for (int[] piece : pieces) {
            System.arraycopy(piece, 0, ids, at, piece.length);
            at += piece.length;
        }
        return ids;
    }

    /** The ids of pieces that were added from the text's end. */
    int[] inReverse() {
        int[] ids = new int[size];
        int at = size;
        for (int[] piece : pieces) {
            at -= piece.length;
            System.arraycopy(piece, 0, ids, at, piece.length);
        }
        return ids;
    }
}
