/**
 * Does every decoder of what comes from outside hold, whatever comes? Jazzer's targets. In the build their kept inputs are
 * replayed, which costs a second; {@code JAZZER_FUZZ=1 mvn test -Djazzer.hooks=true -Dtest='StunFuzzTest'} in a checkout looks
 * for new ones, a target at a time.
 */
@NullMarked
package dev.reroam.tests.fuzz;

import org.jspecify.annotations.NullMarked;
