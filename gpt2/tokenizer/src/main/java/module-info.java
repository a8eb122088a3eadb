/// Text and conversations to token ids and back, and the GGUF container that models come in.
module dev.chagres.tokenizer {
    exports dev.chagres.chat;
    exports dev.chagres.gguf;
    exports dev.chagres.tokenizer;
}
