package dev.embedding;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Runs a program to its end. */
final class Command {

    private Command() {}

    /** What it prints; what it says of a failure goes into the exception. */
    static String output(ProcessBuilder program) throws IOException, InterruptedException {
        Path errors = Files.createTempFile("errors-", ".log");
        try {
            Process process = program.redirectError(errors.toFile()).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException(program.command() + " ended with " + process.exitValue() + ":\n" + output
                        + Files.readString(errors));
            }
            return output;
        } finally {
            Files.delete(errors);
        }
    }
}
