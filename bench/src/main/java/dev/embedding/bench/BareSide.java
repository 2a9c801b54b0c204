package dev.embedding.bench;

import ai.onnxruntime.OrtException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The bare engine under a scenario's texts. With several clients it is measured with one row a run and with eight rows
 * of like length a run, because neither is the faster one everywhere.
 */
final class BareSide implements AutoCloseable {

    private static final List<Integer> ROWS = List.of(1, 8);

    private final BareEngine engine;
    private final List<List<Caller>> shapes;

    BareSide(Scenario scenario, List<Text> texts, Path model, int cores) throws OrtException {
        if (scenario.lone()) {
            engine = BareEngine.forLoneCaller(model, cores);
            shapes = List.of(callers(1, texts, 1));
        } else {
            engine = BareEngine.forManyCallers(model);
            shapes = ROWS.stream().map(rows -> callers(cores, texts, rows)).toList();
        }
    }

    private List<Caller> callers(int count, List<Text> texts, int rows) {
        return engine.callers(count, new Rotation<>(RowBatch.ofLikeLength(texts, rows)));
    }

    /** One measurement a shape, in the order of {@link #rows}; together they take the given time. */
    List<Measurement> measure(Duration time) throws InterruptedException {
        List<Measurement> measurements = new ArrayList<>();
        for (List<Caller> callers : shapes) {
            measurements.add(ClosedLoop.run(callers, time.dividedBy(shapes.size()), ProcessHandle.current()));
        }
        return measurements;
    }

    /** Rows a run of the shape with this index. */
    static int rows(int shape) {
        return ROWS.get(shape);
    }

    @Override
    public void close() throws OrtException {
        engine.close();
    }
}
