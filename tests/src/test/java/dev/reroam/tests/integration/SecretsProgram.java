package dev.reroam.tests.integration;

import dev.reroam.tests.lab.AgentRemedy;
import dev.reroam.tests.lab.WireGuardKind;

/** What the test runs in the guest. The argument: the flags of the agent's JVM. */
final class SecretsProgram {

    private SecretsProgram() {}

    public static void main(String[] arguments) throws Exception {
        Secrets.areKeptNowhere(
                WireGuardKind.KERNEL, AgentRemedy.find(arguments[0]).orElseThrow());
        System.out.println("searched");
        System.exit(0);
    }
}
