package dev.reroam.lookout;

import dev.reroam.linux.ip.Endpoint;

/**
 * How a server saw a tunnel's own port. Immutable.
 *
 * @param at monotonic nanoseconds
 */
public record PortSeen(TunnelPort port, Endpoint mapped, long at) {}
