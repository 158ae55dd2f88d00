package dev.reroam.tests.simulation.world;

import dev.reroam.linux.ip.IpAddress;

/** The source that WireGuard keeps sending from: to where, and by which interface, the far side's last packet came. Immutable. */
public record Sticky(IpAddress source, int interfaceIndex) {}
