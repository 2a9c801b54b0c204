package dev.embedding.settings.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenAddressTest {

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, http://localhost:8001",
        "127.0.0.1, http://127.0.0.1:8001",
        "service.example, http://service.example:8001",
        "::, http://[::]:8001",
        "[::], http://[::]:8001",
        "::1, http://[::1]:8001",
        "[::1], http://[::1]:8001",
        "2001:db8::1, http://[2001:db8::1]:8001",
        "fe80::1%eth0, http://[fe80::1%25eth0]:8001"
    })
    void isShownAsAUrl(String host, String url) {
        assertThat(new ListenAddress(host, 8001).url()).isEqualTo(url);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "[::]", "0:0:0:0:0:0:0:0"})
    void recognisesAddressesOfEveryInterface(String host) {
        assertThat(new ListenAddress(host, 8001).isEveryInterface()).isTrue();
    }

    @Test
    void resolvesNames() throws IOException {
        assertThat(new ListenAddress("localhost", freePort()).requireFree().host())
                .isIn("127.0.0.1", "0:0:0:0:0:0:0:1");
    }

    @ParameterizedTest
    @CsvSource({
        "no-such-host.invalid, resolves",
        "192.0.2.7, of this machine",
        "127.0.0.1:80, resolves",
        "http://127.0.0.1, resolves"
    })
    void rejectsAddressesOfOtherMachines(String host, String rule) throws IOException {
        ListenAddress address = new ListenAddress(host, freePort());

        assertThatExceptionOfType(InvalidEnvironmentException.class)
                .isThrownBy(address::requireFree)
                .satisfies(refused -> assertThat(refused.faults())
                        .singleElement()
                        .asString()
                        .startsWith("EMBEDDING_HOST must be ")
                        .contains(rule, "'" + host + "'"));
    }

    @Test
    void rejectsAPortThatIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ListenAddress address = new ListenAddress("127.0.0.1", taken.getLocalPort());

            assertThatExceptionOfType(InvalidEnvironmentException.class)
                    .isThrownBy(address::requireFree)
                    .satisfies(refused -> assertThat(refused.faults())
                            .singleElement()
                            .asString()
                            .startsWith("EMBEDDING_PORT must be a port that is free on '127.0.0.1', not '"
                                    + taken.getLocalPort() + "'"));
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
