package dev.chagres.model;

/// What a key column holds, in the words of its family; whoever has the weights fills the column by it.
public interface KeyContent {}
