package dev.embedding;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The TCP sockets of a process, as Linux shows them.
 *
 * @see <a href="https://docs.kernel.org/networking/proc_net_tcp.html">/proc/net/tcp</a>
 */
final class OpenSockets {

    private OpenSockets() {}

    /** The other end of a socket: an address in hexadecimal, by words in the machine's byte order. */
    record Remote(String address) {
        /** Whether it is on this machine, or, of a socket that only listens, nobody. */
        boolean isLocal() {
            return address.matches("0+")
                    || address.endsWith("7F")
                    || address.equals("00000000000000000000000001000000");
        }
    }

    static List<Remote> of(long pid) throws IOException {
        Path process = Path.of("/proc", Long.toString(pid));
        Set<String> inodes = socketInodes(process.resolve("fd"));
        List<Remote> remotes = new ArrayList<>();
        for (String table : List.of("tcp", "tcp6")) {
            Path file = process.resolve("net").resolve(table);
            List<String> lines = Files.exists(file) ? Files.readAllLines(file, StandardCharsets.US_ASCII) : List.of();
            for (String line : lines) {
                String[] columns = line.strip().split("\\s+");
                if (columns.length > 9 && inodes.contains(columns[9])) {
                    remotes.add(new Remote(columns[2].substring(0, columns[2].indexOf(':'))));
                }
            }
        }
        return remotes;
    }

    private static Set<String> socketInodes(Path descriptors) throws IOException {
        Set<String> inodes = new HashSet<>();
        try (Stream<Path> open = Files.list(descriptors)) {
            for (Path descriptor : open.toList()) {
                String target = Files.isSymbolicLink(descriptor)
                        ? Files.readSymbolicLink(descriptor).toString()
                        : "";
                if (target.startsWith("socket:[")) {
                    inodes.add(target.substring("socket:[".length(), target.length() - 1));
                }
            }
        }
        return inodes;
    }
}
