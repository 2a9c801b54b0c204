package dev.embedding.infer;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;

/** Opens sessions of one model. */
interface Sessions extends AutoCloseable {

    /** Session option: where the engine looks for weights that a graph from memory names with their place in a file. */
    String FOLDER_OF_WEIGHTS = "session.model_external_initializers_file_folder_path";

    /** @throws OrtException when ONNX Runtime cannot open the model on the device */
    InferenceSession open(SessionOptions options, ExecutionTarget place) throws OrtException;

    /** How the graph that runs came about. */
    GraphForm form();

    /** No further session is opened; open ones stay usable. */
    @Override
    void close();
}
