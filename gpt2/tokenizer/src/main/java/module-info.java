/// Text to token ids and back.
module dev.chagres.tokenizer {
    exports dev.chagres.gguf;
    exports dev.chagres.tokenizer;
}
