package dev.reroam.linux.route;

/**
 * Counters of an interface since it was made: linux/if_link.h {@code rtnl_link_stats64}. Unsigned; immutable.
 */
public record LinkTraffic(long receivedPackets, long sentPackets, long receivedBytes, long sentBytes) {}
