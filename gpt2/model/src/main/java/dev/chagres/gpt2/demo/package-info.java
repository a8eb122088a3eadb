/// The small model that comes with the program, so that everything can be tried without a download.
package dev.chagres.gpt2.demo;
