package dev.embedding.it.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.embedding.fixture.ServiceProcess;
import dev.embedding.fixture.ServiceStart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Checks directories, locales and limits with which the service cannot start: it exits at once with one line that gives
 * the reason.
 */
@EnabledOnOs(OS.LINUX)
class StartConditionsIT {

    @Test
    void namesATemporaryDirectoryThatIsMissing() {
        ServiceStart start = ServiceProcess.configure().temporaryDirectory("missing");

        endsWith(start, "java.io.tmpdir '", "/missing' must be an existing directory", "no such directory");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            noexec    | must not be mounted noexec | failed to map
            ro        | can be written             | Read-only file system
            size=8m   | must have room             | No space left on device
            size=4k   | must have room             | No space left on device
            """)
    void namesATemporaryDirectoryThatCannotBeUsed(String mountOptions, String rule, String cause) throws Exception {
        assumeMountsArePossible();
        ServiceStart start =
                ServiceProcess.configure().afterMounting("mount -t tmpfs -o " + mountOptions + " tmpfs tmp");

        endsWith(start, "java.io.tmpdir '", rule, cause);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            noexec    | must not be mounted noexec | failed to map
            size=8m   | has room                   | MB are free
            """)
    void namesADirectoryOfTheTokenizerThatCannotBeUsed(String mountOptions, String rule, String cause)
            throws Exception {
        assumeMountsArePossible();
        ServiceStart start = ServiceProcess.configure()
                .with("DJL_CACHE_DIR", "djl")
                .afterMounting("mkdir djl && mount -t tmpfs -o " + mountOptions + " tmpfs djl");

        endsWith(start, "DJL_CACHE_DIR '", rule, cause);
    }

    @Test
    void namesAVariableWithAPathThatTheLocaleCannotExpress() {
        ServiceStart start = ServiceProcess.configure()
                .with("LC_ALL", "C")
                .after("export EMBEDDING_MODEL_NAME=$(printf '/models/m\\303\\266del')");

        endsWith(start, "EMBEDDING_MODEL_NAME must be a path", "LC_ALL=C.UTF-8");
    }

    @Test
    void namesAWorkingDirectoryThatTheLocaleCannotExpress() {
        ServiceStart start = ServiceProcess.configure()
                .with("LC_ALL", "C")
                .after("directory=$(printf 'm\\303\\266del') && mkdir $directory && cd $directory");

        endsWith(start, "The working directory must", "LC_ALL=C.UTF-8");
    }

    @Test
    void namesALimitOfOpenFilesThatIsTooLow() {
        ServiceStart start = ServiceProcess.configure().after("ulimit -n 100");

        endsWith(start, "The limit of open files (ulimit -n) must be ", "256 or more, not 100");
    }

    @Test
    void removesFilesOfAKilledProcessAndItsOwnAtExit() throws IOException {
        String temporary = "t mp+%41!";
        try (ServiceProcess service = ServiceProcess.configure()
                .temporaryDirectory(temporary)
                .after("mkdir '" + temporary + "'")
                .ready()) {
            service.kill();
            Path left = service.directory().resolve(temporary);
            assertThat(left).isDirectoryRecursivelyContaining("glob:**/libonnxruntime.so");

            try (ServiceProcess later = ServiceProcess.configure()
                    .temporaryDirectory(left.toString())
                    .ready()) {
                later.client().embed("a").vectors();
                try (var content = Files.list(left)) {
                    assertThat(content).hasSize(1);
                }
                assertThat(later.stop()).isEqualTo(143);
            }

            assertThat(left).isEmptyDirectory();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a+b", "a!"})
    void namesAnInstallationPathThatClassesCannotBeLoadedFrom(String name) {
        ServiceStart start = ServiceProcess.configure().installedIn(name);

        endsWith(start, "The installation path must not contain '+' or '!/'", "/" + name + "/");
    }

    @Test
    void startsFromAnUnusualInstallationPath() {
        try (ServiceProcess service =
                ServiceProcess.configure().installedIn("a!b c%20#d").ready()) {
            assertThat(service.client().embed("a").vectors()).hasSize(1);
        }
    }

    private static void endsWith(ServiceStart start, String beginning, String... parts) {
        try (ServiceProcess service = start.launch()) {
            assertThat(service.exitCode()).isEqualTo(1);
            assertThat(service.output().lines())
                    .singleElement()
                    .asString()
                    .startsWith(beginning)
                    .contains(parts);
        }
    }

    private static void assumeMountsArePossible() throws IOException, InterruptedException {
        Process trial = new ProcessBuilder(
                        "unshare", "--map-root-user", "--mount", "sh", "-c", "mount -t tmpfs tmpfs /mnt")
                .start();
        assumeTrue(trial.waitFor() == 0, "This user may not mount in a name space of its own");
    }
}
