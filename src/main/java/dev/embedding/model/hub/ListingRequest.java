package dev.embedding.model.hub;

import dev.embedding.model.hub.HubException.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;

/** The request for a revision's commit and its list of files. */
final class ListingRequest {

    private static final int MAX_BYTES = 64 << 20;

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
        byte[] content = read(response);
        try {
            Listing listing = Listing.ofResponse(content);
            if (name.namesCommit() && !listing.commit().equals(name.revision())) {
                throw new IOException("another commit");
            }
            return listing;
        } catch (IOException failure) {
            // Jackson's message would quote the response.
            String problem = failure instanceof com.fasterxml.jackson.core.JacksonException
                    ? "a body that is not JSON"
                    : failure.getMessage();
            throw new HubException(
                    Kind.INVALID_RESPONSE,
                    subject + " cannot be loaded: " + response.uri().getHost() + " responds with " + problem
                            + "; check HF_ENDPOINT and proxies");
        }
    }

    private byte[] read(HttpResponse<TimedBody> response) throws InterruptedException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        try (TimedBody body = response.body()) {
            for (ByteBuffer bytes = body.next(); bytes != null; bytes = body.next()) {
                byte[] part = new byte[bytes.remaining()];
                bytes.get(part);
                content.writeBytes(part);
                if (content.size() > MAX_BYTES) {
                    throw new HubException(
                            Kind.INVALID_RESPONSE,
                            subject + " cannot be loaded: its list of files is longer than " + (MAX_BYTES >> 20)
                                    + " MiB");
                }
            }
            return content.toByteArray();
        } catch (IOException failure) {
            throw http.interrupted(failure, subject, response.uri());
        }
    }
}
