package dev.reroam.tests.integration.guest;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.QuietRouter.Report;
import dev.reroam.tests.lab.QuietRun;
import dev.reroam.tests.lab.Remedy;
import dev.reroam.tests.lab.WireGuardKind;

/** A quiet run on kernel WireGuard: a word on the command line of {@link UntouchedProgram}. Immutable. */
record QuietTrial(QuietRun run, IpFamily outer) {

    /** Makes it. */
    Report run(Remedy remedy) {
        return run.on(Plan.standard().withWireguard(WireGuardKind.KERNEL).withOuter(outer), remedy);
    }

    /** What {@link #parse} reads. */
    String word() {
        return run.name() + "/" + outer.name();
    }

    /** Reads what {@link #word()} wrote. */
    static QuietTrial parse(String word) {
        var parts = word.split("/", -1);
        return new QuietTrial(QuietRun.valueOf(parts[0]), IpFamily.valueOf(parts[1]));
    }

    @Override
    public String toString() {
        return run + ", outer " + outer;
    }
}
