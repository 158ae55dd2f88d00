package dev.reroam.config;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@link Config} to TOML, every key written out; reading the text again gives an equal configuration. Stateless. */
public final class ConfigText {

    private ConfigText() {}

    /** The whole effective configuration. */
    public static String of(Config config) {
        var text = new StringBuilder();
        line(text, "mode", quoted(config.mode().word()));
        line(text, "steer", quoted(config.steer().word()));
        line(text, "mtu", quoted(config.mtu().word()));
        line(text, "log", quoted(config.log().word()));
        config.stateDirectory().ifPresent(path -> line(text, "state_directory", quoted(path.toString())));
        text.append("\n[stun]\n");
        line(text, "servers", list(config.stun().servers().stream().map(server -> quoted(server.toString()))));
        line(text, "interval_seconds", Integer.toString(config.stun().intervalSeconds()));
        text.append("\n[portmap]\n");
        line(text, "enabled", Boolean.toString(config.portmap().enabled()));
        line(text, "ports", list(config.portmap().ports().stream().map(port -> Integer.toString(port))));
        text.append("\n[tcp]\n");
        line(text, "programs", list(config.tcp().programs().stream().map(ConfigText::quoted)));
        text.append("\n[tailscale]\n");
        line(text, "enabled", Boolean.toString(config.tailscale().enabled()));
        config.tailscale().socket().ifPresent(path -> line(text, "socket", quoted(path.toString())));
        new TreeMap<>(config.devices()).forEach((name, device) -> {
            text.append("\n[devices.").append(quoted(name)).append("]\n");
            line(text, "enabled", Boolean.toString(device.enabled()));
            line(text, "port", quoted(device.port().word()));
            device.restart().ifPresent(restart -> line(text, "restart", quoted(restart.toString())));
            for (Map.Entry<String, ?> probe : new TreeMap<>(device.probes()).entrySet()) {
                line(
                        text,
                        "probe." + quoted(probe.getKey()),
                        quoted(probe.getValue().toString()));
            }
        });
        return text.toString();
    }

    private static String list(Stream<String> values) {
        return values.collect(Collectors.joining(", ", "[", "]"));
    }

    private static void line(StringBuilder text, String key, String value) {
        text.append(key).append(" = ").append(value).append('\n');
    }

    private static String quoted(String value) {
        var text = new StringBuilder("\"");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c < ' ' || c == 0x7f) {
                text.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                text.append(c);
            }
        }
        return text.append('"').toString();
    }
}
