package dev.embedding.infer.architecture;

import dev.embedding.infer.architecture.RotaryPositions.Angles;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Layers with rotary positions, in order. */
final class RotaryLayers {

    private final List<LayerForm> forms;

    /**
     * @param types type of each layer
     * @param full form of the layers of full attention
     */
    RotaryLayers(List<LayerType> types, LayerForm full, LayerForm sliding) {
        this.forms = types.stream()
                .map(type -> type == LayerType.FULL ? full : sliding)
                .toList();
    }

    /** A layer's computation. */
    @FunctionalInterface
    interface Layer {
        /** @param selects whether only the pooled tokens' rows are computed */
        String rows(int index, Reach reach, Angles turn, String rows, boolean selects);
    }

    /** The rows after all layers. The angles of each kind of positions are computed once. */
    String rows(Blocks blocks, String embedded, Layer layer) {
        String rows = embedded;
        Map<RotaryPositions, Angles> angles = new HashMap<>();
        for (int index = 0; index < forms.size(); index++) {
            LayerForm form = forms.get(index);
            Angles turn = angles.computeIfAbsent(
                    form.positions(), positions -> positions.angles(blocks.graph, blocks.tokens.positions));
            boolean selects = blocks.selects() && index == forms.size() - 1;
            rows = layer.rows(index, form.reach(), turn, rows, selects);
        }
        return rows;
    }
}
