package dev.reroam.tests.lab;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Every fault that the lab knows. */
public final class Faults {

    private Faults() {}

    /** All of them, in the order of the reports. */
    public static List<Fault> all() {
        return Stream.of(CableFaults.ALL, UplinkFaults.ALL, RuleFaults.ALL, TunnelFaults.ALL)
                .flatMap(List::stream)
                .toList();
    }

    /** The fault of that name. */
    public static Optional<Fault> named(String name) {
        return all().stream().filter(fault -> fault.name().equals(name)).findFirst();
    }
}
