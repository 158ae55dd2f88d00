/** How is a Tailscale node repaired, and made to prove that it carries? */
@NullMarked
package dev.reroam.tunnel.tailscale.act;

import org.jspecify.annotations.NullMarked;
