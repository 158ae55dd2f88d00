package dev.reroam.tests.lab;

import static dev.reroam.tests.lab.Template.fill;

import java.nio.file.Path;
import java.util.List;

/**
 * What a shell script can do for one tunnel of kernel WireGuard that it knows by heart: at each change that {@code ip
 * monitor} prints, one {@code wg set} that clears the sources and sends a packet. The measure for the agent.
 */
final class EventScript implements Remedy {

    private static final String SCRIPT = """
            mkfifo %1$s
            ip monitor link address route rule >%1$s &
            trap "kill $!" EXIT
            trap exit TERM
            while read -r change; do
              wg set %2$s fwmark %3$d peer %4$s persistent-keepalive 0 peer %4$s persistent-keepalive %5$d
              echo "$change"
            done <%1$s
            """;

    @Override
    public Running start(Topology net) {
        Path pipe = net.belongings().scratch("events");
        var log = net.router().log("script");
        var tunnel = net.tunnel();
        var text = fill(
                SCRIPT,
                pipe,
                tunnel.device(),
                net.plan().mark(),
                tunnel.farPublicKey(),
                net.plan().keepalive());
        var process = net.router().start(log.redirect(), List.of("sh", "-c", text));
        return new Running() {
            @Override
            public List<TimelineEntry> timeline(Moments moments) {
                return List.of();
            }

            @Override
            public String log() {
                return log.text();
            }

            @Override
            public void close() {
                process.toHandle().destroy();
            }
        };
    }
}
