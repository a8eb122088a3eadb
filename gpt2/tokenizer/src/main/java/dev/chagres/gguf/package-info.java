/// The container format GGUF of ggml and llama.cpp: header, metadata and the list of tensors, without their values.
///
/// Read by the tokenizer (token lists are metadata) and by the loader of weights, which maps the values itself.
/// Every count and length of a file is checked against its size before memory is taken for it.
///
/// The format: <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>.
package dev.chagres.gguf;
