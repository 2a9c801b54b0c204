package dev.embedding.serving;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The names that requests may use for the model that is served: its own, with or without a revision, the last part of it,
 * and its operator's aliases. Behind each, {@code -query} and {@code -passage} choose a prompt, for clients that can set
 * nothing else.
 *
 * @param served its own, as the operator gave it
 * @param aliases further ones
 */
public record ModelNames(String served, List<String> aliases) {

    private static final String QUERY = "-query";
    private static final String PASSAGE = "-passage";

    public ModelNames {
        aliases = List.copyOf(aliases);
    }

    /** Its own name and the aliases: what a list of models shows. */
    public List<String> listed() {
        Set<String> names = new LinkedHashSet<>();
        names.add(served);
        names.addAll(aliases);
        return List.copyOf(names);
    }

    /** The prompt that a name chooses; empty when it names another model. */
    public Optional<PromptChoice> promptOf(String name) {
        if (has(name)) {
            return Optional.of(PromptChoice.USUAL);
        }
        return promptBehind(name, QUERY, PromptChoice.InputType.QUERY)
                .or(() -> promptBehind(name, PASSAGE, PromptChoice.InputType.PASSAGE));
    }

    private Optional<PromptChoice> promptBehind(String name, String suffix, PromptChoice prompt) {
        return name.endsWith(suffix) && has(name.substring(0, name.length() - suffix.length()))
                ? Optional.of(prompt)
                : Optional.empty();
    }

    private boolean has(String name) {
        String path = served.replaceFirst("[/\\\\]+$", "");
        String bare = withoutRevision(path);
        return name.equals(served)
                || name.equals(bare)
                || name.equals(lastPart(path))
                || name.equals(lastPart(bare))
                || aliases.contains(name);
    }

    private static String withoutRevision(String path) {
        int at = path.lastIndexOf('@');
        return at > 0 ? path.substring(0, at) : path;
    }

    private static String lastPart(String path) {
        return path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
    }
}
