package dev.embedding.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The opponents' programs: installed below {@code bench/target} on first use and when their files change. */
final class Opponents {

    private static final Duration SETUP_PATIENCE = Duration.ofMinutes(30);

    private final Path programs;
    private final Path target;
    private final Path model;

    /**
     * @param programs the folder with a folder for each of them
     * @param model folder with {@code onnx/model.onnx} and {@code tokenizer.json}
     */
    Opponents(Path programs, Path target, Path model) {
        this.programs = programs.toAbsolutePath();
        this.target = target.toAbsolutePath();
        this.model = model.toAbsolutePath();
    }

    /** @throws IOException when it cannot be installed here; the message is the reason */
    void install(Server opponent) throws IOException, InterruptedException {
        Path installed = installed(opponent);
        Path stamp = installed.resolve("installed");
        String wanted = state(opponent);
        if (Files.exists(stamp) && Files.readString(stamp).equals(wanted)) {
            return;
        }
        System.err.println("installing " + opponent.name() + " ...");
        Files.createDirectories(installed);
        Files.deleteIfExists(stamp);
        Path log = installed.resolve("setup.log");
        ProcessBuilder setup = program(opponent, "setup", Map.of());
        Process process =
                setup.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        if (!process.waitFor(SETUP_PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
            throw new IOException("its setup took longer than " + SETUP_PATIENCE.toMinutes() + " minutes");
        }
        if (process.exitValue() != 0) {
            throw new IOException(lastLine(log));
        }
        Files.writeString(stamp, wanted);
    }

    /** Names and versions of what was installed, one each. */
    List<String> versions(Server opponent) throws IOException {
        return Files.readAllLines(installed(opponent).resolve("versions"));
    }

    /** @param directory where it may leave the file {@code pid} */
    ServerProcess.Launch launch(Server opponent, Path directory) {
        return port -> {
            Map<String, String> variables = new LinkedHashMap<>(opponent.environment());
            variables.put("PORT", Integer.toString(port));
            variables.put("RUN", directory.toAbsolutePath().toString());
            return program(opponent, "serve", variables);
        };
    }

    private ProcessBuilder program(Server opponent, String name, Map<String, String> further) {
        Path directory = programs.resolve(opponent.directory());
        ProcessBuilder builder = new ProcessBuilder(directory.resolve(name).toString()).directory(directory.toFile());
        Map<String, String> variables = new LinkedHashMap<>(further);
        variables.put("MODEL", model.toString());
        variables.put("TARGET", installed(opponent).toString());
        variables.put("JAVA", ServiceProcess.java().toString());
        ServerProcess.prepare(builder, variables);
        return builder;
    }

    private Path installed(Server opponent) {
        return target.resolve(opponent.directory());
    }

    /** A hash of its files and of those that several opponents share. */
    private String state(Server opponent) throws IOException {
        Set<String> folders = Set.of(opponent.directory(), "python", "in-process");
        try (Stream<Path> files = Files.walk(programs)) {
            MessageDigest hash = MessageDigest.getInstance("SHA-256");
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                Path name = programs.relativize(file);
                if (folders.contains(name.getName(0).toString())) {
                    hash.update(name.toString().getBytes(StandardCharsets.UTF_8));
                    hash.update(Files.readAllBytes(file));
                }
            }
            return HexFormat.of().formatHex(hash.digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String lastLine(Path log) throws IOException {
        List<String> lines =
                Files.readAllLines(log).stream().filter(line -> !line.isBlank()).toList();
        return lines.isEmpty()
                ? "its setup failed without a word"
                : lines.get(lines.size() - 1).strip();
    }
}
