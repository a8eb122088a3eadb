/// The verifier's half of sumcheck.
package dev.chagres.sumcheck;
