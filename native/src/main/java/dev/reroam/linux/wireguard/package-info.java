/**
 * Which WireGuard devices and peers does the kernel have, and how are they changed? Generic netlink, linux/wireguard.h. The
 * records serve userspace WireGuard too; private and preshared keys have no place in them. Decides nothing.
 */
@NullMarked
package dev.reroam.linux.wireguard;

import org.jspecify.annotations.NullMarked;
