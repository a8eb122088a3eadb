/// Reading float models of the GPT-2 and Llama families, in the Hugging Face layout (`config.json` beside one or several
/// safetensors files) and in GGUF files, and writing them in the former.
///
/// Everything that reads foreign bytes checks them and fails with one
/// [dev.chagres.prove.file.FileFormatException] that names the file and the cause. Weights stay in the
/// mapped file; callers copy one tensor at a time.
package dev.chagres.gpt2.weights;
