/// The `bench` commands.
package dev.chagres.bench.cli;
