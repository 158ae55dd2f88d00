/** Is there a tailscaled, and how is its node? Facts only. */
@NullMarked
package dev.reroam.tunnel.tailscale.see;

import org.jspecify.annotations.NullMarked;
