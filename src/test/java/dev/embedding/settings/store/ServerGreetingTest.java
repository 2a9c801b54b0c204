package dev.embedding.settings.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerGreetingTest {

    private static Buffer greeting(int capabilities) {
        return Buffer.buffer(new byte[] {74, 0, 0, 0, 10})
                .appendString("11.4.5-MariaDB\0")
                .appendBytes(new byte[] {1, 0, 0, 0})
                .appendString("12345678\0")
                .appendUnsignedShortLE(capabilities)
                .appendString("what follows");
    }

    @ParameterizedTest
    @CsvSource({"0xf7fe, false", "0xfffe, true", "0x0800, true"})
    void reportsWhetherTlsIsOfferedOnceEnoughBytesHaveArrived(int capabilities, boolean isOffered) {
        Buffer whole = greeting(capabilities);
        int end = whole.length() - "what follows".length();

        for (int received = 0; received < end; received++) {
            assertThat(ServerGreeting.tlsOffer(whole.getBuffer(0, received)))
                    .as("%d bytes", received)
                    .isEmpty();
        }
        assertThat(ServerGreeting.tlsOffer(whole.getBuffer(0, end))).contains(isOffered);
        assertThat(ServerGreeting.tlsOffer(whole)).contains(isOffered);
    }

    @ParameterizedTest
    @CsvSource({"0xff", "9", "0x48"})
    void treatsARejectionAsAnOfferSoThatNothingIsSentUnencrypted(int firstByte) {
        Buffer refusal = Buffer.buffer(new byte[] {3, 0, 0, 0, (byte) firstByte, 16, 4});

        assertThat(ServerGreeting.tlsOffer(refusal)).contains(true);
    }
}
