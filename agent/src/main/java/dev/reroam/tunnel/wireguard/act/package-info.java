/**
 * How is a WireGuard device repaired? Performs what the brain decided and says how it ended; what must be undone goes into the
 * ledger first. Never reads {@code see}: an action carries all that is needed, and what a device is now is asked of the device
 * itself. Confined to the agent loop.
 */
@NullMarked
package dev.reroam.tunnel.wireguard.act;

import org.jspecify.annotations.NullMarked;
