package dev.embedding.infer;

/** Form of the graph that runs. */
public enum GraphForm {
    BUILT("built"),
    REWRITTEN("rewritten"),
    AS_SHIPPED("as shipped");

    private final String label;

    GraphForm(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }
}
