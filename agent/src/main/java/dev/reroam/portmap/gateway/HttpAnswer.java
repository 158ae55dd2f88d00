package dev.reroam.portmap.gateway;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The whole of an answer, read within the bounds. Immutable.
 *
 * @param headers names in any case
 * @param body at most 64 KiB
 */
public record HttpAnswer(int status, Map<String, String> headers, Octets body) {

    public HttpAnswer {
        var folded = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        folded.putAll(headers);
        headers = java.util.Collections.unmodifiableMap(folded);
    }

    /** A header's value; empty when absent. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }
}
