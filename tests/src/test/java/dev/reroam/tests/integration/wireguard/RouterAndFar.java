package dev.reroam.tests.integration.wireguard;

import dev.reroam.linux.libc.Descriptor;
import dev.reroam.linux.libc.Libc;
import dev.reroam.tests.lab.Command;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/** What is done in and seen of the two namespaces that {@code router-and-far.sh} makes, with programs that are not ours. */
final class RouterAndFar {

    private RouterAndFar() {}

    /** The address that far has of the router for its peer so and so. */
    static String farSees(int number) {
        return WgShow.value("far", "wg" + number, "endpoints").replaceFirst("^\\S+\\t", "");
    }

    static void ping(int number) {
        Command.of("ip", "netns", "exec", "router", "ping", "-q", "-c", "1", "-W", "9", "10.9." + number + ".2")
                .run();
    }

    static void defaultVia(int uplink) {
        Command.script("ip -n router route replace default via 10." + uplink + ".0.1\n"
                        + "ip -n router -6 route replace default via fd0" + uplink + "::1\n")
                .run();
    }

    static String sockets(int port) {
        return Command.script("ip netns exec router ss -Huane 'sport = :" + port
                        + "' | grep -o 'ino:[0-9]*' | sort | tr '\\n' ' '")
                .run()
                .strip();
    }

    /** Calls on a thread that lives in this namespace; sockets opened there stay in it. */
    static <T> T in(String namespace, Callable<T> task) throws Exception {
        var future = new FutureTask<>(() -> {
            try (var place = Descriptor.own(
                    "namespace", Libc.open("/run/netns/" + namespace, Libc.O_RDONLY | Libc.O_CLOEXEC, 0))) {
                Libc.check("setns", Libc.setns(place.fd(), Libc.CLONE_NEWNET));
            }
            return task.call();
        });
        Thread.ofPlatform().start(future);
        return future.get();
    }
}
