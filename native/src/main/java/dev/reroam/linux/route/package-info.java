/**
 * Which links, addresses, routes, rules, next hops and neighbours does the kernel have, what just changed, and which way
 * would this packet go? rtnetlink: dump, watch, look up (linux/rtnetlink.h, if_link.h, if_addr.h, fib_rules.h, nexthop.h).
 * Raw facts, confined to the agent loop; knows nothing of tunnels and keeps no state.
 */
@NullMarked
package dev.reroam.linux.route;

import org.jspecify.annotations.NullMarked;
