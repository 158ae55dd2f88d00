package dev.reroam.stun;

import dev.reroam.linux.ip.Endpoint;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The result of a discovery. Immutable.
 *
 * @param local our own address and port of the mapping tests
 * @param outcomes what came of the first question to each server, in the order of the servers: with the latency
 * @param requests how many were sent in all
 * @param dropped what came in meanwhile and was no answer
 */
public record Discovered(
        NatBehaviour behaviour,
        Endpoint local,
        Map<Endpoint, Outcome> outcomes,
        int requests,
        Map<Dropped, Long> dropped) {

    static Discovered of(Discovery discovery, int requests) {
        Map<Endpoint, Outcome> outcomes = new LinkedHashMap<>();
        for (Endpoint server : discovery.plan().servers()) {
            discovery.outcome(server).ifPresent(outcome -> outcomes.put(server, outcome));
        }
        return new Discovered(
                discovery.behaviour(),
                discovery.plan().mappingLocal(),
                Collections.unmodifiableMap(outcomes),
                requests,
                discovery.transactions().dropped());
    }
}
