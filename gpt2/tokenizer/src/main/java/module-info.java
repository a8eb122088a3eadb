/// Text to token ids and back.
module dev.chagres.tokenizer {
    exports dev.chagres.tokenizer;
}
