package dev.reroam.tests.lab;

import java.io.IOException;

/** Makes a network, says its run's name, and keeps it until it is ended. */
final class HoldsTopology {

    private HoldsTopology() {}

    public static void main(String[] arguments) throws IOException {
        try (var belongings = Belongings.open();
                var net = Topology.make(Plan.standard(), belongings)) {
            belongings.scratchFolder("held").resolve("inside").toFile().createNewFile();
            System.out.println(belongings.unique("", ""));
            System.in.read();
            net.plan();
        }
    }
}
