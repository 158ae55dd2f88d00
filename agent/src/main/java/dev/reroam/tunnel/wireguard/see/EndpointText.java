package dev.reroam.tunnel.wireguard.see;

import dev.reroam.recovery.TunnelId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Gathers from configuration files where peers are. Mutable; one use.
 *
 * <p>Two languages: that of wg(8), whose sections systemd.netdev(5) and nm-settings-keyfile(5) have too, with the device's
 * name in the file or as the file's; and of OpenWrt's UCI what netifd's wireguard.sh reads, one option a line.
 */
final class EndpointText {

    private static final List<byte[]> WANTED = PlainLines.words("public", "endpoint", "[", "config", "name");
    // Ours: more peers with an endpoint are on no box.
    private static final int MOST = 5000;
    private static final int MOST_PROBLEMS = 20;
    // netifd's wireguard.sh
    private static final int UCI_PORT = 51820;

    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9+/]{43}=");
    private static final Pattern HEADER = Pattern.compile("\\[([^\\].]*)(?:\\.([^\\]]*))?\\]");
    private static final Pattern ENDPOINT = Pattern.compile("(?:\\[([^\\]\\s]+)\\]|([^\\[\\]:\\s]+)):(\\d{1,5})");
    private static final String WORD = "('[^']*'|\"[^\"]*\"|[^\\s'\"#]+)";
    private static final Pattern UCI =
            Pattern.compile("(config|option)\\s+" + WORD + "(?:\\s+" + WORD + ")?\\s*(?:#.*)?");
    private static final String UCI_PEER = "wireguard_";

    private final Map<TunnelId, NamedEndpoint> known = new HashMap<>();
    private final List<String> problems = new ArrayList<>();
    private final List<Peer> ofFile = new ArrayList<>();
    private String file = "";
    private String device = "";
    private String section = "";
    private Peer peer = new Peer();

    /** What a section says of one peer, as far as it was read. */
    private static final class Peer {
        private String key = "";
        private String host = "";
        private Optional<Integer> port = Optional.empty();
        private int line;
    }

    /**
     * Takes in a file of wg's language.
     *
     * @param named the device, where the file does not name another one
     */
    void readSections(String path, String named, ByteBuffer content) {
        begin(path, named);
        PlainLines.each(content, WANTED, this::onLine);
        endSection();
        // The name of the device may stand behind its peers.
        ofFile.forEach(one -> keep(device, one));
    }

    /** Takes in a file of UCI's. */
    void readUci(String path, ByteBuffer content) {
        begin(path, "");
        PlainLines.each(content, WANTED, this::onUciLine);
        endUciSection();
    }

    /** Says that something could not be read. */
    void problem(String what) {
        if (problems.size() < MOST_PROBLEMS) {
            problems.add(what);
        }
    }

    /** Everything gathered. */
    NamedEndpoints gathered() {
        return new NamedEndpoints(known, problems);
    }

    private void begin(String path, String named) {
        file = path;
        device = named;
        section = "";
        peer = new Peer();
        ofFile.clear();
    }

    private void onLine(int number, String line) {
        // wg(8) knows comments anywhere, the others at the beginning of a line only; no name has this sign in it.
        int comment = line.indexOf('#');
        String text = (comment < 0 ? line : line.substring(0, comment)).strip();
        Matcher header = HEADER.matcher(text);
        if (header.matches()) {
            endSection();
            section = header.group(1).strip().toLowerCase(Locale.ROOT);
            peer.key = key(Optional.ofNullable(header.group(2)).orElse(""));
            return;
        }
        int equals = text.indexOf('=');
        if (equals < 0 || text.startsWith(";")) {
            return;
        }
        String value = text.substring(equals + 1).strip();
        switch (section + " " + text.substring(0, equals).strip().toLowerCase(Locale.ROOT)) {
            case "peer publickey", "wireguardpeer publickey" -> peer.key = key(value);
            case "peer endpoint", "wireguardpeer endpoint", "wireguard-peer endpoint" -> endpoint(number, value);
            case "netdev name", "connection interface-name" -> device = value;
            default -> {
                // Says nothing of where a peer is.
            }
        }
    }

    private void endpoint(int line, String value) {
        Matcher endpoint = ENDPOINT.matcher(value);
        if (!endpoint.matches()) {
            problem(file + ":" + line + ": not a host and a port");
            return;
        }
        peer.line = line;
        peer.host = Optional.ofNullable(endpoint.group(1)).orElseGet(() -> String.valueOf(endpoint.group(2)));
        peer.port = Optional.of(Integer.parseInt(endpoint.group(3)));
    }

    private void endSection() {
        if (ofFile.size() < MOST) {
            ofFile.add(peer);
        }
        peer = new Peer();
    }

    private void onUciLine(int number, String line) {
        Matcher uci = UCI.matcher(line.strip());
        if (!uci.matches()) {
            return;
        }
        String name = unquoted(uci.group(2));
        String value = unquoted(Optional.ofNullable(uci.group(3)).orElse(""));
        if (uci.group(1).equals("config")) {
            endUciSection();
            device = name.startsWith(UCI_PEER) ? name.substring(UCI_PEER.length()) : "";
            return;
        }
        switch (name) {
            case "public_key" -> peer.key = key(value);
            case "endpoint_host" -> {
                peer.line = number;
                // Some write the brackets that wg wants.
                peer.host =
                        value.startsWith("[") && value.endsWith("]") ? value.substring(1, value.length() - 1) : value;
            }
            case "endpoint_port" -> {
                if (value.matches("\\d{1,5}")) {
                    peer.port = Optional.of(Integer.parseInt(value));
                } else {
                    peer.port = Optional.of(0);
                    peer.line = number;
                }
            }
            default -> {
                // Says nothing of where a peer is.
            }
        }
    }

    private void endUciSection() {
        peer.port = peer.port.or(() -> Optional.of(UCI_PORT));
        keep(device, peer);
        peer = new Peer();
    }

    private void keep(String of, Peer one) {
        int port = one.port.orElse(0);
        if (of.isEmpty() || one.key.isEmpty() || one.host.isEmpty()) {
            return;
        }
        if (port < 1 || port > 0xffff) {
            problem(file + ":" + one.line + ": not a port");
        } else if (known.size() < MOST) {
            // Of two files that name one device, the first is the one that people look at.
            known.putIfAbsent(new TunnelId(of, one.key), new NamedEndpoint(one.host, port, file + ":" + one.line));
        }
    }

    private static String key(String text) {
        return KEY.matcher(text).matches() ? text : "";
    }

    private static String unquoted(String word) {
        boolean quoted = word.length() >= 2 && (word.charAt(0) == '\'' || word.charAt(0) == '"');
        return quoted ? word.substring(1, word.length() - 1) : word;
    }
}
