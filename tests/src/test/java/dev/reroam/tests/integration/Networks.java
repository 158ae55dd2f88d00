package dev.reroam.tests.integration;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.tests.lab.Faults;
import dev.reroam.tests.lab.OwnTranslation;
import dev.reroam.tests.lab.Plan;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** The networks that each fault is tried on, each combination once. */
final class Networks {

    private static final Plan V4 = Plan.standard();
    private static final Plan V6 = V4.withOuter(IpFamily.V6);

    private Networks() {}

    /** Every fault over IPv4, masqueraded, and over IPv6, routed. */
    static Stream<Arguments> usual() {
        return of(List.of(V4, V6));
    }

    /** Every fault where the router translates its own packets otherwise, and where IPv6 is translated. */
    static Stream<Arguments> unusual() {
        return of(List.of(
                V4.withOwnTranslation(OwnTranslation.SNAT),
                V4.withOwnTranslation(OwnTranslation.NONE),
                V6.withNat66()));
    }

    private static Stream<Arguments> of(List<Plan> plans) {
        return Faults.all().stream()
                .flatMap(fault -> plans.stream()
                        .filter(plan -> fault.planned().apply(plan).outer() == plan.outer())
                        .map(plan -> Arguments.of(fault, plan)));
    }
}
