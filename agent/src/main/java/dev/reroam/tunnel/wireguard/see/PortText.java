package dev.reroam.tunnel.wireguard.see;

import dev.reroam.tunnel.wireguard.see.PortEvidence.Claim;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Gathers from the lines of configuration files, of whatever format, which ports they name and which peers' endpoints they
 * give. Mutable; one use.
 *
 * <p>It reads more into them than they say, never less: any number on a line that speaks of ports counts as named, because a
 * port wrongly held fixed costs one repair, and a port wrongly given up costs the way in.
 */
final class PortText {

    private static final List<byte[]> WANTED = PlainLines.words("port", "public", "endpoint", "[", "config ");
    // Ours: a box that names more ports than this is beyond judging; everything is fixed there.
    private static final int MOST_CLAIMS = 5000;

    // [Peer], [wireguard-peer.KEY], config wireguard_wg0 'name'
    private static final Pattern HEADER = Pattern.compile("\\s*(?:\\[.*|config\\s.*)");
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9+/]{43}=");
    private static final Pattern ENDPOINT =
            Pattern.compile("\\s*(?:option\\s+)?endpoint(?:_host)?[\\s='\"]+[^\\s='\"].*", Pattern.CASE_INSENSITIVE);
    private static final Pattern PORTS = Pattern.compile("(?<![\\w.])(\\d{1,5})(?:\\s*[-:]\\s*(\\d{1,5}))?(?![\\w.])");

    private final List<Claim> claims = new ArrayList<>();
    private final Set<String> endpoints = new HashSet<>();
    private boolean tooMany;
    private String key = "";
    private boolean endpoint;

    /** Takes in one file: the bytes between position and limit. */
    void read(String file, ByteBuffer content) {
        endSection();
        PlainLines.each(content, WANTED, (number, line) -> onLine(file, number, line));
        endSection();
    }

    /** Everything gathered. */
    PortEvidence evidence(PortRange ephemeral, List<String> unreadable) {
        var all = new ArrayList<>(unreadable);
        if (tooMany) {
            all.add("more than " + MOST_CLAIMS + " ports");
        }
        return new PortEvidence(claims, endpoints, ephemeral, all);
    }

    private void onLine(String file, int number, String line) {
        String text = line.strip();
        if (text.startsWith("#") || text.startsWith(";")) {
            return;
        }
        if (HEADER.matcher(text).matches()) {
            endSection();
        }
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.contains("public") || text.startsWith("[")) {
            var found = KEY.matcher(text);
            key = found.find() ? found.group() : key;
        }
        if (lower.contains("endpoint")) {
            endpoint |= ENDPOINT.matcher(text).matches();
        } else if (lower.contains("port")) {
            var found = PORTS.matcher(text);
            while (found.find()) {
                int first = Integer.parseInt(found.group(1));
                int last = found.group(2) == null ? first : Integer.parseInt(found.group(2));
                claim(new Claim(new PortRange(first, last), file, number));
            }
        }
    }

    private void claim(Claim claim) {
        if (claims.size() == MOST_CLAIMS) {
            tooMany = true;
        } else {
            claims.add(claim);
        }
    }

    private void endSection() {
        if (endpoint && !key.isEmpty()) {
            endpoints.add(key);
        }
        key = "";
        endpoint = false;
    }
}
