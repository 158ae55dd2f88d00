/**
 * Which TCP connections exist, how alive are they, and destroy this one: inet_diag over NETLINK_SOCK_DIAG
 * (linux/sock_diag.h, inet_diag.h). Raw facts, confined to one thread; knows nothing of uplinks and keeps no state.
 */
@NullMarked
package dev.reroam.linux.sockdiag;

import org.jspecify.annotations.NullMarked;
