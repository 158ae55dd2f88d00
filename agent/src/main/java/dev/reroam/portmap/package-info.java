/**
 * How do we ask the gateway for a way in, and how do we notice that it forgot? One pure machine for each uplink over the
 * clients of three protocols, of which one maps at a time; and the sockets. Knows nothing of tunnels and repairs.
 */
@NullMarked
package dev.reroam.portmap;

import org.jspecify.annotations.NullMarked;
