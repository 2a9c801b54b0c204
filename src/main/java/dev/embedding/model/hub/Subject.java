package dev.embedding.model.hub;

/**
 * Subject of a request, for messages.
 *
 * @param file empty where it is about the repository itself
 */
record Subject(HubName name, String file) {

    static Subject repository(HubName name) {
        return new Subject(name, "");
    }

    @Override
    public String toString() {
        return file.isEmpty() ? name.toString() : file + " of " + name;
    }
}
