package dev.reroam.tests.integration;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.tests.lab.Fault;
import dev.reroam.tests.lab.Faults;
import dev.reroam.tests.lab.OwnTranslation;
import dev.reroam.tests.lab.Plan;
import java.util.List;

/** The networks that each fault is tried on, each combination once. */
final class Networks {

    private static final Plan V4 = Plan.standard();
    private static final Plan V6 = V4.withOuter(IpFamily.V6);

    private Networks() {}

    /** A fault on a network. */
    record Case(Fault fault, Plan plan) {
        @Override
        public String toString() {
            return fault + ", " + fault.planned().apply(plan);
        }
    }

    /** Every fault over IPv4, masqueraded, and over IPv6, routed. */
    static List<Case> usual() {
        return of(List.of(V4, V6));
    }

    /** Every fault where the router translates its own packets otherwise, and where IPv6 is translated. */
    static List<Case> unusual() {
        return of(List.of(
                V4.withOwnTranslation(OwnTranslation.SNAT),
                V4.withOwnTranslation(OwnTranslation.NONE),
                V6.withNat66()));
    }

    private static List<Case> of(List<Plan> plans) {
        // A fault that is IPv6's alone is not tried under the name of IPv4.
        return Faults.all().stream()
                .flatMap(fault -> plans.stream()
                        .filter(plan -> fault.planned().apply(plan).outer() == plan.outer())
                        .map(plan -> new Case(fault, plan)))
                .toList();
    }
}
