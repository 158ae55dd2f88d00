package dev.reroam.tests.lab;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;

/**
 * How many redirects of a {@link MiniUpnpd} were there at the same moment, from when this began to watch: every change that
 * nft tells of, in order. Used by one thread.
 */
public final class RedirectWatch {

    // nft -a monitor rules: add rule inet filter prerouting_miniupnpd ... dnat ip to 192.168.77.2:51820 # handle 9
    private static final Pattern CHANGE =
            Pattern.compile("(add|delete) rule inet filter prerouting_miniupnpd .*handle (\\d+).*");
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String MARK = "redirect_watch";

    private final Namespace router;
    private final LogFile log;
    private int marks;

    private RedirectWatch(Namespace router, LogFile log) {
        this.router = router;
        this.log = log;
    }

    /** Watches from when this returns. */
    public static RedirectWatch start(Namespace router) {
        var log = router.log("nft-monitor" + router);
        router.start(log.redirect(), List.of("nft", "-a", "monitor"));
        var watch = new RedirectWatch(router, log);
        watch.settle();
        return watch;
    }

    /** Most at the same moment until now. */
    public int most() {
        settle();
        var there = new HashSet<String>();
        int most = 0;
        for (var line : log.all().lines().toList()) {
            var change = CHANGE.matcher(line);
            if (change.matches() && change.group(1).equals("add")) {
                there.add(change.group(2));
                most = Math.max(most, there.size());
            } else if (change.matches()) {
                there.remove(change.group(2));
            }
        }
        return most;
    }

    /** Makes and removes a table of its own, again until the monitor tells of it: then it has told of all before. */
    private void settle() {
        String table = MARK + marks++;
        boolean told = Pause.until(PATIENCE, () -> {
            router.command("nft", "-f", "-")
                    .withInput("add table ip " + table + "\ndelete table ip " + table + "\n")
                    .run();
            return log.all().contains(table);
        });
        if (!told) {
            throw new IllegalStateException("nft monitor tells nothing: " + log.text());
        }
    }
}
