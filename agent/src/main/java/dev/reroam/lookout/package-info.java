/**
 * How does the world see this box, over each uplink and from each tunnel's own port? The {@link dev.reroam.sentinel} with its
 * sockets, its clock and its servers. What its answers mean for tunnels is not decided here. Confined to the agent's loop.
 */
@NullMarked
package dev.reroam.lookout;

import org.jspecify.annotations.NullMarked;
