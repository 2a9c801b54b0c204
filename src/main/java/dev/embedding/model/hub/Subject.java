package dev.embedding.model.hub;

/**
 * The repository or file that a request is about, for messages.
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
