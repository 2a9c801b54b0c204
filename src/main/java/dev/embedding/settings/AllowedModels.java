package dev.embedding.settings;

import java.nio.file.FileSystems;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.stream.Stream;

/**
 * Allow-list of models that a stored setting may name: globs that are matched against the name as a hub id, or, where
 * they begin at the root, against the name's absolute path. {@code *} stands for characters of one segment, {@code **}
 * for any. A pattern without {@code @} allows every revision.
 */
public final class AllowedModels {

    /** Every model. */
    public static final AllowedModels ALL = new AllowedModels(List.of());

    private final List<Rule> rules;
    private final String text;

    /**
     * @param patterns the globs; empty to allow every model
     * @throws IllegalArgumentException when one is not a glob, or has dot segments
     */
    public AllowedModels(List<String> patterns) {
        rules = patterns.stream().map(Rule::of).toList();
        text = String.join(", ", patterns);
    }

    /** Whether a stored setting may name this model. */
    public boolean allow(String modelName) {
        return rules.isEmpty() || rules.stream().anyMatch(rule -> rule.allows(modelName));
    }

    /** The patterns. */
    @Override
    public String toString() {
        return text;
    }

    private record Rule(PathMatcher matcher, boolean ofDirectories, boolean anyRevision) {

        static Rule of(String pattern) {
            if (pattern.isEmpty() || hasDotSegment(pattern)) {
                throw new IllegalArgumentException("'" + pattern + "' is no pattern of hub ids or directories");
            }
            return new Rule(
                    FileSystems.getDefault().getPathMatcher("glob:" + pattern),
                    Path.of(pattern).isAbsolute(),
                    !pattern.contains("@"));
        }

        boolean allows(String modelName) {
            try {
                if (ofDirectories) {
                    return matcher.matches(Path.of(modelName).toAbsolutePath().normalize());
                }
                int revision = modelName.indexOf('@');
                String name = anyRevision && revision > 0 ? modelName.substring(0, revision) : modelName;
                return !hasDotSegment(name) && matcher.matches(Path.of(name));
            } catch (InvalidPathException noPath) {
                return false;
            }
        }

        private static boolean hasDotSegment(String name) {
            return Stream.of(name.split("[/\\\\]", -1)).anyMatch(part -> part.equals(".") || part.equals(".."));
        }
    }
}
