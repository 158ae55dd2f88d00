package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.journal.IncidentFiles;
import dev.reroam.journal.Replay;
import dev.reroam.journal.Replayed;
import dev.reroam.tests.lab.AgentHome;
import dev.reroam.tests.lab.AgentRemedy;
import dev.reroam.tests.lab.Experiment;
import dev.reroam.tests.lab.Fault;
import dev.reroam.tests.lab.Faults;
import dev.reroam.tests.lab.Moments;
import dev.reroam.tests.lab.Pause;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.Remedy;
import dev.reroam.tests.lab.Topology;
import dev.reroam.tests.simulation.Facts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;

/** What a running agent is told of a fault of the lab, read from the incidents that it wrote. */
final class WorldFacts {

    private static final Duration HEALS = Duration.ofSeconds(10);
    private static final Duration CLOSES = Duration.ofSeconds(30);
    // What belongs to the fault and opens one more incident has done so by then.
    private static final Duration SETTLES = Duration.ofSeconds(1);

    private WorldFacts() {}

    /** In the order in which they first came. */
    static List<Facts.Fact> of(String name, Plan plan, AgentRemedy agent) {
        Fault fault = Faults.named(name).orElseThrow();
        var remedy = new AtHome(agent);
        var experiment = new Experiment(fault, plan, remedy, HEALS);
        try (var trial = experiment.prepare()) {
            Pause.of(fault.quiet());
            var earlier = numbers(remedy.files());
            var struck = trial.strike();
            assertTrue(struck.outage().healedAfter().isPresent(), () -> fault + " is not healed: " + struck.outage());
            assertTrue(AgentHome.until(CLOSES, () -> remedy.isOver(earlier)), remedy.home()::log);
            return read(remedy.files(), earlier);
        }
    }

    private static List<Facts.Fact> read(IncidentFiles files, List<Long> earlier) {
        var facts = new Facts();
        for (long number : numbers(files)) {
            if (!earlier.contains(number)) {
                var result = Replay.run(files.named(String.valueOf(number)), facts::onStep);
                assertInstanceOf(Replayed.Same.class, result.replayed(), () -> "" + result.replayed());
            }
        }
        return facts.inOrder();
    }

    private static List<Long> numbers(IncidentFiles files) {
        try {
            return files.numbers();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The agent, with files that are still there when its incidents are over. Used for one network. */
    private static final class AtHome implements Remedy {

        private final AgentRemedy agent;
        private AgentHome home;

        AtHome(AgentRemedy agent) {
            this.agent = agent;
        }

        AgentHome home() {
            return home;
        }

        IncidentFiles files() {
            return new IncidentFiles(home.state());
        }

        boolean isOver(List<Long> earlier) {
            if (numbers(files()).size() <= earlier.size() || isOpen()) {
                return false;
            }
            Pause.of(SETTLES);
            return !isOpen();
        }

        private boolean isOpen() {
            return home.ask("incidents").contains("\"state\":\"open\"");
        }

        @Override
        public Running start(Topology net) {
            home = new AgentHome(net, net.near(), "facts", agent);
            var process = home.start();
            return new Running() {
                @Override
                public List<TimelineEntry> timeline(Moments moments) {
                    return List.of();
                }

                @Override
                public void close() {
                    process.toHandle().destroy();
                    AgentHome.until(CLOSES, () -> !process.isAlive());
                }
            };
        }
    }
}
