package dev.reroam.flow;

import dev.reroam.linux.conntrack.Flow;

/** A flow of a tunnel that is to be forgotten. Immutable. */
public record StaleFlow(Flow flow, Staleness why) {

    @Override
    public String toString() {
        return flow + ": " + why.words();
    }
}
