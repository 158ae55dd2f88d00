/**
 * Does the brain do what it should, and nothing else, whatever the network does? The pure brain and the pure sentinel on
 * virtual time, in a model network ({@link dev.reroam.tests.simulation.world}), with everything between them played: SEE with
 * its delays, ACT with its refusals, the ledger across crashes. A scenario is a seed.
 */
@NullMarked
package dev.reroam.tests.simulation;

import org.jspecify.annotations.NullMarked;
