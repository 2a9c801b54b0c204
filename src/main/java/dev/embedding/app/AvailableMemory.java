package dev.embedding.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * Memory that the process may use: what is available for loading another model, and the share of all that one run of a
 * model may take. The container's limit counts where it is less than the machine's memory.
 */
final class AvailableMemory {

    private static final long KIB = 1024;

    /** All lanes together may take one part in this many for what they compute. */
    private static final long PARTS = 4;

    private final Path procMeminfo;
    private final Path cgroup;

    AvailableMemory(Path procMeminfo, Path cgroup) {
        this.procMeminfo = procMeminfo;
        this.cgroup = cgroup;
    }

    static AvailableMemory ofThisMachine() {
        return new AvailableMemory(Path.of("/proc/meminfo"), Path.of("/sys/fs/cgroup"));
    }

    /** Available bytes; empty where the operating system does not report them. */
    OptionalLong bytes() {
        return smaller(ofMachine("MemAvailable:"), availableInContainer());
    }

    /**
     * Bytes that each lane may take for what it computes: a quarter of all memory, divided by the lanes; empty where
     * the operating system does not report it.
     */
    OptionalLong runBytes(int lanes) {
        OptionalLong all = smaller(ofMachine("MemTotal:"), limitOfContainer());
        return all.isEmpty() ? all : OptionalLong.of(all.getAsLong() / PARTS / lanes);
    }

    private static OptionalLong smaller(OptionalLong ofMachine, long ofContainer) {
        return ofMachine.isEmpty() ? ofMachine : OptionalLong.of(Math.min(ofMachine.getAsLong(), ofContainer));
    }

    private OptionalLong ofMachine(String field) {
        try {
            return Files.readAllLines(procMeminfo, StandardCharsets.US_ASCII).stream()
                    .filter(line -> line.startsWith(field))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * KIB)
                    .findFirst();
        } catch (IOException | NumberFormatException notLinux) {
            return OptionalLong.empty();
        }
    }

    private long limitOfContainer() {
        try {
            return Long.parseLong(Files.readString(cgroup.resolve("memory.max"), StandardCharsets.US_ASCII)
                    .strip());
        } catch (IOException | NumberFormatException unlimited) {
            return Long.MAX_VALUE;
        }
    }

    private long availableInContainer() {
        long limit = limitOfContainer();
        if (limit == Long.MAX_VALUE) {
            return limit;
        }
        try {
            String used = Files.readString(cgroup.resolve("memory.current"), StandardCharsets.US_ASCII)
                    .strip();
            return limit - Long.parseLong(used) + reclaimable();
        } catch (IOException | NumberFormatException unlimited) {
            return Long.MAX_VALUE;
        }
    }

    /** Page cache that counts as used, and is freed under memory pressure. */
    private long reclaimable() throws IOException {
        return Files.readAllLines(cgroup.resolve("memory.stat"), StandardCharsets.US_ASCII).stream()
                .filter(line -> line.startsWith("inactive_file "))
                .mapToLong(line -> Long.parseLong(line.substring("inactive_file ".length())))
                .findFirst()
                .orElse(0);
    }
}
