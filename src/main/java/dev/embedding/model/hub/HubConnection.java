package dev.embedding.model.hub;

import java.util.List;

/** The settings, HTTP client and retry policy that all requests to one hub share. */
record HubConnection(HubSettings settings, HubHttp http, Retry retry, PartialBlob.Writer writer) {

    HubCache cache(HubName name) {
        return new HubCache(settings, name);
    }

    /** Requests the commit of the revision and its list of files. */
    Listing list(HubName name, int attempts) throws InterruptedException {
        return retry.call(attempts, () -> new ListingRequest(http, name).send());
    }

    /** Requests the hash and the size of a file. */
    RemoteFile describe(Subject subject, String commit) throws InterruptedException {
        return retry.call(
                Retry.ATTEMPTS, () -> RemoteFile.from(http.head(filePath(subject, commit), subject), subject, commit));
    }

    BlobDownload download(RemoteFile file, HubName name, String commit, ProgressMeter meter) {
        Subject subject = new Subject(name, file.path());
        return new BlobDownload(this, file, subject, filePath(subject, commit), meter);
    }

    private static String filePath(Subject subject, String commit) {
        List<String> parts = List.of(subject.file().split("/"));
        return subject.name().repository() + "/resolve/" + commit + "/"
                + String.join("/", parts.stream().map(HubName::encode).toList());
    }
}
