package dev.reroam.tests.integration;

import dev.reroam.tests.lab.AgentRemedy;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.WireGuardKind;
import dev.reroam.tests.simulation.Facts;
import dev.reroam.tests.simulation.LabInModel;
import java.util.stream.Collectors;

/**
 * Makes each fault that the model knows, one after the other, beside an agent, and prints what that was told: the lines that {@code
 * RecordedFactsTest} keeps. For a machine with nothing else to do, or the guest. Arguments: {@code userspace} or {@code kernel}; the
 * flags of the agent's JVM.
 */
final class FactsRecorder {

    private FactsRecorder() {}

    public static void main(String[] arguments) {
        var plan = Plan.standard()
                .withWireguard(arguments[0].equals("kernel") ? WireGuardKind.KERNEL : WireGuardKind.USERSPACE);
        var agent = AgentRemedy.find(arguments[1]).orElseThrow();
        for (String fault : LabInModel.faults()) {
            var facts = WorldFacts.of(fault, plan, agent).stream().map(Facts.Fact::toString);
            System.out.println(fault + ": " + facts.collect(Collectors.joining("; ")));
        }
        System.exit(0);
    }
}
