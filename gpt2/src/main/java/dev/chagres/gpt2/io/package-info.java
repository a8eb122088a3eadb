/// Files that appear whole or not at all.
package dev.chagres.gpt2.io;
