/**
 * How does one speak with a userspace WireGuard daemon? The UAPI protocol over its unix socket: what is asked, what the
 * answer means, whose the socket is, and one connection per device that {@code see} and {@code act} share. Nothing here
 * decides anything; all of it is confined to the agent loop.
 *
 * <p>Protocol: <a href="https://www.wireguard.com/xplatform/">Cross-platform userspace implementation</a>.
 */
@NullMarked
package dev.reroam.tunnel.wireguard;

import org.jspecify.annotations.NullMarked;
