/**
 * Did the WAN change where the kernel of this box sees nothing? One STUN question every so often over each uplink, and what
 * follows from the answers: a pure machine, {@code step(state, event, now)}, without I/O, clock or name service. What its
 * facts mean for tunnels is not decided here.
 */
@NullMarked
package dev.reroam.sentinel;

import org.jspecify.annotations.NullMarked;
