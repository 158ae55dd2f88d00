package dev.reroam.tests.bench;

import dev.reroam.tests.lab.AgentHome;
import dev.reroam.tests.lab.AgentRemedy;
import dev.reroam.tests.lab.Belongings;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.Topology;
import java.lang.ProcessBuilder.Redirect;
import java.util.ArrayList;
import java.util.List;

/** One network with an idle tunnel, an idle agent and, beside it, a JVM that only sleeps. Used by one thread. */
final class FootprintSubject implements AutoCloseable {

    private static final String CLASS_PATH = "-cp";

    private final Topology net;
    private final Process agent;
    private final Process sleeper;
    private final AgentHome home;

    private FootprintSubject(Topology net, Process agent, Process sleeper, AgentHome home) {
        this.net = net;
        this.agent = agent;
        this.sleeper = sleeper;
        this.home = home;
    }

    static FootprintSubject start(AgentRemedy remedy) {
        var belongings = Belongings.open();
        try {
            var net = Topology.make(Plan.standard(), belongings);
            net.tunnel().awaitHandshake();
            var home = new AgentHome(net, net.router(), "agent", remedy);
            var agent = home.start();
            var output = belongings.scratch("sleeper.log");
            return new FootprintSubject(
                    net, agent, net.router().start(Redirect.to(output.toFile()), sleeping(remedy.java())), home);
        } catch (RuntimeException e) {
            belongings.close();
            throw e;
        }
    }

    /** The agent's JVM and flags, with this program's class path. */
    static List<String> sleeping(List<String> java) {
        int at = java.indexOf(CLASS_PATH);
        if (at < 0) {
            throw new IllegalStateException("no class path in " + java);
        }
        var words = new ArrayList<>(java.subList(0, at));
        words.addAll(List.of(CLASS_PATH, System.getProperty("java.class.path"), Sleeper.class.getName()));
        return words;
    }

    Topology net() {
        return net;
    }

    long agent() {
        return living(agent, "the agent ended: " + home.log());
    }

    long sleeper() {
        return living(sleeper, "the sleeping JVM ended");
    }

    private static long living(Process process, String complaint) {
        if (!process.isAlive()) {
            throw new IllegalStateException(complaint);
        }
        return process.pid();
    }

    @Override
    public void close() {
        agent.toHandle().destroy();
        net.close();
    }
}
