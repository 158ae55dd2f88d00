/**
 * How is UDP sent and caught where an ordinary socket does not reach: by a given uplink, and from a port that somebody else
 * owns? And who sends what comes in by an interface? Sockets bound to an interface; raw and packet sockets (raw(7),
 * packet(7)) with a classic BPF filter. Knows no protocol above UDP. Confined to the agent's loop.
 */
@NullMarked
package dev.reroam.linux.packet;

import org.jspecify.annotations.NullMarked;
