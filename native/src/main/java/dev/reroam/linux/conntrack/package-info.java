/**
 * Which flows does the kernel remember, and how is one of them forgotten? Connection tracking over nfnetlink
 * (linux/netfilter/nfnetlink_conntrack.h). Raw facts, confined to the agent loop; knows nothing of tunnels and judges nothing.
 */
@NullMarked
package dev.reroam.linux.conntrack;

import org.jspecify.annotations.NullMarked;
