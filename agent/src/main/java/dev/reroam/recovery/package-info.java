/**
 * What is broken, and what is the least that mends it? The pure brain: {@code step(state, observation, now)} gives the
 * next state and the actions. Knows only records; no I/O, no clock, no randomness, so the whole of it runs in a simulator
 * and a user's incident can be replayed.
 */
@NullMarked
package dev.reroam.recovery;

import org.jspecify.annotations.NullMarked;
