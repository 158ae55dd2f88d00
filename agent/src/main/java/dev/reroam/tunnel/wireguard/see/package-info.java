/**
 * Which WireGuard devices and peers are there, and what do their counters say? Finds kernel and userspace devices as they come
 * and go, reads them, and tells the brain differences as observations. Changes nothing. Confined to the agent loop, but for
 * {@code PortFiles} and {@code EndpointFiles}, which read configuration files on the slow lane.
 */
@NullMarked
package dev.reroam.tunnel.wireguard.see;

import org.jspecify.annotations.NullMarked;
