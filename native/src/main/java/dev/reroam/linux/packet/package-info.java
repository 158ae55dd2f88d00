/**
 * How is UDP sent and caught where an ordinary socket does not reach: by a given uplink, and from a port that somebody else
 * owns? Sockets bound to an interface, raw sockets (raw(7)) with a classic BPF filter. Knows no protocol above UDP. Confined
 * to the agent's loop.
 */
@NullMarked
package dev.reroam.linux.packet;

import org.jspecify.annotations.NullMarked;
