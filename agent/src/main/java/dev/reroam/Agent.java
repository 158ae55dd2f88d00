package dev.reroam;

import dev.reroam.cli.Cli;
import dev.reroam.config.Config;
import dev.reroam.host.Places;
import org.tinylog.Logger;

/** Where an agent will be constructed and wired. Not wired yet: it only says so. */
final class Agent {

    private Agent() {}

    /** {@return the exit code} The caller holds the lock of this network namespace. */
    static int run(Config config, Places places) {
        Logger.error(
                "the agent is not wired yet (mode {}, socket {})", config.mode().word(), places.socket());
        return Cli.FAILED;
    }
}
