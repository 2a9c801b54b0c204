package dev.embedding.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Some processes with all that they started: what they use of the machine. */
final class ProcessTree {

    private final Supplier<List<ProcessHandle>> roots;

    /** @param roots asked anew each time */
    ProcessTree(Supplier<List<ProcessHandle>> roots) {
        this.roots = roots;
    }

    /** Several as one. */
    static ProcessTree of(List<ProcessTree> trees) {
        return new ProcessTree(
                () -> trees.stream().flatMap(tree -> tree.roots.get().stream()).toList());
    }

    private Stream<ProcessHandle> processes() {
        return roots.get().stream()
                .flatMap(root -> Stream.concat(Stream.of(root), root.descendants()))
                .distinct();
    }

    /** CPU time of the processes that live. */
    double cpuSeconds() {
        return processes()
                        .mapToLong(process -> process.info()
                                .totalCpuDuration()
                                .map(Duration::toNanos)
                                .orElse(0L))
                        .sum()
                / 1e9;
    }

    /** What they hold of the machine's memory; pages that two of them share count twice. */
    long residentBytes() {
        return processes().mapToLong(ProcessTree::residentBytes).sum();
    }

    private static long residentBytes(ProcessHandle process) {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst()
                    .orElse(0);
        } catch (IOException over) {
            return 0;
        }
    }
}
