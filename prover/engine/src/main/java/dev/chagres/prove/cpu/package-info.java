/// The first implementation of [dev.chagres.prove.stage.Stages]: vector kernels on memory of the host.
package dev.chagres.prove.cpu;
