/**
 * Which of the flows that the kernel remembers hold a tunnel where it cannot carry, and how are they forgotten? Judges the flows
 * of one tunnel against the way that a fresh packet takes, and has the kernel forget those that do not fit it; what follows,
 * a refresh, is for others to do. Knows only endpoints and ports, not whose tunnel it is. Confined to the agent loop.
 */
@NullMarked
package dev.reroam.flow;

import org.jspecify.annotations.NullMarked;
