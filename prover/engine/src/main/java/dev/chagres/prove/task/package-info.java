/// A directed acyclic graph of tasks and the scheduler that runs it on a fixed number of threads, within a budget of
/// memory. What a task computes is no concern of this package.
package dev.chagres.prove.task;
