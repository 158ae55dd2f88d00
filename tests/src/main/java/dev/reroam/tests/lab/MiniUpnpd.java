package dev.reroam.tests.lab;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.reroam.linux.libc.Clock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Debian's miniupnpd as the gateway of a router: PCP, NAT-PMP and UPnP with one table for all, kept as rules in nft. Used by
 * one thread.
 */
public final class MiniUpnpd {

    /** What it is asked in. */
    public enum Speech {
        PCP,
        NAT_PMP,
        UPNP
    }

    /**
     * A rule that leads from outside to a port inside.
     *
     * @param external the port outside
     * @param client the address inside
     * @param internal the port there
     */
    public record Redirect(int external, String client, int internal) {}

    private static final Duration STARTS_WITHIN = Duration.ofSeconds(20);
    private static final int MAPPING_PORT = 5351;
    private static final int HTTP_PORT = 5000;
    private static final Duration A_SECOND_AND_MORE = Duration.ofSeconds(2);
    // Without a number, or with 1, its BOOTID is the second of its start. So it is with any number as long as the
    // machine has not been up for a day: it takes its own start, in monotonic time, for one before the clock was set.
    private static final AtomicInteger BOOTS = new AtomicInteger(1);

    // It fills the three chains and needs them before it starts; whoever made them jumps to them.
    private static final String TABLE = """
            table inet filter {
              chain miniupnpd { }
              chain prerouting_miniupnpd { }
              chain postrouting_miniupnpd { }
              chain prerouting { type nat hook prerouting priority -100; jump prerouting_miniupnpd; }
              chain postrouting { type nat hook postrouting priority 100; jump postrouting_miniupnpd; }
            }
            """;
    // PCP and NAT-PMP come and go together, so what must not be spoken is dropped: the first byte is the version.
    private static final String DEAF = """
            table inet deaf {
              chain input { type filter hook input priority -10; udp dport 5351 @th,64,8 %d drop; }
            }
            """;

    private final Namespace router;
    private final Path configuration;
    private final Path pidFile;
    private final LogFile log;
    private Optional<ProcessHandle> process = Optional.empty();
    private long killedInSecond;

    private MiniUpnpd(Belongings belongings, Namespace router) {
        this.router = router;
        this.configuration = belongings.scratch("miniupnpd" + router + ".conf");
        this.pidFile = belongings.scratch("miniupnpd" + router + ".pid");
        this.log = router.log("miniupnpd" + router);
    }

    /**
     * Makes its chains, and starts it.
     *
     * @param lan the interface of its clients, with one IPv4 address
     * @param wan the interface whose address it gives away; a private one it refuses
     */
    public static MiniUpnpd start(Belongings belongings, Namespace router, String lan, String wan, Set<Speech> speaks) {
        router.command("nft", "-f", "-").withInput(TABLE).run();
        boolean pcp = speaks.contains(Speech.PCP);
        boolean natPmp = speaks.contains(Speech.NAT_PMP);
        if (pcp != natPmp) {
            router.command("nft", "-f", "-")
                    .withInput(Template.fill(DEAF, pcp ? 0 : 2))
                    .run();
        }
        var made = new MiniUpnpd(belongings, router);
        write(
                made.configuration,
                Template.fill(
                        """
                ext_ifname=%s
                listening_ip=%s
                enable_natpmp=%s
                enable_upnp=%s
                port=%d
                secure_mode=yes
                uuid=00000000-0000-0000-0000-000000000001
                allow 1024-65535 0.0.0.0/0 1024-65535
                """,
                        wan,
                        lan,
                        pcp || natPmp ? "yes" : "no",
                        speaks.contains(Speech.UPNP) ? "yes" : "no",
                        HTTP_PORT));
        made.startAgain();
        return made;
    }

