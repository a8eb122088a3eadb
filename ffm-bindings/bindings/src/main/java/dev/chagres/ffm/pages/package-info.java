/// Large regions of memory from the C library, which needs no library of this project.
package dev.chagres.ffm.pages;
