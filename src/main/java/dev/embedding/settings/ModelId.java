package dev.embedding.settings;

import java.util.regex.Pattern;

/** Ids of models. */
public final class ModelId {

    /** Regular expression of the ids of further models. */
    public static final String FORM = "[a-z0-9]+(-[a-z0-9]+)*";

    public static final int MAX_LENGTH = 32;

    private static final Pattern PATTERN = Pattern.compile(FORM);

    private ModelId() {}

    /** Whether it is an id of a model that is not the default. */
    public static boolean isFurther(String id) {
        return id.length() <= MAX_LENGTH && PATTERN.matcher(id).matches() && !id.equals(ServiceSettings.DEFAULT_MODEL);
    }
}
