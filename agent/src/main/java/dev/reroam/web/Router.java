package dev.reroam.web;

import dev.reroam.web.Answer.Document;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Method and address of a request to its answer. Confined to the agent loop, as is the {@link Api} that it asks. */
final class Router {

    private static final String ROOT = "/api/v1/";
    private static final String INCIDENT = "incidents/";
    private static final int MOST_PARAMETERS = 8;

    private final Api api;

    Router(Api api) {
        this.api = api;
    }

    /** Total: whatever was asked has an answer. */
    Answer answer(String method, String uri) {
        String path;
        Map<String, List<String>> parameters;
        try {
            var query = new QueryStringDecoder(uri, StandardCharsets.UTF_8, true, MOST_PARAMETERS);
            path = query.path();
            parameters = query.parameters();
        } catch (IllegalArgumentException e) {
            return Document.error(400, "bad_request", "the address cannot be read: " + e.getMessage());
        }
        if (!path.startsWith(ROOT)) {
            return notFound(path);
        }
        String resource = path.substring(ROOT.length());
        boolean tunnelTaken = resource.equals("explain") || resource.equals("recover");
        Set<String> known = tunnelTaken ? Set.of("tunnel") : Set.of();
        Optional<String> stray =
                parameters.keySet().stream().filter(p -> !known.contains(p)).findFirst();
        Optional<String> right = method(resource);
        if (right.isEmpty()) {
            return notFound(path);
        } else if (!right.get().equals(method)) {
            String message = path + " takes " + right.get() + " only";
            return new Document(405, Json.error("method_not_allowed", message), right);
        } else if (stray.isPresent()) {
            return Document.error(400, "bad_request", path + " takes no parameter '" + stray.get() + "'");
        }
        var tunnels = new TunnelSelector(
                parameters.getOrDefault("tunnel", List.of()).stream().findFirst());
        return answer(path, resource, tunnels);
    }

    /** The method that a resource takes; empty when there is no such resource. */
    private static Optional<String> method(String resource) {
        return switch (resource) {
            case "status", "incidents", "explain", "events" -> Optional.of("GET");
            case "recover", "netcheck" -> Optional.of("POST");
            default -> resource.startsWith(INCIDENT) ? Optional.of("GET") : Optional.empty();
        };
    }

    private Answer answer(String path, String resource, TunnelSelector tunnels) {
        return switch (resource) {
            case "status" -> Document.ok(Json.of(api.status()));
            case "incidents" -> Document.ok(Json.incidents(api.incidents()));
            case "explain" -> explain(tunnels);
            case "recover" -> recover(tunnels);
            case "netcheck" -> netcheck();
            case "events" -> new Answer.Events();
            default -> incident(path, resource.substring(INCIDENT.length()));
        };
    }

    private Answer incident(String path, String id) {
        Optional<IncidentReport> incident =
                id.matches("\\d{1,18}") ? api.incident(Long.parseLong(id)) : Optional.empty();
        return incident.<Answer>map(i -> Document.ok(Json.of(i))).orElseGet(() -> notFound(path));
    }

    private Answer explain(TunnelSelector tunnels) {
        Api.Explanations explanations = api.explain(tunnels);
        return explanations.isEmpty() && tunnels.text().isPresent()
                ? noTunnel(tunnels)
                : Document.ok(Json.of(explanations));
    }

    private Answer recover(TunnelSelector tunnels) {
        return switch (api.recover(tunnels)) {
            case Api.Recovering.Started started -> Document.ok(Json.recovering(started.tunnels()));
            case Api.Recovering.NoSuchTunnel none -> noTunnel(tunnels);
            case Api.Recovering.Refused refused -> Document.error(409, "refused", refused.why());
        };
    }

    private Answer netcheck() {
        return switch (api.netcheck()) {
            case Api.Netchecking.Begun begun -> new Answer.Later(begun.report().thenApply(Document::ok));
            case Api.Netchecking.Busy busy -> Document.error(409, "busy", "the uplinks are being looked at already");
        };
    }

    private static Answer noTunnel(TunnelSelector tunnels) {
        String message = tunnels.text().map(t -> "no tunnel '" + t + "'").orElse("no tunnels");
        return Document.error(404, "no_such_tunnel", message);
    }

    private static Answer notFound(String path) {
        return Document.error(404, "not_found", "nothing at " + path);
    }
}
