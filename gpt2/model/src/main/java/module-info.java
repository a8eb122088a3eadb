/// Decoder models (GPT-2, Llama and its relatives): weights, float reference, quantiser, integer model and its file.
module dev.chagres.gpt2 {
    requires transitive dev.chagres.engine;
    requires tools.jackson.databind;

    exports dev.chagres.gpt2.demo;
    exports dev.chagres.gpt2.evaluate;
    exports dev.chagres.gpt2.model;
    exports dev.chagres.gpt2.quantize;
    exports dev.chagres.gpt2.reference;
    exports dev.chagres.gpt2.weights;
}
