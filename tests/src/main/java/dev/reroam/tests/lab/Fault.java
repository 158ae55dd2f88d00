package dev.reroam.tests.lab;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A change of the network that takes a tunnel down and leaves it another way. Immutable; a new one is a value in
 * {@link Faults}.
 *
 * @param name what the command line and the reports call it: lower case, words joined by hyphens
 * @param about one sentence: what happens
 * @param planned what it needs of the network, on top of somebody's plan
 * @param prepare what is done while the tunnel still carries
 * @param inject does it, and says when
 * @param quiet how long nothing may have happened before
 */
public record Fault(
        String name,
        String about,
        UnaryOperator<Plan> planned,
        Consumer<Topology> prepare,
        Function<Topology, Moments> inject,
        Duration quiet) {

    private static final Duration QUIET = Duration.ofMillis(500);
    // The kernel holds back a carrier event that follows another within 1 s (net/core/link_watch.c
    // linkwatch_urgent_event).
    private static final Duration CABLE_QUIET = Duration.ofSeconds(2);

    public Fault {
        if (!name.matches("[a-z0-9]+(-[a-z0-9]+)*")) {
            throw new IllegalArgumentException("a fault called '" + name + "'");
        }
    }

    /** A fault that needs no preparation. */
    static Fault of(String name, String about, Function<Topology, Moments> inject) {
        return new Fault(name, about, plan -> plan, net -> {}, inject, QUIET);
    }

    Fault planned(UnaryOperator<Plan> change) {
        return new Fault(name, about, change, prepare, inject, quiet);
    }

    Fault prepared(Consumer<Topology> preparation) {
        return new Fault(name, about, planned, preparation, inject, quiet);
    }

    /** The network has been quiet, but for the tunnel's traffic, for so long before. */
    Fault after(Duration calm) {
        return new Fault(name, about, planned, prepare, inject, calm);
    }

    /** The fault cuts a cable: 2 s of quiet first. */
    Fault cuttingCable() {
        return new Fault(name, about, planned, prepare, inject, CABLE_QUIET);
    }

    @Override
    public String toString() {
        return name;
    }
}