    /** The one that was started there. */
    static MiniUpnpd running(Belongings belongings, Namespace router) {
        var found = new MiniUpnpd(belongings, router);
        long pid = Long.parseLong(read(found.pidFile).strip());
        found.process = ProcessHandle.of(pid);
        return found;
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ProcessHandle launch() {
        var started = router.start(
                log.redirect(),
                List.of(
                        "miniupnpd",
                        "-d",
                        "-b",
                        Integer.toString(BOOTS.incrementAndGet()),
                        "-f",
                        configuration.toString(),
                        "-P",
                        pidFile.toString()));
        if (!Pause.until(STARTS_WITHIN, () -> listens() || !started.isAlive()) || !started.isAlive()) {
            throw new IllegalStateException("miniupnpd did not start: " + log.text());
        }
        return started.toHandle();
    }

    private boolean listens() {
        String sockets = router.run("ss", "-Hlnut");
        String configured = read(configuration);
        return (configured.contains("enable_natpmp=no") || sockets.contains(":" + MAPPING_PORT + " "))
                && (configured.contains("enable_upnp=no") || sockets.contains(":" + HTTP_PORT + " "));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills it: it takes nothing back and says nothing. Its rules stay behind. */
    public void kill() {
        var running = process.orElseThrow(() -> new IllegalStateException("no miniupnpd runs in " + router));
        running.destroyForcibly();
        if (!Pause.until(STARTS_WITHIN, () -> !running.isAlive())) {
            throw new IllegalStateException("miniupnpd does not die");
        }
        killedInSecond = second();
        try {
            Files.deleteIfExists(pidFile);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long second() {
        return TimeUnit.NANOSECONDS.toSeconds(Clock.system().realtimeNanos());
    }

    /** Removes the rules that it left behind, as a router's start does. */
    public void flush() {
        router.command("nft", "-f", "-").withInput("""
                        flush chain inet filter miniupnpd
                        flush chain inet filter prerouting_miniupnpd
                        flush chain inet filter postrouting_miniupnpd
                        """).run();
    }

    /**
     * Starts it again, not before the next second of the clock: started twice within one, it says that it has not started
     * anew. It announces itself in all that it speaks, and listens when this returns.
     */
    public void startAgain() {
        if (!Pause.until(A_SECOND_AND_MORE, () -> second() > killedInSecond)) {
            throw new IllegalStateException("the clock stands still");
        }
        process = Optional.of(launch());
    }

    /** As {@link #startAgain()}, with another interface outside. */
    public void startAgainAt(String wan) {
        write(configuration, read(configuration).replaceFirst("ext_ifname=.*", "ext_ifname=" + wan));
        startAgain();
    }

    /** The rules that lead inside, as nft has them. */
    public List<Redirect> redirects() {
        var listed = JsonParser.parseString(
                        router.run("nft", "-j", "list", "chain", "inet", "filter", "prerouting_miniupnpd"))
                .getAsJsonObject()
                .getAsJsonArray("nftables");
        var redirects = new ArrayList<Redirect>();
        for (var element : listed) {
            var rule = element.getAsJsonObject().getAsJsonObject("rule");
            if (rule != null) {
                redirects.add(redirect(rule.getAsJsonArray("expr")));
            }
        }
        return redirects;
    }

    private static Redirect redirect(JsonArray expressions) {
        int external = 0;
        var target = new JsonObject();
        for (var element : expressions) {
            var expression = element.getAsJsonObject();
            if (expression.has("dnat")) {
                target = expression.getAsJsonObject("dnat");
            }
            if (expression.has("match") && expression.toString().contains("\"dport\"")) {
                external = expression.getAsJsonObject("match").get("right").getAsInt();
            }
        }
        if (external == 0 || !target.has("addr") || !target.has("port")) {
            throw new IllegalStateException("a rule that is no redirect: " + expressions);
        }
        return new Redirect(
                external, target.get("addr").getAsString(), target.get("port").getAsInt());
    }

    /** What it printed last, for people. */
    public String log() {
        return log.text();
    }
}
