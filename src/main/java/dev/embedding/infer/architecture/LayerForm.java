package dev.embedding.infer.architecture;

/** Attention of a layer with rotary positions. */
record LayerForm(Reach reach, RotaryPositions positions) {}
