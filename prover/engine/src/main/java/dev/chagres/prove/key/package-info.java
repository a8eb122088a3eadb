/// Proving keys: how they are made of a model, their file (docs/formats.md), and the integers of their columns.
package dev.chagres.prove.key;
