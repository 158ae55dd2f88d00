/**
 * What does tailscaled say of itself, and how is it asked? Its LocalAPI: HTTP over a unix socket.
 *
 * <p>Names of fields, states and actions are those of github.com/tailscale/tailscale, in the file that stands beside each.
 */
@NullMarked
package dev.reroam.tunnel.tailscale;

import org.jspecify.annotations.NullMarked;
