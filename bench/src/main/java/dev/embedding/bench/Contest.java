package dev.embedding.bench;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One scenario on both sides in turn: bare, service, bare, service, … */
final class Contest {

    /** Threads that a lone run leaves spinning are asleep after this. */
    private static final Duration PAUSE = Duration.ofMillis(250);

    private final Options options;
    private final Corpus corpus;
    private final Path model;
    private final ServiceProcess service;
    private final int cores;

    Contest(Options options, Corpus corpus, Path model, ServiceProcess service, int cores) {
        this.options = options;
        this.corpus = corpus;
        this.model = model;
        this.service = service;
        this.cores = cores;
    }

    Outcome hold(Scenario scenario) throws IOException, OrtException, InterruptedException {
        List<Text> texts = corpus.texts(scenario.lengths(), scenario.texts());
        List<Outcome.Round> rounds = new ArrayList<>();
        ServiceSide served = new ServiceSide(scenario, texts, service);
        try (BareSide bare = new BareSide(scenario, texts, model, cores)) {
            served.check();
            if (!options.warmUp().isZero()) {
                bare.measure(options.warmUp().dividedBy(4));
                served.measure(options.warmUp());
            }
            for (int round = 0; round < options.rounds(); round++) {
                pause();
                List<Measurement> engine = bare.measure(options.seconds());
                pause();
                rounds.add(new Outcome.Round(engine, served.measure(options.seconds())));
            }
            pause();
        }
        return new Outcome(scenario, rounds);
    }

    private static void pause() throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
    }
}
