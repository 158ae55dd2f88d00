package dev.reroam.tests.lab;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The class archive that an installed agent has, for agents of this class path: they start in less than half the time,
 * which counts where hundreds are started, and most on an emulated processor.
 */
public final class AgentArchive {

    private static final Duration ANSWERS = Duration.ofSeconds(40);
    private static final Duration WRITTEN = Duration.ofSeconds(60);

    private AgentArchive() {}

    /**
     * Makes one, as the launcher does: of what an agent loads that starts, answers and stops in an empty network. Blocks
     * for some seconds. It lies there until this JVM ends.
     *
     * @param agent with the flags of the agents that are to use it
     * @throws IllegalStateException where the agent does not answer, or writes none
     */
    public static Path make(AgentRemedy agent) {
        var belongings = Belongings.open();
        var archive = belongings.scratch("agent.jsa");
        var socket = belongings.scratch("archived.sock");
        var state = belongings.scratchFolder("archived");
        var log = new LogFile(belongings.scratch("archived.log"));
        var words = new ArrayList<>(agent.java());
        words.add(1, "-XX:ArchiveClassesAtExit=" + archive);
        words.addAll(List.of(AgentRemedy.MAIN, "run", "--socket", socket.toString(), "--state", state.toString()));
        var process = belongings.start(List.of("unshare", "-n"), words, log.redirect());
        var control = new ControlClient(socket);
        boolean answered = Pause.until(ANSWERS, () -> control.status().isPresent() || !process.isAlive());
        process.toHandle().destroy();
        if (!answered
                || !Pause.until(WRITTEN, () -> !process.isAlive())
                || !archive.toFile().isFile()) {
            belongings.close();
            throw new IllegalStateException("no class archive was made: " + log.text());
        }
        return archive;
    }
}
