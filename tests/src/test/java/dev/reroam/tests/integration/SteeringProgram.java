package dev.reroam.tests.integration;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.libc.Clock;
import dev.reroam.steer.Guardian;
import dev.reroam.steer.SteerOutcome;
import dev.reroam.steer.Steerer;
import dev.reroam.steer.Subject;
import dev.reroam.uplink.Uplink;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.Executors;

/** A process that holds steering, until its standard input ends; then it takes it back. To be killed, or stopped. */
final class SteeringProgram {

    private SteeringProgram() {}

    /** Arguments: the heart, the endpoint, then interface number and name, gateway and source of the uplink. */
    public static void main(String[] arguments) throws Exception {
        var group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        var loop = group.next();
        try (var slowLane = Executors.newSingleThreadExecutor()) {
            var steerer = loop.submit(() -> Steerer.open(
                            loop,
                            Clock.system(),
                            new Guardian(Path.of(arguments[0]), slowLane, loop, new SecureRandom()),
                            (endpoints, why) -> say("lost " + endpoints + ": " + why)))
                    .get();
            var uplink = new Uplink(
                    Integer.parseInt(arguments[2]),
                    arguments[3],
                    Optional.of(IpAddress.parse(arguments[4])),
                    IpAddress.parse(arguments[5]));
            loop.execute(() -> {
                say("swept " + steerer.sweep());
                steerer.steer(new Subject.To(Endpoint.parse(arguments[1])), uplink, SteeringProgram::steered);
            });
            while (System.in.read() >= 0) {
                // Whatever is said: only the end counts.
            }
            loop.submit(() -> {
                        say("withdrew " + steerer.withdrawAll());
                        steerer.close();
                    })
                    .get();
        }
        group.shutdownGracefully().await();
    }

    private static void steered(SteerOutcome outcome) {
        say("steered " + outcome);
    }

    private static void say(String words) {
        System.out.println(words);
        System.out.flush();
    }
}
