package dev.embedding.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** Memory available for loading another model: the machine's free memory, or what the container's limit leaves. */
final class AvailableMemory {

    private static final long KIB = 1024;

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
        try {
            OptionalLong free = Files.readAllLines(procMeminfo, StandardCharsets.US_ASCII).stream()
                    .filter(line -> line.startsWith("MemAvailable:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * KIB)
                    .findFirst();
            return free.isEmpty() ? free : OptionalLong.of(Math.min(free.getAsLong(), availableInContainer()));
        } catch (IOException | NumberFormatException notLinux) {
            return OptionalLong.empty();
        }
    }

    private long availableInContainer() {
        try {
            String limit = Files.readString(cgroup.resolve("memory.max"), StandardCharsets.US_ASCII)
                    .strip();
            String used = Files.readString(cgroup.resolve("memory.current"), StandardCharsets.US_ASCII)
                    .strip();
            return Long.parseLong(limit) - Long.parseLong(used) + reclaimable();
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
