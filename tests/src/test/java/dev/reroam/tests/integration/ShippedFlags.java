package dev.reroam.tests.integration;

import dev.reroam.tests.lab.AgentArchive;
import dev.reroam.tests.lab.AgentRemedy;
import dev.reroam.tests.lab.Command;

/** The JVM flags that the agent ships with, from the one place that has them: the launcher. */
public final class ShippedFlags {

    private static final String SAY_THEM = """
            eval "$(sed -n '/^JVM_FLAGS=(/,/^)/p' ../reroam)"
            echo "${JVM_FLAGS[@]}"
            """;

    private static final String NONE = "no agent on the class path";

    private ShippedFlags() {}

    /** The agent of this class path with these flags. */
    static AgentRemedy agent() {
        return AgentRemedy.find(text()).orElseThrow(() -> new IllegalStateException(NONE));
    }

    /** Separated by blanks; with the class archive that an installed agent has, where the agent is a jar. */
    public static String text() {
        return Made.TEXT;
    }

    private static String said() {
        var flags = Command.of("bash").withInput(SAY_THEM).run().strip();
        if (flags.isEmpty()) {
            throw new IllegalStateException("no JVM_FLAGS in the launcher");
        }
        return flags;
    }

    private static String withArchive(String flags) {
        var agent = AgentRemedy.find(flags).orElseThrow(() -> new IllegalStateException(NONE));
        return AgentRemedy.isJar() ? flags + " -XX:SharedArchiveFile=" + AgentArchive.make(agent) : flags;
    }

    /** Once, by whoever comes first. */
    private static final class Made {
        static final String TEXT = withArchive(said());
    }
}
