/// What the build of this program wrote down about itself.
package dev.chagres.prove.build;
