package dev.embedding.serving;

import dev.embedding.support.Names;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Names that requests may use for the served model: its own name, with or without a revision, the last part of it, and
 * the configured aliases. The suffixes {@code -query} and {@code -passage} select a prompt, for clients that can only
 * set the model name.
 */
public final class ModelNames {

    private static final String QUERY = "-query";
    private static final String PASSAGE = "-passage";

    private final List<String> listed;
    private final Set<String> all;

    /**
     * @param served name of the model as configured
     * @param aliases further names
     */
    ModelNames(String served, List<String> aliases) {
        Set<String> names = new LinkedHashSet<>();
        names.add(served);
        names.addAll(aliases);
        listed = List.copyOf(names);
        String path = served.replaceFirst("[/\\\\]+$", "");
        String bare = withoutRevision(path);
        names.addAll(List.of(bare, Names.lastPart(path), Names.lastPart(bare)));
        all = Set.copyOf(names);
    }

    /** The model's name and its aliases, for the list of models. */
    public List<String> listed() {
        return listed;
    }

    /** The prompt that a name selects; empty when it names another model. */
    public Optional<PromptChoice> promptOf(String name) {
        if (all.contains(name)) {
            return Optional.of(PromptChoice.USUAL);
        }
        return promptBehind(name, QUERY, PromptChoice.InputType.QUERY)
                .or(() -> promptBehind(name, PASSAGE, PromptChoice.InputType.PASSAGE));
    }

    /** The failure for a name that is none of the model's. */
    public RequestFailure unknown(String name) {
        return RequestFailure.of(
                FailureKind.UNKNOWN_MODEL,
                "The model " + Names.abbreviated(name) + " is not served here; use " + String.join(" or ", listed)
                        + ".");
    }

    private Optional<PromptChoice> promptBehind(String name, String suffix, PromptChoice prompt) {
        return name.endsWith(suffix) && all.contains(name.substring(0, name.length() - suffix.length()))
                ? Optional.of(prompt)
                : Optional.empty();
    }

    private static String withoutRevision(String path) {
        int at = path.lastIndexOf('@');
        return at > 0 ? path.substring(0, at) : path;
    }
}
