package dev.embedding.it.clients;

import dev.embedding.fixture.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Packages of npm's registry, as listed in a folder's {@code package-lock.json}; needs node and npm. */
final class NodePackage {

    private NodePackage() {}

    /** Installs them into the folder, unless an earlier run has. */
    static void install(Path folder) throws IOException, InterruptedException {
        Path installed = folder.resolve("installed");
        String required = Files.readString(folder.resolve("package-lock.json"));
        if (!Files.exists(installed) || !Files.readString(installed).equals(required)) {
            Command.output(new ProcessBuilder("npm", "ci", "--no-audit", "--no-fund").directory(folder.toFile()));
            Files.writeString(installed, required);
        }
    }
}
