package dev.embedding.batch;

import dev.embedding.batch.Submission.Row;
import dev.embedding.batch.admission.FairShare;
import dev.embedding.batch.admission.Priority;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The queues of both classes, and the choice of the rows that are computed next. Not thread-safe; guarded by the lanes'
 * lock.
 */
final class WaitingRows<P, V> {

    private final RowQueue<P, V> interactive = new RowQueue<>();
    private final RowQueue<P, V> batch = new RowQueue<>();
    private final FairShare share = new FairShare();

    RowQueue<P, V> of(Priority priority) {
        return priority == Priority.INTERACTIVE ? interactive : batch;
    }

    void add(Submission<P, V> submission) {
        submission.rows.forEach(of(submission.priority)::add);
    }

    /** Takes out the rows that still wait. */
    void remove(Submission<P, V> submission) {
        submission.rows.forEach(of(submission.priority)::remove);
    }

    List<Row<P, V>> all() {
        List<Row<P, V>> rows = interactive.oldest(interactive.size());
        rows.addAll(batch.oldest(batch.size()));
        return rows;
    }

    /** The class whose turn it is; that of no row when nothing waits. */
    Priority next() {
        Priority next = share.next();
        return of(next).isEmpty() ? next.other() : next;
    }

    /**
     * Takes the rows of the next batch out, the longest first; none when no row of the class is alive.
     *
     * @param late gets the submissions that were dropped because their time is over
     */
    List<Row<P, V>> cut(Priority priority, BatchLimits limits, long nowNanos, Set<Submission<P, V>> late) {
        List<Row<P, V>> candidates = live(priority, limits.window(), nowNanos, late);
        List<Row<P, V>> cut = new ArrayList<>();
        if (candidates.isEmpty()) {
            return cut;
        }
        int[] lengths = candidates.stream().mapToInt(Row::tokens).toArray();
        long tokens = 0;
        for (int chosen : BatchFormer.choose(lengths, limits)) {
            Row<P, V> row = candidates.get(chosen);
            of(priority).remove(row); // INVARIANT: a row leaves the queue once, so it is computed by one lane only.
            row.owner.cutAt(nowNanos);
            cut.add(row);
            tokens += row.tokens();
        }
        if (!of(priority.other()).isEmpty()) {
            share.cut(priority, cut.size(), tokens);
        }
        return cut;
    }

    private List<Row<P, V>> live(Priority priority, int window, long nowNanos, Set<Submission<P, V>> late) {
        while (true) {
            List<Row<P, V>> candidates = of(priority).oldest(window);
            boolean dropped = false;
            for (Row<P, V> row : candidates) {
                if (row.queued && row.owner.isPastDeadline(nowNanos)) {
                    row.owner.end();
                    late.add(row.owner);
                    remove(row.owner);
                    dropped = true;
                }
            }
            if (!dropped) {
                return candidates;
            }
        }
    }

    boolean isEmpty() {
        return interactive.isEmpty() && batch.isEmpty();
    }

    int size() {
        return interactive.size() + batch.size();
    }

    long tokens() {
        return interactive.tokens() + batch.tokens();
    }
}
