/// The operations of a transformer, each one class with its evaluation, columns, lookups and reduction.
package dev.chagres.graph.op;
