package dev.reroam.tests.integration;

import dev.reroam.tests.lab.AgentRemedy;
import dev.reroam.tests.lab.Command;

/** The JVM flags that the agent ships with, from the one place that has them: the launcher. */
public final class ShippedFlags {

    private static final String SAY_THEM = """
            eval "$(sed -n '/^JVM_FLAGS=(/,/^)/p' ../reroam)"
            echo "${JVM_FLAGS[@]}"
            """;

    private ShippedFlags() {}

    /** The agent of this class path with these flags. */
    static AgentRemedy agent() {
        return AgentRemedy.find(text()).orElseThrow(() -> new IllegalStateException("no agent on the class path"));
    }

    /** Separated by blanks. */
    public static String text() {
        var flags = Command.of("bash").withInput(SAY_THEM).run().strip();
        if (flags.isEmpty()) {
            throw new IllegalStateException("no JVM_FLAGS in the launcher");
        }
        return flags;
    }
}
