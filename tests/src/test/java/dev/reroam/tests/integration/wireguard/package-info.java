/** Does what we read from and do to kernel WireGuard agree with {@code wg}, {@code ip} and {@code ss}? */
@NullMarked
package dev.reroam.tests.integration.wireguard;

import org.jspecify.annotations.NullMarked;
