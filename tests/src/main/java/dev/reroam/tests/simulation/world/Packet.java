package dev.reroam.tests.simulation.world;

import dev.reroam.linux.ip.Endpoint;

/** A UDP packet. Immutable. */
public record Packet(Endpoint from, Endpoint to, Message message) {

    Packet from(Endpoint other) {
        return new Packet(other, to, message);
    }

    Packet to(Endpoint other) {
        return new Packet(from, other, message);
    }
}
