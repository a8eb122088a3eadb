/// The command line: one class per command, one line per error, `--json` for machines.
package dev.chagres.cli;
