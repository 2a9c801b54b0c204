package dev.embedding.app;

import dev.embedding.support.config.WholeNumber;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.eclipse.microprofile.config.spi.Converter;

/** Converter of the number of batches computed at the same time: {@code auto}, or a number from 1 to 256. */
public final class LaneCount implements Converter<Integer> {

    static final String RULE = "auto or a whole number from 1 to 256";

    private static final String AUTO = "auto";

    @Override
    public Integer convert(String text) {
        return text.strip().equals(AUTO) ? automatic() : WholeNumber.parse(text, 1, 256, RULE);
    }

    /** One for each physical core that this process may use. */
    static int automatic() {
        return Math.max(
                1,
                Math.min(
                        Runtime.getRuntime().availableProcessors(),
                        physicalCores(Path.of("/sys/devices/system/cpu"), Path.of("/proc/self/status"))));
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
