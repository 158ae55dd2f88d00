/**
 * What would the network do? A model of uplinks, NATs, WireGuard at both ends and servers on virtual time: single-threaded, the
 * same for the same seed, and it knows nothing of the agent. IPv4 only.
 */
@NullMarked
package dev.reroam.tests.simulation.world;

import org.jspecify.annotations.NullMarked;
