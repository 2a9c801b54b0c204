package dev.embedding.model.hub;

import dev.embedding.model.hub.HubException.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;

/** The question which commit a revision is, and which files it has. */
final class ListingRequest {

    private static final int MOST_BYTES = 64 << 20;

    private final HubHttp http;
    private final HubName name;
    private final Subject subject;

    ListingRequest(HubHttp http, HubName name) {
        this.http = http;
        this.name = name;
        this.subject = Subject.repository(name);
    }

    Listing send() throws InterruptedException {
        String path = "api/models/" + name.repository() + "/revision/" + name.encodedRevision() + "?blobs=true";
        HttpResponse<TimedBody> response = http.get(path, subject, 0);
        byte[] answer = read(response);
        try {
            Listing listing = Listing.ofAnswer(answer);
            if (name.namesCommit() && !listing.commit().equals(name.revision())) {
                throw new IOException("another commit");
            }
            return listing;
        } catch (IOException failure) {
            // Jackson's message would quote the response.
            String problem = failure instanceof com.fasterxml.jackson.core.JacksonException
                    ? "something that is no JSON"
                    : failure.getMessage();
            throw new HubException(
                    Kind.UNUSABLE_ANSWER,
                    subject + " cannot be loaded: " + response.uri().getHost() + " answers with " + problem
                            + "; check HF_ENDPOINT and proxies");
        }
    }

    private byte[] read(HttpResponse<TimedBody> response) throws InterruptedException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        try (TimedBody body = response.body()) {
            for (ByteBuffer bytes = body.next(); bytes != null; bytes = body.next()) {
                byte[] part = new byte[bytes.remaining()];
                bytes.get(part);
                answer.writeBytes(part);
                if (answer.size() > MOST_BYTES) {
                    throw new HubException(
                            Kind.UNUSABLE_ANSWER,
                            subject + " cannot be loaded: its list of files is longer than " + (MOST_BYTES >> 20)
                                    + " MiB");
                }
            }
            return answer.toByteArray();
        } catch (IOException failure) {
            throw http.cutOff(failure, subject, response.uri());
        }
    }
}
