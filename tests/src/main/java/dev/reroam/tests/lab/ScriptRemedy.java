package dev.reroam.tests.lab;

import java.lang.ProcessBuilder.Redirect;
import java.util.List;

/**
 * A shell script in the router's namespace that is to heal the tunnel.
 *
 * @param text run by sh from before the fault until the end
 */
public record ScriptRemedy(String text) implements Remedy {

    /**
     * Sets every peer's endpoint to what it is and its keepalive off and on again, over and over: WireGuard forgets its
     * source and sends at once. No remedy for a real router; it shows that a fault can be healed at all.
     *
     * <p>Each device is asked for by name: asked for all, wg tries the userspace sockets of every namespace, and removes one
     * whose daemon has bound it and does not listen yet.
     */
    public static final ScriptRemedy REFRESH = new ScriptRemedy("""
                    while sleep 0.05; do
                      for path in /sys/class/net/*; do
                        device=${path##*/}
                        case $device in lo | lan | wan*) continue ;; esac
                        wg show "$device" endpoints | while read -r peer endpoint; do
                          wg set "$device" peer "$peer" endpoint "$endpoint" persistent-keepalive 0
                          wg set "$device" peer "$peer" persistent-keepalive 25
                        done
                      done
                    done
                    """);

    @Override
    public Running start(Topology net) {
        var process = net.router().start(Redirect.DISCARD, List.of("sh", "-c", text));
        return new Running() {
            @Override
            public List<TimelineEntry> timeline(Moments moments) {
                return List.of();
            }

            @Override
            public void close() {
                process.toHandle().destroy();
            }
        };
    }
}
