/// Files that appear whole or not at all.
package dev.chagres.prove.file;
