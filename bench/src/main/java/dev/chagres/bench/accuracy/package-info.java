/// The tables and plots of docs/accuracy.md: models of a data folder, quantised and evaluated in one go.
package dev.chagres.bench.accuracy;
