/// Dishonest provers of any graph, and what tells which check notices them; used by the tests of models as well.
package dev.chagres.prove.forgery;
