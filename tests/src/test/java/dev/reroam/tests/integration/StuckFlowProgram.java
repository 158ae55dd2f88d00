package dev.reroam.tests.integration;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.tests.lab.WireGuardKind;

/** What the test runs in the guest: the scenarios of {@link StuckFlows} on kernel WireGuard. Prints the name of each. */
final class StuckFlowProgram {

    private StuckFlowProgram() {}

    public static void main(String[] arguments) throws Exception {
        StuckFlows.boundToADeadUplink(WireGuardKind.KERNEL);
        System.out.println("played=dead_uplink");
        StuckFlows.rewrittenPort(WireGuardKind.KERNEL);
        System.out.println("played=rewritten_port");
        for (var outer : IpFamily.values()) {
            StuckFlows.healthy(WireGuardKind.KERNEL, outer);
            System.out.println("played=healthy_" + outer);
        }
        System.exit(0);
    }
}
