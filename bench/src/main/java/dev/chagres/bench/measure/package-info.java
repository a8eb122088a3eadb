/// How things are timed and told: sampling, the environment of a run, recorded limits, tables.
package dev.chagres.bench.measure;
