package dev.embedding.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** Number of batches computed at the same time. */
final class LaneCount {

    private static final String AUTO = "auto";

    private LaneCount() {}

    /**
     * @param setting {@code auto} or a number from 1 to 256
     * @throws IllegalArgumentException for anything else
     */
    static int of(String setting) {
        if (setting.strip().equals(AUTO)) {
            return Math.max(
                    1,
                    Math.min(
                            Runtime.getRuntime().availableProcessors(),
                            physicalCores(Path.of("/sys/devices/system/cpu"), Path.of("/proc/self/status"))));
        }
        try {
            int lanes = Integer.parseInt(setting.strip());
            if (lanes >= 1 && lanes <= 256) {
                return lanes;
            }
        } catch (NumberFormatException notANumber) {
            // Reported by the exception below.
        }
        throw new IllegalArgumentException(
                "EMBEDDING_LANES must be auto or a number from 1 to 256, not '" + setting + "'");
    }

    /**
     * Number of physical cores among the processors that this process may run on: two hyper-threads share the units
     * that multiply matrices. Falls back to the number of processors where the operating system does not report cores.
     */
    static int physicalCores(Path processors, Path status) {
        int logical = Runtime.getRuntime().availableProcessors();
        try {
            Set<String> cores = new HashSet<>();
            for (int processor : allowedProcessors(status)) {
                Path siblings = processors.resolve("cpu" + processor).resolve("topology/thread_siblings_list");
                cores.add(Files.readString(siblings, StandardCharsets.US_ASCII).strip());
            }
            return cores.isEmpty() ? logical : cores.size();
        } catch (IOException | NumberFormatException notLinux) {
            return logical;
        }
    }

    private static Set<Integer> allowedProcessors(Path status) throws IOException {
        Set<Integer> processors = new HashSet<>();
        for (String line : Files.readAllLines(status, StandardCharsets.US_ASCII)) {
            if (line.startsWith("Cpus_allowed_list:")) {
                for (String range :
                        line.substring(line.indexOf(':') + 1).strip().split(",")) {
                    String[] ends = range.split("-");
                    int last = Integer.parseInt(ends[ends.length - 1]);
                    for (int processor = Integer.parseInt(ends[0]); processor <= last; processor++) {
                        processors.add(processor);
                    }
                }
            }
        }
        return processors;
    }
}
