/// GPT-2 as a graph of provable operations: what is public about a model, the compiled graph at one sequence, and the
/// model's integers in the layout of the committed columns.
package dev.chagres.gpt2.graph;
