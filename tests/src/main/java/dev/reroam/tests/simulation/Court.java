package dev.reroam.tests.simulation;

import dev.reroam.tests.simulation.world.VirtualTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Where what is against a rule is told. Confined to its run's thread. */
final class Court {

    private static final int MOST = 20;

    private final VirtualTime time;
    private final long start;
    private final List<String> violations = new ArrayList<>();

    Court(VirtualTime time) {
        this.time = time;
        start = time.now();
    }

    void violation(String rule, String what) {
        if (violations.size() < MOST) {
            violations.add(String.format(Locale.ROOT, "%s at %.3f s: %s", rule, (time.now() - start) / 1e9, what));
        }
    }

    List<String> violations() {
        return violations;
    }
}
