package dev.embedding.model.hub;

import java.util.Arrays;

/** Rules for untrusted names that become paths inside the cache: none may lead out of its folder. */
final class RepositoryPath {

    private static final int LONGEST = 1024;

    private RepositoryPath() {}

    /** Whether it is a relative path with {@code /} whose parts are all ordinary names. */
    static boolean isSafe(String path) {
        return !path.isEmpty()
                && path.length() <= LONGEST
                && path.chars().noneMatch(character -> character == '\\' || Character.isISOControl(character))
                && Arrays.stream(path.split("/", -1)).allMatch(RepositoryPath::isName);
    }

    private static boolean isName(String part) {
        boolean isDrive = part.length() == 2 && part.charAt(1) == ':';
        return !part.isEmpty() && !part.equals(".") && !part.equals("..") && !isDrive;
    }
}
