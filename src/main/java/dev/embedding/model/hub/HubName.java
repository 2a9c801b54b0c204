package dev.embedding.model.hub;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * A model repository at a revision, written {@code org/name@revision}.
 *
 * @param repository {@code org/name} or {@code name}, by the rules of huggingface_hub's {@code validate_repo_id}
 * @param revision a branch, a tag, a reference like {@code refs/pr/1}, or a commit
 * @see <a href="https://github.com/huggingface/huggingface_hub/blob/main/src/huggingface_hub/utils/_validators.py">the
 *     rules</a>
 */
public record HubName(String repository, String revision) {

    /** The branch that a name without a revision means. */
    public static final String DEFAULT_REVISION = "main";

    /** Beginning of the names of folders in the cache. */
    static final String FOLDER_PREFIX = "models--";

    private static final Pattern REPOSITORY = Pattern.compile("(\\b[\\w\\-.]{1,96}\\b/)?\\b[\\w\\-.]{1,96}\\b");
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
    private static final Pattern NOT_IN_REVISIONS = Pattern.compile("[\\s~^:?*\\[]");

    /** @throws HubException when one of them cannot be the name of a repository or of a revision */
    public HubName {
        if (!REPOSITORY.matcher(repository).matches()
                || repository.contains("--")
                || repository.contains("..")
                || repository.endsWith(".git")) {
            throw new HubException(
                    HubException.Kind.INVALID,
                    "'" + repository + "' is not the name of a repository: it is org/name, each of 1 to 96 letters,"
                            + " digits, '-', '_' and '.', without '-' or '.' at either end, '--', '..' or a last"
                            + " '.git'");
        }
        if (!RepositoryPath.isSafe(revision)
                || NOT_IN_REVISIONS.matcher(revision).find()) {
            throw new HubException(
                    HubException.Kind.INVALID,
                    "'" + revision + "' is not a revision of " + repository
                            + ": it is a branch, a tag, refs/pr/<number> or a commit");
        }
    }

    /** @throws HubException when it is no name of a repository, with or without {@code @revision} */
    public static HubName parse(String name) {
        int at = name.indexOf('@');
        return at < 0
                ? new HubName(name, DEFAULT_REVISION)
                : new HubName(name.substring(0, at), name.substring(at + 1));
    }

    static boolean isCommit(String text) {
        return COMMIT.matcher(text).matches();
    }

    boolean namesCommit() {
        return isCommit(revision);
    }

    /** The name of its folder in the cache. */
    String folder() {
        return FOLDER_PREFIX + repository.replace("/", "--");
    }

    String encodedRevision() {
        return encode(revision);
    }

    /** One part of a URL's path. */
    static String encode(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public String toString() {
        return revision.equals(DEFAULT_REVISION) ? repository : repository + "@" + revision;
    }
}
